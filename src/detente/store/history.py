"""History of a store by version."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from detente.store.open import open_table


@dataclass(frozen=True, slots=True)
class StoreVersion:
    """One version of the table: its time and its change.

    `what` is made, added, replaced, removed, columns added, or another program's name for its own operation.
    `release` is `source/release`, empty where the version changed no release. Counts are None where not recorded.
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
    """Return the versions of the store, newest first.

    Raises:
        NoStore, NotAStore, StoreTooNew, CorruptStore.
    """
    # delta-rs lists commits without numbers. A commit that arrives between opening and listing would shift
    # the numbers, so the listing is repeated until no commit intervenes.
    while True:
        newest = open_table(path)
        commits = newest.history(limit)
        if open_table(path).version() == newest.version():
            return tuple(_parse_version(c, newest.version() - i) for i, c in enumerate(commits))


def _parse_version(commit: dict[str, Any], version: int) -> StoreVersion:
    metadata: dict[str, Any] = commit.get("detente") or {}
    operation = str(commit.get("operation", ""))
    words = {"CREATE TABLE": "made", "ADD COLUMN": "columns added"}
    return StoreVersion(
        version=version,
        at=datetime.fromtimestamp(commit["timestamp"] / 1000, tz=UTC),
        what=metadata.get("what") or words.get(operation, operation.lower()),
        release=f"{metadata['source']}/{metadata['release']}" if metadata else "",
        known_on=metadata.get("known_on", ""),
        sha256=metadata.get("sha256", ""),
        **{k: metadata.get(k) for k in ("rows", "events", "merged", "set_aside")},
    )
