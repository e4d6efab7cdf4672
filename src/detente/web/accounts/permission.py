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
    return _require(who, who.edits, "editors", "An administrator of this workbench can make you one.")


def require_moderator(request: Request) -> UserAccount:
    """Return the account of the request if it is a moderator or an administrator.

    Raises:
        HTTPException: 401 without a login, 403 for other accounts.
    """
    who = require_account(request)
    return _require(who, who.moderates, "moderators", "An administrator of this workbench can make you one.")


def require_admin(request: Request) -> UserAccount:
    """Return the account of the request if it is an administrator.

    Raises:
        HTTPException: 401 without a login, 403 for other accounts.
    """
    who = require_account(request)
    return _require(who, who.administers, "administrators of this workbench", "Ask one of them.")


def _require(who: UserAccount, may: bool, role: str, remedy: str) -> UserAccount:
    if not may:
        raise HTTPException(403, f"Only {role} can do this. {remedy}")
    return who
