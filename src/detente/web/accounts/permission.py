"""Who may do what: the account of a request, and the roles that a page requires.

A right comes from an account, never from an address: behind a proxy every reader has the address of this machine.
"""

from starlette.exceptions import HTTPException
from starlette.requests import Request

from detente.web.accounts.account import UserAccount


def find_account_of(request: Request) -> UserAccount | None:
    """Return the account of the request, or None without a login."""
    user: UserAccount | None = getattr(request.state, "account", None)
    return user


def require_account(request: Request) -> UserAccount:
    """Return the account of the request.

    Raises:
        HTTPException: 401 without a login.
    """
    user = find_account_of(request)
    if user is None:
        raise HTTPException(401, "This page requires an account. Log in at /account/login.")
    return user


def require_editor(request: Request) -> UserAccount:
    """Return the account of the request if it may edit events and cases: editors, moderators and administrators.

    Raises:
        HTTPException: 401 without a login, 403 for other accounts.
    """
    who = require_account(request)
    if not who.edits:
        raise HTTPException(403, "Only editors can do this. An administrator of this workbench can make you one.")
    return who


def require_moderator(request: Request) -> UserAccount:
    """Return the account of the request if it is a moderator or an administrator.

    Raises:
        HTTPException: 401 without a login, 403 for other accounts.
    """
    who = require_account(request)
    if not who.moderates:
        raise HTTPException(403, "Only moderators can do this. An administrator of this workbench can make you one.")
    return who


def require_admin(request: Request) -> UserAccount:
    """Return the account of the request if it is an administrator.

    Raises:
        HTTPException: 401 without a login, 403 for other accounts.
    """
    who = require_account(request)
    if not who.administers:
        raise HTTPException(403, "Only administrators of this workbench can do this. Ask one of them.")
    return who
