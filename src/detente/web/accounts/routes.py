"""The pages of accounts: log in, log out, accept an invitation, change one's password."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from detente.core.errors import DetenteError
from detente.web.accounts.account import Account, folded, set_password
from detente.web.accounts.errors import BadInvitation, NotLetIn
from detente.web.accounts.invitation import accept, is_open
from detente.web.accounts.middleware import delete_session_cookie, set_session_cookie
from detente.web.accounts.password import LONGEST, SHORTEST
from detente.web.accounts.session import login, logout, open_session
from detente.web.db.engine import reading, writing
from detente.web.forms import fields
from detente.web.middleware.rate_limit import address, limits, take
from detente.web.openapi_route import Described, posts
from detente.web.rendering.responses import both, respond


@dataclass(frozen=True, slots=True)
class Login:
    """`then` is where to go afterwards; `name` what was written before; `problem` what was wrong with it, or empty."""

    then: str
    name: str
    problem: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """`open` says whether an account can be made with it; `shortest` and `longest` are a password's letters."""

    open: bool
    name: str
    problem: str
    shortest: int = SHORTEST
    longest: int = LONGEST


@dataclass(frozen=True, slots=True)
class Own:
    """One's own account: name, role and since when."""

    name: str
    role: str
    since: str
    problem: str
    shortest: int = SHORTEST
    longest: int = LONGEST


def database(request: Request) -> Engine:
    """Where accounts and comments are kept.

    Raises:
        HTTPException: 503 where this workbench keeps none.
    """
    found: Engine | None = request.app.state.database
    if found is None:
        raise HTTPException(503, "This workbench keeps no accounts and no comments: it was started without a database.")
    return found


def account(request: Request) -> Account:
    """Who asks.

    Raises:
        HTTPException: 401 if nobody is logged in.
    """
    found: Account | None = getattr(request.state, "account", None)
    if found is None:
        raise HTTPException(401, "Log in first: /account/login.")
    return found


def local(then: str) -> str:
    """Where to go next, on this workbench only: a link could otherwise send a reader who logs in to another site.

    Example:
        >>> local("/comments?page=2"), local("//elsewhere.example"), local("https://elsewhere.example")
        ('/comments?page=2', '/', '/')
    """
    bad = not then.startswith("/") or then.startswith(("//", "/\\")) or any(ord(c) < 33 or c == "\\" for c in then)
    return "/" if bad or len(then) > 2000 else then


async def _login_page(
    request: Request, name: str = "", problem: str = "", then: str = "", status: int = 200
) -> Response:
    database(request)
    page = Login(local(then or request.query_params.get("then", "/")), name, problem)
    return respond(request, "account/login.html", page, title="Log in", status=status)


async def login_page(request: Request) -> Response:
    """`/account/login`."""
    return await _login_page(request)


async def do_login(request: Request) -> Response:
    """Let somebody in, or say in one way that it was not right."""
    engine, form = database(request), await fields(request)
    name, then = form.get("name", "")[:100], local(form.get("then", "/"))
    what = "Too many tries to log in."
    take(limits(request).login_by_address, address(request.scope), what)
    take(limits(request).login_by_name, folded(name.strip()), what)
    try:
        _, token = await run_in_threadpool(login, engine, name, form.get("password", ""), now=datetime.now(UTC))
    except NotLetIn as e:
        return await _login_page(request, name, str(e), then, 403)
    return _let_in(request, token, then)


def _let_in(request: Request, token: str, then: str) -> Response:
    response = RedirectResponse(then, 303)
    set_session_cookie(request, response, token)
    return response


async def do_logout(request: Request) -> Response:
    """End the session, here and in the database."""
    engine, token = database(request), request.state.session_token

    def end() -> None:
        with writing(engine) as c:
            logout(c, token)

    if request.state.account:
        await run_in_threadpool(end)
    response = RedirectResponse("/", 303)
    delete_session_cookie(request, response)
    # The browser forgets pages that were meant for the account.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


async def invitation_page(request: Request, name: str = "", problem: str = "", status: int = 200) -> Response:
    """`/account/invitation/{token}`: the form that makes an account."""
    engine, token = database(request), request.path_params["token"]

    def look() -> bool:
        with reading(engine) as c:
            return is_open(c, token, now=datetime.now(UTC))

    is_good = await run_in_threadpool(look)
    if not is_good:
        problem, status = str(BadInvitation()), 410
    response = respond(
        request, "account/invitation.html", Invitation(is_good, name, problem), title="Invitation", status=status
    )
    # The address is a secret as long as it was not used.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


async def do_accept(request: Request) -> Response:
    """Make the account and let its owner in."""
    engine, form, token = database(request), await fields(request), request.path_params["token"]
    take(limits(request).login_by_address, address(request.scope), "Too many tries.")
    name, now = form.get("name", "")[:100], datetime.now(UTC)
    if form.get("password") != form.get("again"):
        return await invitation_page(request, name, "The two passwords differ. Write both again.", 400)

    def make() -> str:
        with writing(engine) as c:
            return open_session(c, accept(c, token, name, form.get("password", ""), now=now).id, now=now)

    try:
        session = await run_in_threadpool(make)
    except DetenteError as e:
        return await invitation_page(request, name, str(e), 400)
    return _let_in(request, session, "/")


async def own_page(request: Request, problem: str = "", status: int = 200) -> Response:
    """`/account`: one's own account."""
    who = account(request)
    page = Own(who.name, who.role, f"{who.created:%Y-%m-%d}", problem)
    return respond(request, "account/own.html", page, title="Your account", status=status)


async def do_password(request: Request) -> Response:
    """Change one's own password; every other session ends, this one gets a new token."""
    who, engine, form, now = account(request), database(request), await fields(request), datetime.now(UTC)
    take(limits(request).login_by_name, folded(who.name), "Too many tries.")
    if form.get("password") != form.get("again"):
        return await own_page(request, "The two new passwords differ. Write both again.", status=400)

    def change() -> str:
        login(engine, who.name, form.get("now", ""), now=now)
        with writing(engine) as c:
            set_password(c, who, form.get("password", ""), now=now, by=who.id)
            return open_session(c, who.id, now=now)

    try:
        token = await run_in_threadpool(change)
    except NotLetIn:
        return await own_page(request, "The present password is not right. Nothing was changed.", status=403)
    except DetenteError as e:
        return await own_page(request, str(e), status=400)
    response = RedirectResponse("/account", 303)
    set_session_cookie(request, response, token)
    return response


NEW = {"password": "10 to 200 characters", "again": "the same"}

ROUTES = (
    *both("/account/login", login_page, page=Login, query={"then": "where to go afterwards, on this workbench"}),
    posts("/account/login", do_login, "log in",
          {"name": "the account's", "password": "the account's", "then": "optional: where to go afterwards"}),
    posts("/account/logout", do_logout, "log out", {}),
    Described("/account/invitation/{token}", invitation_page, methods=["GET"], name="invitation"),
    posts("/account/invitation/{token}", do_accept, "accept an invitation", {"name": "2 to 40 characters", **NEW}),
    *both("/account", own_page, page=Own),
    posts("/account/password", do_password, "change one's password", {"now": "the present password", **NEW}),
)  # fmt: skip
