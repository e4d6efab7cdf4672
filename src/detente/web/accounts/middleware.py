"""Who asks: the layer that reads the cookie and says whose session it is, and whether reading needs one."""

import logging
from datetime import UTC, datetime
from urllib.parse import quote

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from detente.web.accounts.account import UserAccount
from detente.web.accounts.session import SESSION_LIFETIME, find_session_account
from detente.web.db.engine import read_transaction
from detente.web.middleware.refusal import build_error_response, send_error
from detente.web.rendering.responses import wants_json

LOG = logging.getLogger("detente.web")

# Without an account even where reading needs one: to log in, to be invited, to look well, to be watched over.
PUBLIC_PATHS = ("/account/login", "/account/invitation/", "/static/", "/fonts/", "/healthz", "/metrics")


def session_cookie_name(scope: Scope) -> str:
    """Behind https the browser itself refuses such a cookie from any other host (`__Host-`)."""
    return "__Host-detente-session" if scope["scheme"] == "https" else "detente-session"


class SessionMiddleware:
    """Set `account` (or None) and `session_token` in the request's state."""

    def __init__(self, app: ASGIApp, database: Engine | None, private: bool) -> None:
        self.app, self.database, self.private = app, database, private

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request = Request(scope)
        token = request.cookies.get(session_cookie_name(scope), "")
        try:
            found = await run_in_threadpool(self._account, token) if token else None
        except DBAPIError:
            LOG.exception("a session could not be looked up")
            what = "The database of accounts does not answer. Nothing was changed; try again in a minute."
            return await send_error(scope, receive, send, 503, "Not now", what, {"Retry-After": "60"})
        request.state.account, request.state.session_token = found, token
        if self.private and found is None and not scope["path"].startswith(PUBLIC_PATHS):
            return await _require_login(request)(scope, receive, send)

        return await self.app(scope, receive, send)

    def _account(self, token: str) -> UserAccount | None:
        if self.database is None:
            return None
        with read_transaction(self.database) as c:
            return find_session_account(c, token, now=datetime.now(UTC))


def _require_login(request: Request) -> Response:
    if wants_json(request) or request.method != "GET":
        return build_error_response(
            request, 401, "Log in first", "Reading needs an account here. Log in at /account/login."
        )
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/account/login?then={quote(request.url.path + query)}", 303)


def set_session_cookie(request: Request, response: Response, token: str) -> None:
    """Give the browser a session that no script can read and that no other site's form brings along."""
    response.set_cookie(
        session_cookie_name(request.scope), token, httponly=True, samesite="lax", path="/",
        secure=request.scope["scheme"] == "https", max_age=int(SESSION_LIFETIME.total_seconds()),
    )  # fmt: skip


def delete_session_cookie(request: Request, response: Response) -> None:
    """Take it back."""
    response.delete_cookie(
        session_cookie_name(request.scope), path="/", httponly=True, samesite="lax", secure=request.scope["scheme"] == "https"
    )  # fmt: skip
