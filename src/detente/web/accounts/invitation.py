"""Invitations: links that create one account each and expire."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from detente.web.accounts.account import Role, UserAccount, create_account, log_action
from detente.web.accounts.errors import BadInvitation
from detente.web.accounts.tokens import hash_token, new_token
from detente.web.db.tables import invitation

INVITATION_LIFETIME = timedelta(days=7)


def create_invitation(
    c: Connection, *, now: datetime, role: Role = "reader", by: int | None = None, lasts: timedelta = INVITATION_LIFETIME
) -> str:  # fmt: skip
    """Create an invitation and return its token. The token cannot be shown again: the database stores only its hash."""
    token = new_token()
    row = {"token": hash_token(token), "role": role, "made_by": by, "created": now, "expires": now + lasts}
    c.execute(sa.insert(invitation).values(**row))
    log_action(c, "invite", None, role, now, by)
    return token


def is_invitation_open(c: Connection, token: str, *, now: datetime) -> bool:
    """Return whether the invitation can create an account now."""
    return c.execute(sa.select(invitation.c.id).where(*_open_conditions(token, now))).one_or_none() is not None


def accept_invitation(c: Connection, token: str, name: str, password: str, *, now: datetime) -> UserAccount:
    """Create the account that the invitation allows. Of several simultaneous requests, one succeeds.

    Raises:
        BadInvitation: used, expired or unknown.
        BadAccountName, NameTaken, WeakPassword: the transaction is rolled back, so the invitation stays open.
    """
    use = sa.update(invitation).where(*_open_conditions(token, now)).values(used=now)
    invited = c.execute(use.returning(invitation.c.id, invitation.c.role)).one_or_none()
    if invited is None:
        raise BadInvitation
    new_account = create_account(c, name, password, now=now, role=invited.role, logged_as="invitation used")
    c.execute(sa.update(invitation).where(invitation.c.id == invited.id).values(used_by=new_account.id))
    return new_account


def _open_conditions(token: str, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return invitation.c.token == hash_token(token), invitation.c.used.is_(None), invitation.c.expires > now
