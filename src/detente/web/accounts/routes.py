"""Account pages: login, logout, invitation and password."""

from dataclasses import dataclass

from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from detente.core.errors import DetenteError
from detente.web.accounts.account import fold_name, set_password
from detente.web.accounts.errors import BadInvitation, InvalidCredentials
from detente.web.accounts.first_account import create_first_account, has_accounts, is_first_token
from detente.web.accounts.invitation import accept_invitation, is_invitation_open
from detente.web.accounts.middleware import delete_session_cookie, set_session_cookie
from detente.web.accounts.password import MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH
from detente.web.accounts.permission import require_account
from detente.web.accounts.session import login, logout, open_session
from detente.web.accounts.sign_up import SignUpPolicy, load_sign_up_settings
from detente.web.clock import utc_now
from detente.web.db.engine import read_transaction, write_transaction
from detente.web.forms import read_form
from detente.web.middleware.rate_limit import consume, get_client_address, get_rate_limits
from detente.web.openapi_route import OpenApiRoute, form_route
from detente.web.rendering.responses import page_routes, respond


@dataclass(frozen=True, slots=True)
class LoginPage:
    """Login form: `then` is the path to go to afterwards, `name` the last entry, `problem` its error or empty.

    `sign_up` says how strangers get an account: by invitation (`closed`), by `request`, or at once (`open`). `nobody`: there is
    no account yet.
    """

    then: str
    name: str
    problem: str
    sign_up: SignUpPolicy
    nobody: bool


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """Invitation form. `open`: it can still create an account. `first`: it makes the first account, an administrator's.

    `shortest`, `longest`: characters of a password.
    """

    open: bool
    first: bool
    name: str
    problem: str
    shortest: int = MIN_PASSWORD_LENGTH
    longest: int = MAX_PASSWORD_LENGTH


@dataclass(frozen=True, slots=True)
class AccountPage:
    """The reader's own account: name, role and day of creation."""

    name: str
    role: str
    since: str
    problem: str
    shortest: int = MIN_PASSWORD_LENGTH
    longest: int = MAX_PASSWORD_LENGTH


def require_database(request: Request) -> Engine:
    """Return the database of accounts and comments.

    Raises:
        HTTPException: 503 if the server has none.
    """
    engine: Engine | None = request.app.state.database
    if engine is None:
        raise HTTPException(503, "This server has no accounts and no comments. Start it with a database.")
    return engine


def ensure_local_path(then: str) -> str:
    """Return the path if it stays on this server, else `/`, so that no login link can lead to another site.

    Example:
        >>> ensure_local_path("/comments?page=2"), ensure_local_path("//elsewhere.example"), ensure_local_path("https://elsewhere.example")
        ('/comments?page=2', '/', '/')
    """
    bad = not then.startswith("/") or then.startswith(("//", "/\\")) or any(ord(c) < 33 or c == "\\" for c in then)
    return "/" if bad or len(then) > 2000 else then


async def login_page(
    request: Request, name: str = "", problem: str = "", then: str = "", status: int = 200
) -> Response:
    """`/account/login`."""
    engine = require_database(request)

    def look() -> tuple[SignUpPolicy, bool]:
        with read_transaction(engine) as c:
            return load_sign_up_settings(c).policy, not has_accounts(c)

    policy, nobody = await run_in_threadpool(look)
    target = ensure_local_path(then or request.query_params.get("then", "/"))
    page = LoginPage(target, name, problem, policy, nobody)
    return respond(request, "account/login.html", page, title="Log in", status=status)


async def do_login(request: Request) -> Response:
    """Log in; one message covers a wrong name and a wrong password."""
    engine, form = require_database(request), await read_form(request)
    name, then = form.get("name", "")[:100], ensure_local_path(form.get("then", "/"))
    failures, key = (
        get_rate_limits(request).failed_logins,
        f"{get_client_address(request.scope)} {fold_name(name.strip())}",
    )
    # Taken before the password is looked at, so that simultaneous guesses count; a right password gives it back.
    consume(failures, key, "Too many failed logins to this account from your address.")
    try:
        _, token = await run_in_threadpool(login, engine, name, form.get("password", ""), now=utc_now())
    except InvalidCredentials as e:
        return await login_page(request, name, str(e), then, 403)
    failures.give_back(key)
    return start_session(request, token, then)


def start_session(request: Request, token: str, then: str) -> Response:
    """Return the redirect that takes a browser into its new session."""
    response = RedirectResponse(then, 303)
    set_session_cookie(request, response, token)
    return response


