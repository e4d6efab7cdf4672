"""The first account: whoever has the address that `detente serve` prints makes it, while there is no account.

The token lives as long as the server process; the workers know its hash only. After the first account it opens nothing.
"""

import hmac
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from detente.web.accounts.account import UserAccount, create_account, lock_accounts
from detente.web.accounts.errors import BadInvitation
from detente.web.accounts.tokens import hash_token, new_token
from detente.web.db.engine import read_transaction
from detente.web.db.tables import account


def issue_first_token(engine: Engine) -> str:
    """Return a token for the first account, or nothing if there is an account."""
    with read_transaction(engine) as c:
        return "" if has_accounts(c) else new_token()


def has_accounts(c: Connection) -> bool:
    """Return whether anybody has an account."""
    return c.execute(sa.select(account.c.id).limit(1)).first() is not None


def is_first_token(c: Connection, token: str, stored_hash: str) -> bool:
    """Return whether this is the server's token for the first account, and there is no account yet."""
    return bool(stored_hash) and hmac.compare_digest(hash_token(token), stored_hash) and not has_accounts(c)


def create_first_account(c: Connection, name: str, password: str, *, now: datetime) -> UserAccount:
    """Create the first account, an administrator's. Of several simultaneous requests, one succeeds.

    Raises:
        BadInvitation: there is an account already. BadAccountName, WeakPassword: no account was created.
    """
    lock_accounts(c)
    if has_accounts(c):
        raise BadInvitation
    return create_account(c, name, password, now=now, role="admin", logged_as="first account")
