"""The sign-up page: makes an account at once, or asks for one, as an administrator has chosen."""

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from detente.core.errors import DetenteError
from detente.web.accounts.errors import NameUnavailable, SignUpClosed, SignUpFull
from detente.web.accounts.password import MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH
from detente.web.accounts.routes import NEW_PASSWORD_FIELDS, require_database, start_session
from detente.web.accounts.session import open_session
from detente.web.accounts.sign_up import (
    MAX_REASON_LENGTH,
    SignUpPolicy,
    load_sign_up_settings,
    request_account,
    sign_up,
)
from detente.web.clock import utc_now
from detente.web.db.engine import read_transaction, write_transaction
from detente.web.forms import read_form
from detente.web.middleware.rate_limit import consume, get_client_address, get_rate_limits
from detente.web.openapi_route import form_route
from detente.web.rendering.responses import page_routes, respond


@dataclass(frozen=True, slots=True)
class SignUpPage:
    """Sign-up form. `policy`: who can use it. `sent`: a request was stored. `name`, `reason`: the last entries."""

    policy: SignUpPolicy
    sent: bool
    name: str = ""
    reason: str = ""
    problem: str = ""
    shortest: int = MIN_PASSWORD_LENGTH
    longest: int = MAX_PASSWORD_LENGTH
    longest_reason: int = MAX_REASON_LENGTH


async def sign_up_page(
    request: Request, name: str = "", reason: str = "", problem: str = "", status: int = 200
) -> Response:
    """`/account/sign-up`: the form of a new account, or of a request for one."""
    policy = await run_in_threadpool(_load_policy, request)
    sent = request.query_params.get("sent") == "1" and request.method == "GET"
    page = SignUpPage(policy, sent, name, reason, problem)
    title = "Ask for an account" if policy == "request" else "New account"
    return respond(request, "account/sign_up.html", page, title=title, status=status)


async def do_sign_up(request: Request) -> Response:
    """Create an account and log its owner in, or store the request for one."""
    engine, form = require_database(request), await read_form(request)
    name, reason = form.get("name", "")[:100], form.get("reason", "")[:2000]
    password, now = form.get("password", ""), utc_now()
    if password != form.get("again"):
        return await sign_up_page(request, name, reason, "The two passwords differ. Enter both again.", 400)
    attempts, address = get_rate_limits(request).sign_ups, get_client_address(request.scope)
    consume(attempts, address, "Too many attempts to sign up from your address.")

    def store() -> str:
        with write_transaction(engine) as c:
            if load_sign_up_settings(c).policy == "request":
                request_account(c, name, password, reason, now=now)
                return ""
            return open_session(c, sign_up(c, name, password, now=now).id, now=now)

    try:
        token = await run_in_threadpool(store)
    except SignUpClosed as e:
        return await sign_up_page(request, problem=str(e), status=403)
    except SignUpFull as e:
        return await sign_up_page(request, name, reason, str(e), 429)
    except DetenteError as e:
        if not isinstance(e, NameUnavailable):
            attempts.give_back(address)  # a bad password or reason says nothing about other accounts
        return await sign_up_page(request, name, reason, str(e), 400)
    return start_session(request, token, "/") if token else RedirectResponse("/account/sign-up?sent=1", 303)


def _load_policy(request: Request) -> SignUpPolicy:
    with read_transaction(require_database(request)) as c:
        return load_sign_up_settings(c).policy


ROUTES = (
    *page_routes("/account/sign-up", sign_up_page, page=SignUpPage, query={"sent": "1 after a request was stored"}),
    form_route(
        "/account/sign-up", do_sign_up, "sign up, or ask for an account",
        {"name": "2 to 40 characters", "reason": "optional: why, where accounts are asked for", **NEW_PASSWORD_FIELDS},
    ),
)  # fmt: skip
