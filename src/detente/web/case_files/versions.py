"""Versions of the cases written in the browser: every text whole, with its author and time."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from detente.web.accounts.account import UserAccount, lock_accounts, log_action
from detente.web.case_files.errors import CaseChangedMeanwhile
from detente.web.db.tables import account, case_version


@dataclass(frozen=True, slots=True)
class CaseVersion:
    """One version of a case's text; versions count from 1."""

    case: str
    number: int
    author: str
    created: datetime


_VERSIONS = (
    sa.select(case_version.c.case, case_version.c.number, account.c.name, case_version.c.created)
    .join(account, account.c.id == case_version.c.author_id)
    .order_by(case_version.c.number.desc())
)


def load_versions(c: Connection, case: str) -> tuple[CaseVersion, ...]:
    """Return the versions of a case, newest first."""
    return tuple(CaseVersion(*row) for row in c.execute(_VERSIONS.where(case_version.c.case == case)))


def load_newest_versions(c: Connection) -> dict[str, CaseVersion]:
    """Return the newest version of every case that has been written here, by id."""
    newest: dict[str, CaseVersion] = {}
    for row in c.execute(_VERSIONS):
        newest.setdefault(row.case, CaseVersion(*row))
    return newest


def load_text(c: Connection, case: str, number: int) -> str | None:
    """Return the text of a version; None if there is no such version."""
    query = sa.select(case_version.c.text).where(case_version.c.case == case, case_version.c.number == number)
    return c.execute(query).scalar_one_or_none()


def add_version(c: Connection, case: str, text: str, base: int, *, now: datetime, by: UserAccount) -> CaseVersion:
    """Store a text as the next version and log it.

    Args:
        base: the number of the version that the text was made from; 0 for a new case.

    Raises:
        CaseChangedMeanwhile: there is a newer version than `base`; nothing was stored.
    """
    lock_accounts(c)  # one writer at a time, so that numbers have no gaps
    newest = next(iter(load_versions(c, case)), None)
    if newest is not None and newest.number != base:
        raise CaseChangedMeanwhile(newest.number, newest.author)
    number = newest.number + 1 if newest else 1
    row = {"case": case, "number": number, "text": text, "author_id": by.id, "created": now}
    c.execute(sa.insert(case_version).values(**row))
    log_action(c, "case saved", None, f"{case}, version {number}", now, by.id)
    return CaseVersion(case, number, by.name, now)
