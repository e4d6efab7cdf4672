"""A mark of what an answer was made from (`ETag`), so that nobody is sent again what they hold."""

import hashlib

from starlette.requests import Request


def make_etag(*made_from: str) -> str:
    """The same for the same words in the same order. Weak: layers may compress what it marks.

    Example:
        >>> make_etag("a", "bc") == make_etag("a", "bc"), make_etag("a", "bc") == make_etag("ab", "c")
        (True, False)
    """
    return f'W/"{hashlib.sha256(repr(made_from).encode()).hexdigest()[:32]}"'


def etag_matches(request: Request, etag: str) -> bool:
    """Does whoever asks say that they hold it already?"""
    held = {x.strip().removeprefix("W/") for x in request.headers.get("if-none-match", "").split(",")}
    return bool(held & {etag.removeprefix("W/"), "*"})
