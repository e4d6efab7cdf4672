"""Form fields as text that a database can store."""

from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

MAX_FIELDS = 40


async def read_form(request: Request) -> dict[str, str]:
    """Read the fields of a form without files; the last value of a repeated field counts.

    Raises:
        HTTPException: 415 for another content type; 400 if it is not UTF-8, has too many fields, or holds invalid characters.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415, "Unsupported form encoding. Send the form as application/x-www-form-urlencoded.")
    try:
        body = (await request.body()).decode("ascii")
        pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except (UnicodeDecodeError, ValueError) as e:
        raise HTTPException(400, f"The form is not UTF-8 or has more than {MAX_FIELDS} fields.") from e
    return {k: clean_text(v) for k, v in pairs}


def clean_text(value: str) -> str:
    """Convert line ends to line feeds.

    Raises:
        HTTPException: 400: a NUL or an unpaired surrogate, which databases reject in text.
    """
    if "\0" in value or any("\ud800" <= c <= "\udfff" for c in value):
        raise HTTPException(
            400,
            "The form contains an invalid character (NUL or unpaired surrogate). Remove it and send the form again.",
        )
    return value.replace("\r\n", "\n").replace("\r", "\n")
