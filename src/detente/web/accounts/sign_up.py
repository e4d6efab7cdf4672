"""Sign-up: whether strangers can make accounts, or ask for one, and what was decided about each request.

An administrator chooses; the default is that accounts are made by invitation only. A new account is always a reader's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

import sqlalchemy as sa
from sqlalchemy import Connection

from detente.web.accounts.account import (
    UserAccount,
    clean_name,
    create_account,
    fold_name,
    insert_account,
    is_taken,
    lock_accounts,
    log_action,
)
from detente.web.accounts.errors import (
    BadReason,
    BadSignUpSetting,
    NameTaken,
    NameUnavailable,
    NoAccountRequest,
    SignUpClosed,
    SignUpFull,
)
from detente.web.accounts.password import hash_password
from detente.web.db.tables import account_request, action, setting

SignUpPolicy = Literal["closed", "request", "open"]
POLICIES: tuple[SignUpPolicy, ...] = get_args(SignUpPolicy)
DEFAULT_DAILY, MAX_DAILY = 20, 1000
MAX_WAITING = 200  # requests that wait for a decision; further ones are refused
MAX_REASON_LENGTH = 500
DAY = timedelta(days=1)
SIGN_UP_ACTION = "sign up"


@dataclass(frozen=True, slots=True)
class SignUpSettings:
    """Who can make an account: nobody without an invitation (`closed`), those whose request is accepted, or everybody.

    `daily` is the largest number of sign-ups, or of requests, within 24 hours.
    """

    policy: SignUpPolicy = "closed"
    daily: int = DEFAULT_DAILY


@dataclass(frozen=True, slots=True)
class AccountRequest:
    """A request for an account that waits for a decision."""

    id: int
    name: str
    reason: str
    created: datetime


def load_sign_up_settings(c: Connection) -> SignUpSettings:
    """Return the settings; those that nobody has changed have their defaults."""
    query = sa.select(setting.c.name, setting.c.value).where(setting.c.name.in_(("sign_up", "sign_up_daily")))
    stored = {row.name: row.value for row in c.execute(query)}
    policy: SignUpPolicy = next((p for p in POLICIES if p == stored.get("sign_up")), "closed")
    return SignUpSettings(policy, int(stored.get("sign_up_daily", DEFAULT_DAILY)))


def save_sign_up_settings(c: Connection, policy: str, daily: str, *, now: datetime, by: UserAccount) -> None:
    """Change the settings and log who did it; unchanged ones are not logged.

    Raises:
        BadSignUpSetting: nothing was changed.
    """
    if policy not in POLICIES:
        raise BadSignUpSetting("policy", policy, f"choose {', '.join(POLICIES)}")
    if not (daily.isascii() and daily.isdigit() and 1 <= int(daily[:6]) <= MAX_DAILY):
        raise BadSignUpSetting("accounts a day", daily, f"use a whole number from 1 to {MAX_DAILY}")
    before = load_sign_up_settings(c)
    for name, old, new in (("sign_up", before.policy, policy), ("sign_up_daily", str(before.daily), str(int(daily)))):
        if old != new:
            c.execute(sa.delete(setting).where(setting.c.name == name))
            c.execute(sa.insert(setting).values(name=name, value=new, changed=now, by_id=by.id))
            log_action(c, "setting", None, f"{name.replace('_', ' ')}: {new}", now, by.id, before=old)


def sign_up(c: Connection, name: str, password: str, *, now: datetime) -> UserAccount:
    """Create a reader's account for a stranger, where sign-up is open.

    Raises:
        SignUpClosed, SignUpFull, BadAccountName, NameUnavailable, WeakPassword: no account was created.
    """
    lock_accounts(c)
    settings = load_sign_up_settings(c)
    if settings.policy != "open":
        raise SignUpClosed
    today = sa.select(sa.func.count()).where(action.c.what == SIGN_UP_ACTION, action.c.at > now - DAY)
    if c.execute(today).scalar_one() >= settings.daily:
        raise SignUpFull
    _require_unclaimed_name(c, clean_name(name))
    try:
        return create_account(c, name, password, now=now, logged_as=SIGN_UP_ACTION)
    except NameTaken as e:
        raise NameUnavailable(e.name) from None


def request_account(c: Connection, name: str, password: str, reason: str, *, now: datetime) -> None:
    """Store a request for an account, where they can be asked for. The password is stored as its hash.

    Raises:
        SignUpClosed, SignUpFull, BadAccountName, NameUnavailable, WeakPassword, BadReason: nothing was stored.
    """
    lock_accounts(c)
    settings = load_sign_up_settings(c)
    if settings.policy != "request":
        raise SignUpClosed
    recent = sa.select(sa.func.count()).where(account_request.c.created > now - DAY)
    waiting = sa.select(sa.func.count()).where(account_request.c.settled.is_(None))
    if c.execute(recent).scalar_one() >= settings.daily or c.execute(waiting).scalar_one() >= MAX_WAITING:
        raise SignUpFull
    name, reason = clean_name(name), _clean_reason(reason)
    _require_unclaimed_name(c, name)
    row = {"name": name, "key": fold_name(name), "reason": reason, "created": now}
    c.execute(sa.insert(account_request).values(password=hash_password(password, name), **row))


def load_account_requests(c: Connection) -> tuple[AccountRequest, ...]:
    """Return the requests that wait, oldest first."""
    columns = (account_request.c.id, account_request.c.name, account_request.c.reason, account_request.c.created)
    query = sa.select(*columns).where(account_request.c.settled.is_(None)).order_by(account_request.c.id)
    return tuple(AccountRequest(*row) for row in c.execute(query))


def accept_request(c: Connection, number: int, *, now: datetime, by: UserAccount) -> UserAccount:
    """Create the account that was asked for, with the password given then. Of several acceptances, one succeeds.

    Raises:
        NoAccountRequest: settled already, or unknown. NameTaken: an invitation gave the name away meanwhile; refuse it.
    """
    name, password = _settle(c, number, True, now, by)
    return insert_account(c, name, password, now=now, role="reader", by=by.id, logged_as="accept request")


def refuse_request(c: Connection, number: int, why: str, *, now: datetime, by: UserAccount) -> None:
    """Refuse a request and log why. The name is free again.

    Raises:
        NoAccountRequest: settled already, or unknown. BadReason: nothing was changed.
    """
    why = _clean_reason(why)
    name, _ = _settle(c, number, False, now, by)
    log_action(c, "refuse request", None, f"{name}: {why}", now, by.id)


def _settle(c: Connection, number: int, accepted: bool, now: datetime, by: UserAccount) -> tuple[str, str]:
    """Close a request, forget its password's hash, and return name and hash."""
    lock_accounts(c)
    waiting = (account_request.c.id == number, account_request.c.settled.is_(None))
    row = c.execute(sa.select(account_request.c.name, account_request.c.password).where(*waiting)).one_or_none()
    if row is None:
        raise NoAccountRequest(number)
    values = {"settled": now, "accepted": accepted, "settled_by": by.id, "password": None}
    c.execute(sa.update(account_request).where(*waiting).values(**values))
    return row.name, row.password


def _require_unclaimed_name(c: Connection, name: str) -> None:
    """Refuse a name that an account or a waiting request has; which of them is not said."""
    query = sa.select(account_request.c.id).where(
        account_request.c.key == fold_name(name), account_request.c.settled.is_(None)
    )
    if is_taken(c, name) or c.execute(query.limit(1)).first() is not None:
        raise NameUnavailable(name)


def _clean_reason(text: str) -> str:
    reason = " ".join(text.split())
    if not 1 <= len(reason) <= MAX_REASON_LENGTH:
        raise BadReason(len(reason), MAX_REASON_LENGTH)
    return reason