async def do_logout(request: Request) -> Response:
    """End the session in the browser and in the database."""
    engine, token = require_database(request), request.state.session_token

    def end() -> None:
        with write_transaction(engine) as c:
            logout(c, token)

    if request.state.account:
        await run_in_threadpool(end)
    response = RedirectResponse("/", 303)
    delete_session_cookie(request, response)
    # The browser's cache may hold pages of the account.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


async def invitation_page(request: Request, name: str = "", problem: str = "", status: int = 200) -> Response:
    """`/account/invitation/{token}`: the form that creates an account."""
    engine, token, first = require_database(request), request.path_params["token"], _first_token_hash(request)

    def check() -> tuple[bool, bool]:
        with read_transaction(engine) as c:
            is_first = is_first_token(c, token, first)
            return is_first, is_first or is_invitation_open(c, token, now=utc_now())

    is_first, is_open = await run_in_threadpool(check)
    if not is_open:
        problem, status = str(BadInvitation()), 410
    page = InvitationPage(is_open, is_first, name, problem)
    title = "First administrator" if is_first else "Invitation"
    response = respond(request, "account/invitation.html", page, title=title, status=status)
    # The address is a secret until it is used.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


async def do_accept_invitation(request: Request) -> Response:
    """Create the account and log its owner in."""
    engine, form, token = require_database(request), await read_form(request), request.path_params["token"]
    first = _first_token_hash(request)
    name, now = form.get("name", "")[:100], utc_now()
    if form.get("password") != form.get("again"):
        return await invitation_page(request, name, "The two passwords differ. Enter both again.", 400)

    def create() -> str:
        password = form.get("password", "")
        with write_transaction(engine) as c:
            if is_first_token(c, token, first):
                return open_session(c, create_first_account(c, name, password, now=now).id, now=now)
            return open_session(c, accept_invitation(c, token, name, password, now=now).id, now=now)

    try:
        session = await run_in_threadpool(create)
    except DetenteError as e:
        return await invitation_page(request, name, str(e), 400)
    return start_session(request, session, "/")


def _first_token_hash(request: Request) -> str:
    hashed: str = request.app.state.settings.first_account
    return hashed


async def account_page(request: Request, problem: str = "", status: int = 200) -> Response:
    """`/account`: the reader's own account."""
    who = require_account(request)
    page = AccountPage(who.name, who.role, f"{who.created:%Y-%m-%d}", problem)
    return respond(request, "account/own.html", page, title="Your account", status=status)


async def do_password(request: Request) -> Response:
    """Change the reader's password. Other sessions end; this one gets a new token."""
    who, engine = require_account(request), require_database(request)
    form, now = await read_form(request), utc_now()
    if form.get("password") != form.get("again"):
        return await account_page(request, "The two new passwords differ. Enter both again.", status=400)

    # Only sessions of the account reach this, so nobody else can use its attempts up.
    failures, key = get_rate_limits(request).failed_logins, f"account {who.id}"
    consume(failures, key, "Too many attempts with a wrong password.")

    def change() -> str:
        login(engine, who.name, form.get("now", ""), now=now)
        with write_transaction(engine) as c:
            set_password(c, who, form.get("password", ""), now=now, by=who.id)
            return open_session(c, who.id, now=now)

    try:
        token = await run_in_threadpool(change)
    except InvalidCredentials:
        return await account_page(request, "Wrong current password; nothing was changed. Try again.", status=403)
    except DetenteError as e:
        failures.give_back(key)
        return await account_page(request, str(e), status=400)
    failures.give_back(key)
    return start_session(request, token, "/account")


NEW_PASSWORD_FIELDS = {"password": "10 to 200 characters", "again": "the same"}

ROUTES = (
    *page_routes("/account/login", login_page, page=LoginPage, query={"then": "where to go afterwards, on this workbench"}),
    form_route("/account/login", do_login, "log in",
          {"name": "the account's", "password": "the account's", "then": "optional: where to go afterwards"}),
    form_route("/account/logout", do_logout, "log out", {}),
    OpenApiRoute("/account/invitation/{token}", invitation_page, methods=["GET"], name="invitation"),
    form_route("/account/invitation/{token}", do_accept_invitation, "accept an invitation", {"name": "2 to 40 characters", **NEW_PASSWORD_FIELDS}),
    *page_routes("/account", account_page, page=AccountPage),
    form_route("/account/password", do_password, "change one's password", {"now": "the present password", **NEW_PASSWORD_FIELDS}),
)  # fmt: skip
