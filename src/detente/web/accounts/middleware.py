"""Session middleware: finds the account of a request and requires a login on private servers."""

import logging
from urllib.parse import quote

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from detente.web.accounts.account import UserAccount
from detente.web.accounts.session import SESSION_LIFETIME, find_session_account
from detente.web.clock import utc_now
from detente.web.db.engine import read_transaction
from detente.web.middleware.refusal import build_error_response, send_error
from detente.web.rendering.responses import wants_json

LOG = logging.getLogger("detente.web")

# Login, sign-up, invitations, styles and monitoring stay open on private servers.
PUBLIC_PATHS = (
    "/account/login",
    "/account/sign-up",
    "/account/invitation/",
    "/static/",
    "/fonts/",
    "/healthz",
    "/metrics",
)


def session_cookie_name(scope: Scope) -> str:
    """Return the cookie's name. Over https its prefix `__Host-` makes browsers refuse it from any other host."""
    return "__Host-detente-session" if scope["scheme"] == "https" else "detente-session"


class SessionMiddleware:
    """Set `account` (or None) and `session_token` in the state of the request."""

    def __init__(self, app: ASGIApp, database: Engine | None, private: bool) -> None:
        self.app, self.database, self.private = app, database, private

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request = Request(scope)
        token = request.cookies.get(session_cookie_name(scope), "")
        try:
            user = await run_in_threadpool(self._account, token) if token else None
        except DBAPIError:
            LOG.exception("session lookup failed")
            what = "The account database does not respond; nothing was changed. Try again in a minute."
            return await send_error(scope, receive, send, 503, "Service unavailable", what, {"Retry-After": "60"})
        request.state.account, request.state.session_token = user, token
        if self.private and user is None and not scope["path"].startswith(PUBLIC_PATHS):
            return await _require_login(request)(scope, receive, send)
        return await self.app(scope, receive, send)

    def _account(self, token: str) -> UserAccount | None:
        if self.database is None:
            return None
        with read_transaction(self.database) as c:
            return find_session_account(c, token, now=utc_now())


def _require_login(request: Request) -> Response:
    if wants_json(request) or request.method != "GET":
        what = "This server requires an account. Log in at /account/login."
        return build_error_response(request, 401, "Log in first", what)
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/account/login?then={quote(request.url.path + query)}", 303)


def set_session_cookie(request: Request, response: Response, token: str) -> None:
    """Set the session cookie. Scripts cannot read it, and forms of other sites do not send it."""
    response.set_cookie(
        session_cookie_name(request.scope), token, httponly=True, samesite="lax", path="/",
        secure=request.scope["scheme"] == "https", max_age=int(SESSION_LIFETIME.total_seconds()),
    )  # fmt: skip


def delete_session_cookie(request: Request, response: Response) -> None:
    """Delete the session cookie."""
    response.delete_cookie(
        session_cookie_name(request.scope), path="/", httponly=True, samesite="lax", secure=request.scope["scheme"] == "https"
    )  # fmt: skip
