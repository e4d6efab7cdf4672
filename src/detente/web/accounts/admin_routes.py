"""The page of accounts: requests and invitations for moderators; settings, roles and states for administrators."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from detente.core.errors import DetenteError
from detente.web.accounts.account import (
    ROLES,
    Role,
    UserAccount,
    fold_name,
    get_account,
    give_role,
    load_accounts,
    set_disabled,
)
from detente.web.accounts.errors import UnknownRole
from detente.web.accounts.invitation import INVITATION_LIFETIME, create_invitation
from detente.web.accounts.permission import require_admin, require_moderator
from detente.web.accounts.routes import require_database
from detente.web.accounts.sign_up import (
    MAX_DAILY,
    MAX_REASON_LENGTH,
    AccountRequest,
    SignUpSettings,
    accept_request,
    load_account_requests,
    load_sign_up_settings,
    refuse_request,
    save_sign_up_settings,
)
from detente.web.clock import utc_now
from detente.web.db.engine import read_transaction, write_transaction
from detente.web.forms import read_form
from detente.web.openapi_route import form_route
from detente.web.path_number import register_number_paths
from detente.web.rendering.responses import page_routes, respond

register_number_paths()

MAX_SHOWN = 200


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account in the list. `disabled`: since when it may not log in, or None. `own`: the reader's own."""

    id: int
    name: str
    role: Role
    created: datetime
    disabled: datetime | None
    own: bool


@dataclass(frozen=True, slots=True)
class AccountsPage:
    """Requests that wait, who can sign up, and the accounts.

    Fields:
        requests: oldest first. sign_up: the settings. accounts: for administrators, at most 200, by name; `found` counts all
            that match `words`. roles: those that the reader may give. days: for which an invitation lasts.
        invitation: the address of one that was just made, which is shown once. problem: of the last form, or empty.
    """

    requests: tuple[AccountRequest, ...]
    sign_up: SignUpSettings
    accounts: tuple[AccountRow, ...]
    found: int
    words: str
    roles: tuple[Role, ...]
    days: int
    administers: bool
    invitation: str = ""
    problem: str = ""
    longest_reason: int = MAX_REASON_LENGTH
    most_daily: int = MAX_DAILY


async def accounts_page(request: Request, invitation: str = "", problem: str = "", status: int = 200) -> Response:
    """`/accounts`: who has an account, who asks for one, and who can sign up."""
    who, engine = require_moderator(request), require_database(request)
    words = request.query_params.get("name", "")[:100]

    def load() -> tuple[tuple[AccountRequest, ...], SignUpSettings, list[UserAccount]]:
        with read_transaction(engine) as c:
            return load_account_requests(c), load_sign_up_settings(c), load_accounts(c) if who.administers else []

    requests, settings, accounts = await run_in_threadpool(load)
    found = [a for a in accounts if fold_name(words.strip()) in fold_name(a.name)]
    rows = tuple(AccountRow(a.id, a.name, a.role, a.created, a.disabled, a.id == who.id) for a in found[:MAX_SHOWN])
    page = AccountsPage(
        requests, settings, rows, len(found), words, _allowed_roles(who), INVITATION_LIFETIME.days, who.administers,
        invitation, problem,
    )  # fmt: skip
    response = respond(request, "account/all.html", page, title="Accounts", status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _allowed_roles(who: UserAccount) -> tuple[Role, ...]:
    """Return the roles that an account may give by invitation: moderators invite readers, administrators anybody."""
    return ROLES if who.administers else ROLES[:1]


async def do_invite(request: Request) -> Response:
    """Make an invitation and show its address once."""
    who, engine, form, now = require_moderator(request), require_database(request), await read_form(request), utc_now()
    role = form.get("role", "reader")
    if role not in _allowed_roles(who):
        return await accounts_page(request, problem=str(UnknownRole(role, _allowed_roles(who))), status=400)

    def make() -> str:
        with write_transaction(engine) as c:
            return create_invitation(c, now=now, role=role, by=who.id)

    token = await run_in_threadpool(make)
    address = request.app.state.settings.address.rstrip("/")
    return await accounts_page(request, invitation=f"{address}/account/invitation/{token}")


async def do_settings(request: Request) -> Response:
    """Choose who can sign up."""
    who, form, now = require_admin(request), await read_form(request), utc_now()
    policy, daily = form.get("policy", ""), form.get("daily", "")
    return await _change(request, lambda c: save_sign_up_settings(c, policy, daily, now=now, by=who))


async def do_accept(request: Request) -> Response:
    """Create the account that somebody asked for."""
    who, number, now = require_moderator(request), request.path_params["id"], utc_now()
    return await _change(request, lambda c: accept_request(c, number, now=now, by=who))


async def do_refuse(request: Request) -> Response:
    """Refuse a request for an account."""
    who, form, now = require_moderator(request), await read_form(request), utc_now()
    number, why = request.path_params["id"], form.get("reason", "")
    return await _change(request, lambda c: refuse_request(c, number, why, now=now, by=who))


async def do_role(request: Request) -> Response:
    """Give an account a role."""
    who, form, now = require_admin(request), await read_form(request), utc_now()
    number, role = request.path_params["id"], form.get("role", "")

    def change(c: Connection) -> None:
        if role not in ROLES:
            raise UnknownRole(role, ROLES)
        give_role(c, _load(c, number), role, now=now, by=who.id)

    return await _change(request, change)


async def do_disable(request: Request) -> Response:
    """Disable an account, or enable it again."""
    who, form, now = require_admin(request), await read_form(request), utc_now()
    number, disabled = request.path_params["id"], form.get("disabled") == "yes"
    return await _change(request, lambda c: set_disabled(c, _load(c, number), disabled, now=now, by=who.id))


def _load(c: Connection, number: int) -> UserAccount:
    found = get_account(c, number)
    if found is None:
        raise HTTPException(404, "There is no account with this number. The page of accounts lists all.")
    return found


async def _change(request: Request, change: Callable[[Connection], object]) -> Response:
    """Make a change in one transaction; an error is shown on the page of accounts, and nothing is changed."""
    engine = require_database(request)

    def write() -> None:
        with write_transaction(engine) as c:
            change(c)

    try:
        await run_in_threadpool(write)
    except DetenteError as e:
        return await accounts_page(request, problem=str(e), status=409 if e.exit_code == 3 else 400)
    return RedirectResponse("/accounts", 303)


ROUTES: tuple[Route, ...] = (
    *page_routes("/accounts", accounts_page, page=AccountsPage, query={"name": "only names with these letters"}),
    form_route("/accounts/invitations", do_invite, "make an invitation", {"role": "reader, editor, moderator or admin"}),
    form_route("/accounts/sign-up", do_settings, "choose who can sign up",
               {"policy": "closed, request or open", "daily": f"the largest number a day, 1 to {MAX_DAILY}"}),
    form_route("/accounts/requests/{id:number}/accept", do_accept, "accept a request for an account", {}),
    form_route("/accounts/requests/{id:number}/refuse", do_refuse, "refuse a request for an account", {"reason": "why; kept in the log"}),
    form_route("/accounts/{id:number}/role", do_role, "give an account a role", {"role": "reader, editor, moderator or admin"}),
    form_route("/accounts/{id:number}/disabled", do_disable, "disable an account or enable it", {"disabled": "yes or no"}),
)  # fmt: skip
