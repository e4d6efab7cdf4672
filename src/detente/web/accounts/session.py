"""Logging in and staying so: a session is a random token, of which the database keeps a digest."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from detente.web.accounts.account import Account, folded, numbered
from detente.web.accounts.errors import NotLetIn
from detente.web.accounts.password import at_todays_cost, fits, is_dated
from detente.web.accounts.tokens import digest, new_token
from detente.web.db.engine import reading, writing
from detente.web.db.tables import account, session

LASTS = timedelta(days=14)


def login(engine: Engine, name: str, password: str, *, now: datetime) -> tuple[Account, str]:
    """The account and the token of a new session.

    The password is compared outside any transaction: it takes long, and would keep writers waiting.

    Raises:
        NotLetIn: wrong, unknown or disabled; it takes the same time and is said in the same words.
    """
    with reading(engine) as c:
        row = c.execute(
            sa.select(account.c.id, account.c.password, account.c.disabled).where(account.c.key == folded(name.strip()))
        ).one_or_none()
    right = fits(row.password if row else None, password)
    if row is None or not right or row.disabled is not None:
        raise NotLetIn
    anew = at_todays_cost(password) if is_dated(row.password) else None
    with writing(engine) as c:
        if anew:
            c.execute(
                sa.update(account)
                .where(account.c.id == row.id, account.c.password == row.password)
                .values(password=anew)
            )
        token = open_session(c, row.id, now=now)
        found = numbered(c, row.id)
    if found is None or found.disabled:
        raise NotLetIn
    return found, token


def open_session(c: Connection, account_id: int, *, now: datetime) -> str:
    """A new session's token. Sessions that are over are swept away on the way."""
    c.execute(sa.delete(session).where(session.c.expires <= now))
    token = new_token()
    row = {"token": digest(token), "account_id": account_id, "created": now, "expires": now + LASTS}
    c.execute(sa.insert(session).values(**row))
    return token


def account_of(c: Connection, token: str, *, now: datetime) -> Account | None:
    """Whose session it is, or None if it is nobody's, over, or of a disabled account."""
    query = (
        sa.select(account.c.id, account.c.name, account.c.role, account.c.created, account.c.disabled)
        .join(session, session.c.account_id == account.c.id)
        .where(session.c.token == digest(token), session.c.expires > now, account.c.disabled.is_(None))
    )
    row = c.execute(query).one_or_none()
    return Account(*row) if row else None


def logout(c: Connection, token: str) -> None:
    """End this session; ending one that is over is no fault."""
    c.execute(sa.delete(session).where(session.c.token == digest(token)))
