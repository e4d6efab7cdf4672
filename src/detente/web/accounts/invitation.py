"""Invitations: a link that makes one account, once, within its time."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from detente.web.accounts.account import Account, Role, add
from detente.web.accounts.errors import BadInvitation
from detente.web.accounts.tokens import digest, new_token
from detente.web.db.tables import invitation

LASTS = timedelta(days=7)


def invite(
    c: Connection, *, now: datetime, role: Role = "reader", by: int | None = None, lasts: timedelta = LASTS
) -> str:
    """The token of a new invitation. It is shown now or never: the database keeps a digest."""
    token = new_token()
    row = {"token": digest(token), "role": role, "made_by": by, "created": now, "expires": now + lasts}
    c.execute(sa.insert(invitation).values(**row))
    return token


def is_open(c: Connection, token: str, *, now: datetime) -> bool:
    """Could an account be made with it now?"""
    found = c.execute(sa.select(invitation.c.id).where(*_open(token, now))).one_or_none()
    return found is not None


def accept(c: Connection, token: str, name: str, password: str, *, now: datetime) -> Account:
    """Make the account that the invitation allows. Of two who come at once, one gets it.

    Raises:
        BadInvitation: used, expired or unknown. BadName, NameTaken, WeakPassword: it stays open for another try,
            since the whole transaction is undone.
    """
    taken = c.execute(
        sa.update(invitation).where(*_open(token, now)).values(used=now).returning(invitation.c.id, invitation.c.role)
    ).one_or_none()
    if taken is None:
        raise BadInvitation
    made = add(c, name, password, now=now, role=taken.role)
    c.execute(sa.update(invitation).where(invitation.c.id == taken.id).values(used_by=made.id))
    return made


def _open(token: str, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return invitation.c.token == digest(token), invitation.c.used.is_(None), invitation.c.expires > now
