"""Refuse requests that another site made a reader's browser send.

Every current browser says where a form comes from: `Sec-Fetch-Site`, or `Origin` in older ones. A request that would
change something is refused if either names another site. A request with a session cookie and neither header is refused
too: browsers send one of them, and only browsers are made to send a cookie by somebody else's page. Programs without a
session (a script on one's own machine) send neither and pass. The session cookie is `SameSite=Lax` besides.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from detente.web.accounts.middleware import session_cookie_name
from detente.web.middleware.refusal import send_error

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_same_origin(scope: Scope) -> bool | None:
    """Whether the browser says that our own page sent this; None if it says nothing."""
    headers = Headers(scope=scope)
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    if origin is None:
        return None
    parts = urlsplit(origin) if origin != "null" else None
    ours = (scope["scheme"], headers.get("host", "").lower())
    return parts is not None and (parts.scheme, parts.netloc.lower()) == ours


class CsrfMiddleware:
    """Refuse state-changing requests that do not come from our own pages."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
            return await self.app(scope, receive, send)
        same = is_same_origin(scope)
        if same is None:
            same = session_cookie_name(scope) not in Request(scope).cookies
        if not same:
            what = "This form was sent by another site, so nothing was done. Open the page here and send it again."
            return await send_error(scope, receive, send, 403, "Not from here", what)
        return await self.app(scope, receive, send)
