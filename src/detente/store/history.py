"""What happened to the store, version by version."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from detente.store.open import open_table


@dataclass(frozen=True, slots=True)
class StoreVersion:
    """One version of the table: when it came, and what it did.

    `what` is made, added, replaced, removed, or, where another program wrote it, that program's own word.
    `release` is `source/release`, empty where no release was touched. Counts are None where not told.
    """

    version: int
    at: datetime
    what: str
    release: str
    known_on: str
    rows: int | None
    events: int | None
    merged: int | None
    set_aside: int | None
    sha256: str


def read_history(path: Path, limit: int | None = None) -> tuple[StoreVersion, ...]:
    """The versions of the store, newest first.

    Raises:
        NoStore, NotAStore, StoreTooNew, CorruptStore.
    """
    # The log is listed to its end, and numbered from the version at which the table was opened: one that
    # came in between would shift the numbers, so we look again.
    while True:
        newest = open_table(path)
        commits = newest.history(limit)
        if open_table(path).version() == newest.version():
            return tuple(_parse_version(c, newest.version() - i) for i, c in enumerate(commits))


def _parse_version(commit: dict[str, Any], version: int) -> StoreVersion:
    told: dict[str, Any] = commit.get("detente") or {}
    operation = str(commit.get("operation", ""))
    words = {"CREATE TABLE": "made", "ADD COLUMN": "columns added"}
    return StoreVersion(
        version=version,
        at=datetime.fromtimestamp(commit["timestamp"] / 1000, tz=UTC),
        what=told.get("what") or words.get(operation, operation.lower()),
        release=f"{told['source']}/{told['release']}" if told else "",
        known_on=told.get("known_on", ""),
        rows=told.get("rows"),
        events=told.get("events"),
        merged=told.get("merged"),
        set_aside=told.get("set_aside"),
        sha256=told.get("sha256", ""),
    )
