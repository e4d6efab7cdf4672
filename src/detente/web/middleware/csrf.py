"""Protection against cross-site request forgery.

Browsers state the origin of a form in `Sec-Fetch-Site`, older ones in `Origin`. A state-changing request is refused if
either header names another site. A request with a session cookie and neither header is refused too: every browser sends
one of them, and only browsers can be tricked into sending a cookie. Programs without a session, such as local scripts,
send neither header and pass. In addition the session cookie is `SameSite=Lax`.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from detente.web.accounts.middleware import session_cookie_name
from detente.web.middleware.refusal import send_error

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_same_origin(scope: Scope) -> bool | None:
    """Return whether the browser states that our own page sent the request; None if it states nothing."""
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
    """Refuse state-changing requests from other sites."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
            return await self.app(scope, receive, send)
        same = is_same_origin(scope)
        if same is None:
            same = session_cookie_name(scope) not in Request(scope).cookies
        if not same:
            what = "The form came from another site, so nothing was changed. Open the page here and send it again."
            return await send_error(scope, receive, send, 403, "Cross-site request refused", what)
        return await self.app(scope, receive, send)
