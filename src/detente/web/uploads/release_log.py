"""The log of releases that accounts put into the store: who, when, which bytes, and what they replaced.

The decision is logged before it is carried out, so no release can be in the store without it. A release in the log that is
not in the store was not kept, or has been replaced since.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from detente.web.accounts.account import UserAccount
from detente.web.db.tables import account, action

ReleaseDecision = Literal["keep release", "replace release"]
MAX_DECISIONS = 1000


@dataclass(frozen=True, slots=True)
class ReleaseAct:
    """Who decided to put a release into the store, and when. `replaced` is the SHA-256 of the one before, or empty."""

    by: str
    at: datetime
    what: ReleaseDecision
    replaced: str


def log_release(c: Connection, who: UserAccount, name: str, sha256: str, *, now: datetime, replaces: str = "") -> None:
    """Log the decision to put a release into the store, or to replace the one of its name."""
    what: ReleaseDecision = "replace release" if replaces else "keep release"
    row = {"at": now, "actor_id": who.id, "what": what, "reason": f"{name} {sha256}", "before": replaces or None}
    c.execute(sa.insert(action).values(**row))


def log_failure(c: Connection, who: UserAccount, name: str, sha256: str, *, now: datetime) -> None:
    """Log that the release could not be put into the store."""
    row = {"at": now, "actor_id": who.id, "what": "release not kept", "reason": f"{name} {sha256}"}
    c.execute(sa.insert(action).values(**row))


def load_release_acts(c: Connection) -> Mapping[tuple[str, str], ReleaseAct]:
    """Return the newest decision on each release, by its name and SHA-256; of the last thousand decisions."""
    query = (
        sa.select(action.c.at, action.c.what, action.c.reason, action.c.before, account.c.name)
        .join(account, account.c.id == action.c.actor_id)
        .where(action.c.what.in_(("keep release", "replace release")))
        .order_by(action.c.id.desc())
        .limit(MAX_DECISIONS)
    )
    acts: dict[tuple[str, str], ReleaseAct] = {}
    for r in c.execute(query):
        name, _, sha256 = r.reason.rpartition(" ")
        acts.setdefault((name, sha256), ReleaseAct(r.name, r.at, r.what, r.before or ""))
    return acts
