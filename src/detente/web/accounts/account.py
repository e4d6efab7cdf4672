"""User accounts: name, role and state."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import Connection, Row
from sqlalchemy.exc import IntegrityError

from detente.web.accounts.errors import BadAccountName, LastAdmin, NameTaken, NoAccount
from detente.web.accounts.password import hash_password
from detente.web.db.tables import account, action, session

Role = Literal["reader", "editor", "moderator", "admin"]
ROLES: tuple[Role, ...] = ("reader", "editor", "moderator", "admin")  # each may do what those before it may
# Japanese and Korean names mix these.
JAPANESE_SCRIPTS = frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL"})
_NAME = re.compile(r"[^\W_]+(?:[ ._-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class UserAccount:
    """An account. `disabled` is the time since which it may not log in, or None."""

    id: int
    name: str
    role: Role
    created: datetime
    disabled: datetime | None

    @property
    def edits(self) -> bool:
        """Whether the account may add, correct and retract events and write cases."""
        return self.role in ROLES[1:]

    @property
    def moderates(self) -> bool:
        """Whether the account may hide comments of others, put releases into the store and accept new readers."""
        return self.role in ROLES[2:]

    @property
    def administers(self) -> bool:
        """Whether the account may change settings, give roles and disable accounts."""
        return self.role == "admin"


def fold_name(name: str) -> str:
    """Fold case and width of a name for comparison, so that no account can imitate another by them.

    Example:
        >>> fold_name("Ａnn") == fold_name("ann")
        True
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def clean_name(name: str) -> str:
    """Return the name without outer spaces, in the form (NFC) in which it is stored.

    Raises:
        BadAccountName: no account can have it.
    """
    name = unicodedata.normalize("NFC", name.strip())
    if not (2 <= len(name) <= 40 and len(fold_name(name)) <= 80 and _NAME.fullmatch(name)) or _mixes_scripts(name):
        raise BadAccountName(name)
    return name


def create_account(
    c: Connection, name: str, password: str, *, now: datetime, role: Role = "reader", logged_as: str = "account"
) -> UserAccount:
    """Create an account. `logged_as` is the word of the log; with another than "account" the owner is the one who acted.

    Raises:
        BadAccountName, NameTaken, WeakPassword: no account was created.
    """
    name = clean_name(name)
    _require_free_name(c, name)
    return insert_account(c, name, hash_password(password, name), now=now, role=role, logged_as=logged_as)


def insert_account(
    c: Connection, name: str, password: str, *, now: datetime, role: Role, by: int | None = None, logged_as: str = "account"
) -> UserAccount:  # fmt: skip
    """Store an account with a clean name and the hash of its password, and log it.

    Raises:
        NameTaken: no account was created.
    """
    _require_free_name(c, name)
    row = {"name": name, "key": fold_name(name), "password": password, "role": role, "created": now}
    try:
        with c.begin_nested():
            number = c.execute(sa.insert(account).values(**row).returning(account.c.id)).scalar_one()
    except IntegrityError:
        _require_free_name(c, name)  # another request took the name meanwhile
        raise
    # The command line alone makes accounts for others without a request.
    log_action(c, logged_as, number, role, now, by or (None if logged_as == "account" else number))
    return UserAccount(number, name, role, now, None)


def _mixes_scripts(name: str) -> bool:
    """Return whether the letters are of several scripts, as a Cyrillic A in a Latin name is: such names imitate others."""
    scripts = {unicodedata.name(c, "UNKNOWN").partition(" ")[0] for c in fold_name(name) if _is_letter(c)}
    return len(scripts - JAPANESE_SCRIPTS) + bool(scripts & JAPANESE_SCRIPTS) > 1


def _is_letter(c: str) -> bool:
    # Modifier letters, such as the apostrophe of Uzbek names, stand in names of any script.
    return unicodedata.category(c) in ("Lu", "Ll", "Lt", "Lo")


