"""ETags, so that clients do not download unchanged content again."""

import hashlib

from starlette.requests import Request


def make_etag(*parts: str) -> str:
    """Hash an ordered list of strings into a weak ETag; weak, since middleware may compress the content.

    Example:
        >>> make_etag("a", "bc") == make_etag("a", "bc"), make_etag("a", "bc") == make_etag("ab", "c")
        (True, False)
    """
    return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def etag_matches(request: Request, etag: str) -> bool:
    """Test whether the client already has this version (`If-None-Match`)."""
    known = {x.strip().removeprefix("W/") for x in request.headers.get("if-none-match", "").split(",")}
    return bool(known & {etag.removeprefix("W/"), "*"})
