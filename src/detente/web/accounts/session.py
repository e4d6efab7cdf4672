"""Logging in and staying so: a session is a random token, of which the database keeps a digest."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from detente.web.accounts.account import UserAccount, fold_name, get_account
from detente.web.accounts.errors import InvalidCredentials
from detente.web.accounts.password import hash_without_checks, needs_rehash, verify_password
from detente.web.accounts.tokens import hash_token, new_token
from detente.web.db.engine import read_transaction, write_transaction
from detente.web.db.tables import account, session

SESSION_LIFETIME = timedelta(days=14)


def login(engine: Engine, name: str, password: str, *, now: datetime) -> tuple[UserAccount, str]:
    """The account and the token of a new session.

    The password is compared outside any transaction: it takes long, and would keep writers waiting.

    Raises:
        NotLetIn: wrong, unknown or disabled; it takes the same time and is said in the same words.
    """
    with read_transaction(engine) as c:
        row = c.execute(
            sa.select(account.c.id, account.c.password, account.c.disabled).where(
                account.c.key == fold_name(name.strip())
            )
        ).one_or_none()
    right = verify_password(row.password if row else None, password)
    if row is None or not right or row.disabled is not None:
        raise InvalidCredentials
    anew = hash_without_checks(password) if needs_rehash(row.password) else None
    with write_transaction(engine) as c:
        if anew:
            c.execute(
                sa.update(account)
                .where(account.c.id == row.id, account.c.password == row.password)
                .values(password=anew)
            )
        token = open_session(c, row.id, now=now)
        found = get_account(c, row.id)
    if found is None or found.disabled:
        raise InvalidCredentials
    return found, token


def open_session(c: Connection, account_id: int, *, now: datetime) -> str:
    """A new session's token. Sessions that are over are swept away on the way."""
    c.execute(sa.delete(session).where(session.c.expires <= now))
    token = new_token()
    row = {"token": hash_token(token), "account_id": account_id, "created": now, "expires": now + SESSION_LIFETIME}
    c.execute(sa.insert(session).values(**row))
    return token


def find_session_account(c: Connection, token: str, *, now: datetime) -> UserAccount | None:
    """Whose session it is, or None if it is nobody's, over, or of a disabled account."""
    query = (
        sa.select(account.c.id, account.c.name, account.c.role, account.c.created, account.c.disabled)
        .join(session, session.c.account_id == account.c.id)
        .where(session.c.token == hash_token(token), session.c.expires > now, account.c.disabled.is_(None))
    )
    row = c.execute(query).one_or_none()
    return UserAccount(*row) if row else None


def logout(c: Connection, token: str) -> None:
    """End this session; ending one that is over is no fault."""
    c.execute(sa.delete(session).where(session.c.token == hash_token(token)))