def find_account(c: Connection, name: str) -> UserAccount:
    """Return the account with this name; case and width are ignored.

    Raises:
        NoAccount: with the nearest names.
    """
    row = c.execute(_ACCOUNTS.where(account.c.key == fold_name(name.strip()))).one_or_none()
    if row is None:
        raise NoAccount(name, [a.name for a in load_accounts(c)])
    return _account_from_row(row)


def get_account(c: Connection, number: int) -> UserAccount | None:
    """Return the account with this number, or None."""
    row = c.execute(_ACCOUNTS.where(account.c.id == number)).one_or_none()
    return _account_from_row(row) if row else None


def load_accounts(c: Connection) -> list[UserAccount]:
    """Return all accounts, ordered by name."""
    return [_account_from_row(r) for r in c.execute(_ACCOUNTS.order_by(account.c.key))]


def give_role(c: Connection, who: UserAccount, role: Role, *, now: datetime, by: int | None = None) -> None:
    """Set the role of an account and log who did it.

    Raises:
        LastAdmin: nothing was changed.
    """
    if role != "admin":
        _require_another_admin(c, who)
    c.execute(sa.update(account).where(account.c.id == who.id).values(role=role))
    log_action(c, "role", who.id, role, now, by, before=who.role)


def set_disabled(c: Connection, who: UserAccount, disabled: bool, *, now: datetime, by: int | None = None) -> None:
    """Disable an account and end its sessions, or enable it again. Its comments stay.

    Raises:
        LastAdmin: nothing was changed.
    """
    if disabled:
        _require_another_admin(c, who)
    c.execute(sa.update(account).where(account.c.id == who.id).values(disabled=now if disabled else None))
    if disabled:
        c.execute(sa.delete(session).where(session.c.account_id == who.id))
    log_action(c, "disable" if disabled else "enable", who.id, "", now, by)


def set_password(c: Connection, who: UserAccount, password: str, *, now: datetime, by: int | None = None) -> None:
    """Set a new password and end all sessions of the account.

    Raises:
        WeakPassword: the old password stays.
    """
    c.execute(sa.update(account).where(account.c.id == who.id).values(password=hash_password(password, who.name)))
    c.execute(sa.delete(session).where(session.c.account_id == who.id))
    log_action(c, "password", who.id, "", now, by)


_ACCOUNTS = sa.select(account.c.id, account.c.name, account.c.role, account.c.created, account.c.disabled)


def _account_from_row(row: Row[*tuple[Any, ...]]) -> UserAccount:
    return UserAccount(row.id, row.name, row.role, row.created, row.disabled)


def lock_accounts(c: Connection) -> None:
    """Let nobody else change accounts until the end of this transaction."""
    if c.dialect.name == "postgresql":
        # SQLite's write transactions wait for each other anyway.
        c.execute(sa.text("LOCK TABLE account IN SHARE ROW EXCLUSIVE MODE"))


def _require_another_admin(c: Connection, who: UserAccount) -> None:
    """Refuse to take the last administrator's right away; of two who do so to each other at once, one succeeds."""
    lock_accounts(c)
    admins = sa.select(account.c.id).where(account.c.role == "admin", account.c.disabled.is_(None))
    if set(c.execute(admins).scalars()) == {who.id}:
        raise LastAdmin(who.name)


def is_taken(c: Connection, name: str) -> bool:
    """Return whether an account has this name."""
    return _find_stored_name(c, name) is not None


def _find_stored_name(c: Connection, name: str) -> str | None:
    return c.execute(sa.select(account.c.name).where(account.c.key == fold_name(name))).scalar_one_or_none()


def _require_free_name(c: Connection, name: str) -> None:
    taken = _find_stored_name(c, name)
    if taken is not None:
        raise NameTaken(name, taken)


def log_action(
    c: Connection, what: str, who: int | None, reason: str, now: datetime, by: int | None = None, before: str | None = None
) -> None:  # fmt: skip
    """Add an entry to the log: what was done to which account, by whom (None: the command line), and why."""
    c.execute(sa.insert(action).values(at=now, actor_id=by, what=what, account_id=who, reason=reason, before=before))
