"""Effect of an ingested release on the events that hold: which are new, replaced, removed, and left as they were."""

from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from detente.events.vintage import find_release_coverage, select_as_of
from detente.store.snapshot import ReleaseAccount, Snapshot

MAX_ROWS = 3_000_000  # rows of a source that are compared
_COLUMNS = ("id", "known_on", "first", "country", "withdrawn")


@dataclass(frozen=True, slots=True)
class IngestEffect:
    """Events of a source before and after a release was added, by id.

    `new`: held by no earlier release. `replaced`: hold now as this release tells them. `removed`: withdrawn, or of a period
    and country that it covers and does not repeat. `left`: of other releases, as they were. `outdated`: events of the
    release itself that a later release replaces or no longer has.
    """

    new: int
    replaced: int
    removed: int
    left: int
    outdated: int


def measure_effect(before: Snapshot | None, after: Snapshot, release: ReleaseAccount) -> IngestEffect | None:
    """Compare the events of a source that hold before and after one release was added.

    Returns:
        None if the store held no other release of the source, or more rows than can be compared quickly.

    Raises:
        CorruptStore: a file cannot be read.
    """
    if before is None:
        return None
    accounts = [[k for k in s.releases() if k.source == release.source] for s in (before, after)]
    if not accounts[0] or sum(k.events for k in accounts[1]) > MAX_ROWS:
        return None
    then, now = (_select_current(s, k) for s, k in zip((before, after), accounts, strict=True))
    mine = {i for i, own in now.items() if own == release.release}
    return IngestEffect(
        new=len(mine - then.keys()),
        replaced=len(mine & then.keys()),
        removed=len(then.keys() - now.keys()),
        left=len(now.keys() - mine),
        outdated=release.events - len(mine),
    )


def _select_current(snapshot: Snapshot, accounts: list[ReleaseAccount]) -> dict[str, str]:
    """Return the release that each event of a source is taken from, by id."""
    tables = []
    for file in snapshot.files_of("events", [k.name for k in accounts]):
        with pq.ParquetFile(file.path) as parquet:
            table = parquet.read([c for c in _COLUMNS if c in parquet.schema_arrow.names])
        for name, value in (("source", file.source), ("release", file.release)):
            table = table.append_column(name, pa.array([value] * table.num_rows, pa.string()))
        tables.append(table)
    if not tables:
        return {}
    rows = pa.concat_tables(tables, promote_options="permissive")
    day = max([pc.max(rows["known_on"]).as_py() or date.min, *(k.known_on for k in accounts)])
    held = select_as_of(rows, day, accounts, find_release_coverage(accounts))
    return dict(zip(held["id"].to_pylist(), held["release"].to_pylist(), strict=True))
