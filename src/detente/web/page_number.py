"""The query parameter `page` of lists that are shown in parts."""

from starlette.exceptions import HTTPException
from starlette.requests import Request


def parse_page_number(request: Request) -> int:
    """Parse the query parameter `page`, 1 by default.

    Raises:
        HTTPException: 404, if it is not a number.
    """
    text = request.query_params.get("page", "1").strip() or "1"
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise HTTPException(404, f"There is no page {text[:20]!r}. Write a number from 1.")
    return int(text)
