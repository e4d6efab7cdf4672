"""A form's fields as text: what a browser sends, and nothing that a database could not keep."""

from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

MAX_FIELDS = 40


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form without files; of a field that comes twice, the last.

    Raises:
        HTTPException: 400 or 415: not such a form, not UTF-8, too many fields, or with characters that are no text.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415, "Forms are taken as application/x-www-form-urlencoded, as a browser sends them.")
    try:
        body = (await request.body()).decode("ascii")
        pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except (UnicodeDecodeError, ValueError) as e:
        raise HTTPException(400, f"The form cannot be read: not UTF-8, or more than {MAX_FIELDS} fields.") from e
    return {k: clean_text(v) for k, v in pairs}


def clean_text(value: str) -> str:
    """The text with lines ended by a line feed.

    Raises:
        HTTPException: 400: it holds a NUL or half of a character, which no database keeps as text.
    """
    if "\0" in value or any("\ud800" <= c <= "\udfff" for c in value):
        raise HTTPException(400, "The form holds a NUL or half of a character. Write it again by hand.")
    return value.replace("\r\n", "\n").replace("\r", "\n")
