"""What one release changed of another: events that came, went, or were told differently, id by id."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from detente.store.snapshot import Snapshot

# These say where a row stood and when it came, and not what happened.
NOT_COMPARED = ("id", "source", "release", "row", "known_on")


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One value of one event in both releases, as text; None is unknown."""

    id: str
    column: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class ReleaseDiff:
    """From `before` to `after`. Ids in order; `columns` counts the events whose value changed, by column.

    `deaths_before` and `deaths_after` sum the best estimates over the events that both releases hold and both
    give a figure for; `only_compared` are columns that both hold.
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
    """Compare two releases of a store, or one release in two versions of it.

    Args:
        now: the store.
        before, after: releases, by full name or by their own where that is enough.
        earlier: the version in which to look for `before`, if another.

    Raises:
        UnknownRelease: one of the two is not there. CorruptStore: a file cannot be read.
    """
    then = earlier or now
    a, b = then.resolve(before), now.resolve(after)
    files = [[str(f.path) for f in s.files_of("events", [n])] for s, n in ((then, a), (now, b))]
    columns = _shared_columns(then, now)
    con = duckdb.connect()
    for name, snap, release, some in (("a", then, a, files[0]), ("b", now, b, files[1])):
        if some:
            con.read_parquet(some, union_by_name=True, hive_partitioning=False).create_view(name)
        else:
            con.register(name, pa.Table.from_batches([], snap.events([release]).schema))
    held = [{r[0] for r in con.execute(f"DESCRIBE {n}").fetchall()} for n in ("a", "b")]
    compared = [c for c in columns if c in held[0] and c in held[1]]
    came = _query_ids(con, "SELECT id FROM b ANTI JOIN a USING (id) ORDER BY id")
    went = _query_ids(con, "SELECT id FROM a ANTI JOIN b USING (id) ORDER BY id")
    # One pass over both: each column that differs becomes a row.
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
    found = con.execute(
        "SELECT coalesce(sum(a.deaths_best), 0)::BIGINT, coalesce(sum(b.deaths_best), 0)::BIGINT FROM a JOIN b USING (id) "
        "WHERE a.deaths_best IS NOT NULL AND b.deaths_best IS NOT NULL"
    ).fetchone()
    return (found[0], found[1]) if found else (0, 0)
