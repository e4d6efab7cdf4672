"""Difference between two releases: events added, removed or changed, by id."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from detente.store.snapshot import Snapshot

# Provenance columns differ between releases even where the event is the same.
NOT_COMPARED = ("id", "source", "release", "row", "known_on")


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One value of one event in both releases, as text; None means unknown."""

    id: str
    column: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class ReleaseDiff:
    """Changes from release `before` to release `after`.

    `came`, `went` and `changed` hold event ids in order: added, removed, changed. `columns` counts changed values by
    column. `deaths_before` and `deaths_after` sum the best estimates of the events for which both releases give one.
    `only_compared` lists the columns that both releases have.
    """

    before: str
    after: str
    came: tuple[str, ...]
    went: tuple[str, ...]
    same: int
    changed: tuple[str, ...]
    columns: dict[str, int]
    changes: tuple[ValueChange, ...]
    deaths_before: int
    deaths_after: int
    only_compared: tuple[str, ...]


def compare_releases(now: Snapshot, before: str, after: str, *, earlier: Snapshot | None = None) -> ReleaseDiff:
    """Compare two releases of a store, or one release in two versions of the store.

    Args:
        now: the store.
        before, after: releases, as `source/release` or by release name alone where only one source has it.
        earlier: the version of the store that holds `before`; `now` if not given.

    Raises:
        UnknownRelease: the store lacks one of the two. CorruptStore: a file cannot be read.
    """
    then = earlier or now
    a, b = then.resolve(before), now.resolve(after)
    con = duckdb.connect()
    for name, snapshot, release in (("a", then, a), ("b", now, b)):
        if files := [str(f.path) for f in snapshot.files_of("events", [release])]:
            con.read_parquet(files, union_by_name=True, hive_partitioning=False).create_view(name)
        else:
            con.register(name, pa.Table.from_batches([], snapshot.events([release]).schema))
    in_a, in_b = ({r[0] for r in con.execute(f"DESCRIBE {n}").fetchall()} for n in ("a", "b"))
    compared = [c for c in _shared_columns(then, now) if c in in_a and c in in_b]
    came = _query_ids(con, "SELECT id FROM b ANTI JOIN a USING (id) ORDER BY id")
    went = _query_ids(con, "SELECT id FROM a ANTI JOIN b USING (id) ORDER BY id")
    # One query returns a row for each differing value.
    parts = [
        f'SELECT a.id AS id, \'{c}\' AS col, a."{c}"::VARCHAR AS x, b."{c}"::VARCHAR AS y FROM a JOIN b USING (id) '
        f'WHERE a."{c}" IS DISTINCT FROM b."{c}"'
        for c in compared
    ]
    rows = con.execute(" UNION ALL ".join(parts) + " ORDER BY id, col").fetchall() if parts else []
    changes = tuple(ValueChange(*r) for r in rows)
    changed = tuple(sorted({c.id for c in changes}))
    both = con.execute("SELECT count(*) FROM a JOIN b USING (id)").fetchone()
    counts = {c: sum(x.column == c for x in changes) for c in compared}
    deaths = _sum_deaths(con) if "deaths_best" in compared else (0, 0)
    return ReleaseDiff(
        before=a, after=b, came=came, went=went, same=(both[0] if both else 0) - len(changed), changed=changed,
        columns={c: n for c, n in sorted(counts.items(), key=lambda x: -x[1]) if n}, changes=changes,
        deaths_before=deaths[0], deaths_after=deaths[1], only_compared=tuple(compared),
    )  # fmt: skip


def _shared_columns(a: Snapshot, b: Snapshot) -> Sequence[str]:
    return [c for c in a.columns.names if c in b.columns.names and c not in NOT_COMPARED]


def _query_ids(con: duckdb.DuckDBPyConnection, query: str) -> tuple[str, ...]:
    return tuple(r[0] for r in con.execute(query).fetchall())


def _sum_deaths(con: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    sums = con.execute(
        "SELECT coalesce(sum(a.deaths_best), 0)::BIGINT, coalesce(sum(b.deaths_best), 0)::BIGINT FROM a JOIN b USING (id) "
        "WHERE a.deaths_best IS NOT NULL AND b.deaths_best IS NOT NULL"
    ).fetchone()
    return (sums[0], sums[1]) if sums else (0, 0)
