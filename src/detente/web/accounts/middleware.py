"""Who asks: the layer that reads the cookie and says whose session it is, and whether reading needs one."""

import logging
from datetime import UTC, datetime
from urllib.parse import quote

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from detente.web.accounts.account import Account
from detente.web.accounts.session import LASTS, account_of
from detente.web.accounts.tokens import new_token
from detente.web.db.engine import reading
from detente.web.middleware.csrf import token_for
from detente.web.middleware.refusal import refusal, refuse
from detente.web.rendering.responses import wants_json

LOG = logging.getLogger("detente.web")

# Without an account even where reading needs one: to log in, to be invited, to look well, to be watched over.
OPEN = ("/account/login", "/account/invitation/", "/static/", "/fonts/", "/healthz", "/metrics")


def cookie_name(scope: Scope, what: str) -> str:
    """Behind https the browser itself refuses such a cookie from any other host (`__Host-`)."""
    return f"__Host-detente-{what}" if scope["scheme"] == "https" else f"detente-{what}"


class FormToken:
    """What a form carries to show that it is ours (`security/csrf.py`); written anew each time it is asked for.

    A visitor without a secret gets one when the first form is written, and only then: a page without a form sets no
    cookie, and may be kept by caches.
    """

    def __init__(self, secret: str) -> None:
        self.secret, self.is_new = secret, False

    def __str__(self) -> str:
        if not self.secret:
            self.secret, self.is_new = new_token(), True
        return token_for(self.secret)


class Visitor:
    """Sets `account` (or None), `secret` (what form tokens are made from) and `csrf` (a `FormToken`) in the state."""

    def __init__(self, app: ASGIApp, database: Engine | None, private: bool) -> None:
        self.app, self.database, self.private = app, database, private

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request = Request(scope)
        token = request.cookies.get(cookie_name(scope, "session"), "")
        try:
            found = await run_in_threadpool(self._account, token) if token else None
        except DBAPIError:
            LOG.exception("a session could not be looked up")
            what = "The database of accounts does not answer. Nothing was changed; try again in a minute."
            return await refuse(scope, receive, send, 503, "Not now", what, {"Retry-After": "60"})
        # A session that is over proves nothing: its forms are checked as a stranger's.
        secret = token if found else request.cookies.get(cookie_name(scope, "form"), "")
        request.state.account, request.state.secret = found, secret
        form = request.state.csrf = FormToken(secret)
        if self.private and found is None and not scope["path"].startswith(OPEN):
            return await _login_first(request)(scope, receive, send)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and form.is_new:
                carrier = Response()
                set_cookie(request, carrier, "form", form.secret)
                MutableHeaders(scope=message).append("set-cookie", carrier.headers["set-cookie"])
            await send(message)

        return await self.app(scope, receive, sending)

    def _account(self, token: str) -> Account | None:
        if self.database is None:
            return None
        with reading(self.database) as c:
            return account_of(c, token, now=datetime.now(UTC))


def _login_first(request: Request) -> Response:
    if wants_json(request) or request.method != "GET":
        return refusal(request, 401, "Log in first", "Reading needs an account here. Log in at /account/login.")
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/account/login?then={quote(request.url.path + query)}", 303)


def set_cookie(request: Request, response: Response, what: str, value: str) -> None:
    """Give the browser a secret that no script can read and that no other site's form brings along."""
    response.set_cookie(
        cookie_name(request.scope, what), value, httponly=True, samesite="lax", path="/",
        secure=request.scope["scheme"] == "https", max_age=int(LASTS.total_seconds()) if what == "session" else None,
    )  # fmt: skip


def drop_cookie(request: Request, response: Response, what: str) -> None:
    """Take it back."""
    response.delete_cookie(
        cookie_name(request.scope, what), path="/", httponly=True, samesite="lax", secure=request.scope["scheme"] == "https"
    )  # fmt: skip
