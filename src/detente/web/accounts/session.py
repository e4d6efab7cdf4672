"""Login and sessions. A session is a random token; the database stores its hash."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from detente.web.accounts.account import UserAccount, fold_name, get_account
from detente.web.accounts.errors import InvalidCredentials
from detente.web.accounts.password import hash_without_checks, needs_rehash, verify_password
from detente.web.accounts.tokens import hash_token, new_token
from detente.web.clock import MAX_SKEW
from detente.web.db.engine import read_transaction, write_transaction
from detente.web.db.tables import account, session

SESSION_LIFETIME = timedelta(days=14)


def login(engine: Engine, name: str, password: str, *, now: datetime) -> tuple[UserAccount, str]:
    """Return the account and the token of a new session.

    The password is verified outside any transaction: it takes long and would block writers.

    Raises:
        InvalidCredentials: wrong, unknown or disabled, with the same message after the same time.
    """
    with read_transaction(engine) as c:
        query = sa.select(account.c.id, account.c.password, account.c.disabled)
        row = c.execute(query.where(account.c.key == fold_name(name.strip()))).one_or_none()
    matches = verify_password(row.password if row else None, password)
    if row is None or not matches or row.disabled is not None:
        raise InvalidCredentials
    new_hash = hash_without_checks(password) if needs_rehash(row.password) else None
    with write_transaction(engine) as c:
        if new_hash:
            unchanged = (account.c.id == row.id, account.c.password == row.password)
            c.execute(sa.update(account).where(*unchanged).values(password=new_hash))
        token = open_session(c, row.id, now=now)
        user = get_account(c, row.id)
    if user is None or user.disabled:
        raise InvalidCredentials
    return user, token


def open_session(c: Connection, account_id: int, *, now: datetime) -> str:
    """Open a session and return its token. Expired sessions are deleted first."""
    c.execute(sa.delete(session).where(session.c.expires <= now))
    token = new_token()
    row = {"token": hash_token(token), "account_id": account_id, "created": now, "expires": now + SESSION_LIFETIME}
    c.execute(sa.insert(session).values(**row))
    return token


def find_session_account(c: Connection, token: str, *, now: datetime) -> UserAccount | None:
    """Return the account of a session; None if the session is unknown or expired, or the account is disabled."""
    query = (
        sa.select(account.c.id, account.c.name, account.c.role, account.c.created, account.c.disabled)
        .join(session, session.c.account_id == account.c.id)
        .where(
            session.c.token == hash_token(token),
            session.c.expires > now,
            # After the clock was set back, a session of the future would last longer than it should.
            session.c.created <= now + MAX_SKEW,
            account.c.disabled.is_(None),
        )
    )
    row = c.execute(query).one_or_none()
    return UserAccount(*row) if row else None


def logout(c: Connection, token: str) -> None:
    """End a session. An unknown or expired session is no error."""
    c.execute(sa.delete(session).where(session.c.token == hash_token(token)))
