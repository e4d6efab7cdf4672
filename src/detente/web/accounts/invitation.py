"""Invitations: a link that makes one account, once, within its time."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from detente.web.accounts.account import Role, UserAccount, create_account
from detente.web.accounts.errors import BadInvitation
from detente.web.accounts.tokens import hash_token, new_token
from detente.web.db.tables import invitation

INVITATION_LIFETIME = timedelta(days=7)


def create_invitation(
    c: Connection,
    *,
    now: datetime,
    role: Role = "reader",
    by: int | None = None,
    lasts: timedelta = INVITATION_LIFETIME,
) -> str:
    """The token of a new invitation. It is shown now or never: the database keeps a digest."""
    token = new_token()
    row = {"token": hash_token(token), "role": role, "made_by": by, "created": now, "expires": now + lasts}
    c.execute(sa.insert(invitation).values(**row))
    return token


def is_invitation_open(c: Connection, token: str, *, now: datetime) -> bool:
    """Could an account be made with it now?"""
    found = c.execute(sa.select(invitation.c.id).where(*_open_conditions(token, now))).one_or_none()
    return found is not None


def accept_invitation(c: Connection, token: str, name: str, password: str, *, now: datetime) -> UserAccount:
    """Make the account that the invitation allows. Of two who come at once, one gets it.

    Raises:
        BadInvitation: used, expired or unknown. BadName, NameTaken, WeakPassword: it stays open for another try,
            since the whole transaction is undone.
    """
    taken = c.execute(
        sa.update(invitation)
        .where(*_open_conditions(token, now))
        .values(used=now)
        .returning(invitation.c.id, invitation.c.role)
    ).one_or_none()
    if taken is None:
        raise BadInvitation
    made = create_account(c, name, password, now=now, role=taken.role)
    c.execute(sa.update(invitation).where(invitation.c.id == taken.id).values(used_by=made.id))
    return made


def _open_conditions(token: str, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return invitation.c.token == hash_token(token), invitation.c.used.is_(None), invitation.c.expires > now
