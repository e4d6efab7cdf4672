"""Did this form come from our own page? Asked twice: of the browser, and of the form.

The browser says where a form comes from (`Sec-Fetch-Site`, or `Origin`). The form carries a token made from the
secret in the visitor's cookie, which no other site can read. A visitor who is not logged in gets a cookie for this
with the first form (logging in is worth protecting too). The token is written differently each time: pages are
compressed, and the length of a compressed page would otherwise tell it letter by letter.
"""

import base64
import binascii
import hmac
import re
import secrets
from hashlib import sha256
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from detente.web.middleware.refusal import refuse

FIELD, HEADER = "csrf", "x-csrf-token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FIRST_PART = 8 * 1024  # bytes of a form with files within which the token must have come


def token_for(cookie: str) -> str:
    """A token for forms, made from the secret in the visitor's cookie; another one at each call."""
    pad = secrets.token_bytes(32)
    return base64.urlsafe_b64encode(pad + _xor(_inside(cookie), pad)).decode()


def is_ours(token: str, cookie: str) -> bool:
    """Was the token made from this cookie?

    Example:
        >>> is_ours(token_for("secret"), "secret"), is_ours(token_for("secret"), "other"), is_ours("", "")
        (True, False, False)
    """
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii"))
    except (binascii.Error, UnicodeEncodeError, ValueError):
        return False
    return bool(cookie) and len(raw) == 64 and hmac.compare_digest(_xor(raw[32:], raw[:32]), _inside(cookie))


def _inside(cookie: str) -> bytes:
    return hmac.digest(cookie.encode("utf-8", "replace"), b"detente form", sha256)


def _xor(a: bytes, b: bytes) -> bytes:
    return bytes(x ^ y for x, y in zip(a, b, strict=True))


def is_foreign(scope: Scope) -> bool:
    """Does the browser say that another site sent this? A program that says nothing is not told off here."""
    headers = Headers(scope=scope)
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site != "same-origin"
    origin = headers.get("origin")
    if origin is None:
        return False
    parts = urlsplit(origin) if origin != "null" else None
    return parts is None or (parts.scheme, parts.netloc.lower()) != (scope["scheme"], headers.get("host", "").lower())


class Csrf:
    """Refuses what would change something and does not come from our own form.

    The token may be the field `csrf` of a form, the first field of a form with files, or the header `X-CSRF-Token`.
    The secret it must fit is `scope["state"]["secret"]`, which the accounts' layer sets.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE:
            return await self.app(scope, receive, send)
        if is_foreign(scope):
            what = "This form was sent by another site, so nothing was done. Open the page here and send it again."
            return await refuse(scope, receive, send, 403, "Not from here", what)
        secret: str = scope.get("state", {}).get("secret", "")
        headers = Headers(scope=scope)
        token, seen = headers.get(HEADER, ""), list[Message]()
        if not token:
            token, seen = await _from_body(headers.get("content-type", ""), receive)
        if not is_ours(token, secret):
            what = (
                "This form is too old or was opened before you logged in or out, so nothing was done. "
                "Go back, load the page again and send it again."
            )
            return await refuse(scope, receive, send, 403, "Form out of date", what)

        async def receiving() -> Message:
            return seen.pop(0) if seen else await receive()

        return await self.app(scope, receiving, send)


async def _from_body(content_type: str, receive: Receive) -> tuple[str, list[Message]]:
    """The token that the body holds, and what was read of the body, to be read again by the page."""
    kind, seen, body = content_type.partition(";")[0].strip().lower(), list[Message](), b""
    if kind not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return "", seen
    whole = kind == "application/x-www-form-urlencoded"
    while whole or len(body) < FIRST_PART:
        message = await receive()
        seen.append(message)
        body += message.get("body", b"")
        if message["type"] != "http.request" or not message.get("more_body", False):
            break
    if whole:
        return dict(parse_qsl(body.decode("latin-1"))).get(FIELD, ""), seen
    first = re.match(rb'--[^\r\n]+\r\n[^\r\n]*;\s*name="csrf"[^\r\n]*\r\n\r\n([\w=-]+)\r\n', body)
    return (first[1].decode("ascii", "replace") if first else ""), seen
