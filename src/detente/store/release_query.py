"""Questions to one release of the store: its events by text, day, country, type and actor, page by page.

A release may have a million rows, so DuckDB scans its files and only the rows of the page are returned.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import duckdb

from detente.store.errors import CorruptStore
from detente.store.snapshot import Snapshot

MAX_CHOICES = 300  # values of a filter that are counted, the most frequent first

# Columns that a question needs, with their type where a release lacks them.
_COLUMNS = {
    "id": "VARCHAR", "row": "BIGINT", "known_on": "DATE", "first": "DATE", "last": "DATE", "date_precision": "VARCHAR",
    "country": "VARCHAR", "province": "VARCHAR", "place": "VARCHAR", "geo_precision": "VARCHAR",
    "raw_initiators": "VARCHAR[]", "raw_recipients": "VARCHAR[]", "type": "VARCHAR", "mode": "VARCHAR",
    "deaths_low": "BIGINT", "deaths_best": "BIGINT", "deaths_high": "BIGINT", "civilian_deaths": "BIGINT",
    "disputed": "BOOLEAN", "provisional": "BOOLEAN", "summary": "VARCHAR", "addresses": "VARCHAR[]",
}  # fmt: skip
_NAMES, _ROW = ", ".join(f'"{c}"' for c in _COLUMNS), '"row"'
_WHO, _WHOM = "array_to_string(raw_initiators, '; ')", "array_to_string(raw_recipients, '; ')"
# As `ReportedDeaths.range`: least and greatest ignore NULL, and a highest figure alone is no lower bound above 0.
_LOW = "CASE WHEN deaths_low IS NULL AND deaths_best IS NULL AND deaths_high IS NOT NULL THEN 0 ELSE least(deaths_low, deaths_best, deaths_high) END"
_HIGH = "greatest(deaths_low, deaths_best, deaths_high)"
_TEXT = f"lower(concat_ws(' ', id, summary, place, province, country, {_WHO}, {_WHOM}))"
_ACTORS = f"lower(concat_ws('; ', {_WHO}, {_WHOM}))"

_SORT_COLUMNS: Mapping[str, str] = {
    "date": "first", "deaths": _HIGH, "country": "nullif(country, '')", "place": "nullif(concat_ws(', ', place, province), '')",
    "type": "type", "who": f"nullif({_WHO}, '')", "whom": f"nullif({_WHOM}, '')", "row": _ROW,
}  # fmt: skip
RELEASE_SORTS: tuple[str, ...] = (
    "newest", "oldest", "deaths", "deaths-up", *(f"{k}-{way}" for k in _SORT_COLUMNS if k not in ("date", "deaths") for way in ("up", "down")),
)  # fmt: skip
"""Names of all orders; unknown values come last in both directions."""


@dataclass(frozen=True, slots=True)
class ReleaseFilter:
    """Filters of a release's events; empty values do not filter.

    `text`: words that all occur in id, summary, place or names. `actor`: a part of an actor's name as the source writes it.
    `country`, `type`: codes of which one matches. `first`, `last`: limits of an event's first day, both included.
    """

    text: str = ""
    actor: str = ""
    country: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class ReleaseMonth:
    """Events of a month, reported deaths from the lowest to the highest figure, and events with no reported toll."""

    month: date
    events: int
    deaths_low: int
    deaths_high: int
    without_toll: int


@dataclass(frozen=True, slots=True)
class ReleaseSummary:
    """Matching events by month, and the values of two filters with the events that each would find."""

    months: tuple[ReleaseMonth, ...]
    countries: tuple[tuple[str, int], ...]
    types: tuple[tuple[str, int], ...]


def summarize_release(snapshot: Snapshot, name: str, asked: ReleaseFilter) -> ReleaseSummary:
    """Count the matching events of a release by month, country and type.

    Raises:
        CorruptStore: a file cannot be read.
    """
    with _open_release(snapshot, name) as con:
        # One scan for all three counts: a text is searched in every row.
        where, values = _build_condition(replace(asked, country=(), type=()))
        con.execute(
            "CREATE TEMP TABLE m AS SELECT date_trunc('month', first)::DATE AS month, country, type, count(*) AS n, "
            f"sum({_LOW}) AS low, sum({_HIGH}) AS high, count(*) FILTER ({_HIGH} IS NULL) AS without "
            f"FROM e WHERE {where} GROUP BY ALL",
            values,
        )
        where, values = _build_condition(ReleaseFilter(country=asked.country, type=asked.type))
        months = con.execute(
            "SELECT month, sum(n)::BIGINT, coalesce(sum(low), 0)::BIGINT, coalesce(sum(high), 0)::BIGINT, "
            f"sum(without)::BIGINT FROM m WHERE {where} GROUP BY month ORDER BY month",
            values,
        ).fetchall()
        countries = _count_choices(con, "country", ReleaseFilter(type=asked.type))
        types = _count_choices(con, "type", ReleaseFilter(country=asked.country))
    return ReleaseSummary(tuple(ReleaseMonth(*m) for m in months), countries, types)


def _count_choices(con: duckdb.DuckDBPyConnection, column: str, others: ReleaseFilter) -> tuple[tuple[str, int], ...]:
    where, values = _build_condition(others)
    query = (
        f"SELECT {column}, sum(n)::BIGINT AS k FROM m WHERE {where} AND {column} <> '' GROUP BY 1 ORDER BY k DESC, 1"
    )
    return tuple(con.execute(f"{query} LIMIT {MAX_CHOICES}", values).fetchall())


def read_release_rows(
    snapshot: Snapshot, name: str, asked: ReleaseFilter, *, sort: str = "newest", start: int = 0, count: int = 50
) -> list[dict[str, Any]]:
    """Return the matching events from `start` on, at most `count`; unknown values are None.

    Args:
        sort: one of `RELEASE_SORTS`.

    Raises:
        CorruptStore: a file cannot be read.
    """
    column, _, way = {"newest": "date-down", "oldest": "date-up", "deaths": "deaths-down"}.get(sort, sort).partition(
        "-"
    )
    order = f"{_SORT_COLUMNS[column]} {'DESC' if way == 'down' else 'ASC'} NULLS LAST, {_ROW}, position, origin"
    where, values = _build_condition(asked)
    with _open_release(snapshot, name) as con:
        # Positions first: sorting whole rows of a late page would take seconds.
        at = con.execute(
            f"SELECT origin, position FROM e WHERE {where} ORDER BY {order} LIMIT {int(count)} OFFSET {int(start)}",
            values,
        ).fetchall()
        if not at:
            return []
        rows = con.execute(
            f"SELECT origin, position, {_NAMES}, {_LOW} AS low, {_HIGH} AS high FROM e "
            f"WHERE position IN ({', '.join(str(int(a)) for _, a in at)})"
        ).fetchall()
        names = [d[0] for d in con.description]
    found = {(r[0], r[1]): dict(zip(names[2:], r[2:], strict=True)) for r in rows}
    return [found[k] for k in at]


def count_frequent_actors(snapshot: Snapshot, name: str, most: int = 40) -> tuple[tuple[str, int], ...]:
    """Return the most frequent names of actors in a release, as the source writes them, with their events."""
    with _open_release(snapshot, name) as con:
        rows = con.execute(
            "SELECT k, count(*) AS n FROM (SELECT unnest(list_distinct(list_concat(raw_initiators, raw_recipients))) AS k FROM e) "
            f"WHERE k <> '' GROUP BY k ORDER BY n DESC, k LIMIT {int(most)}"
        ).fetchall()
    return tuple(rows)


@contextmanager
def _open_release(snapshot: Snapshot, name: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a connection in which the view `e` is the events of the release, `origin` its file and `position` its place there."""
    files = [str(f.path) for f in snapshot.files_of("events", [name])]
    con = duckdb.connect(config={"threads": 2, "temp_directory": tempfile.gettempdir()})
    try:
        if files:
            con.read_parquet(
                files, union_by_name=True, hive_partitioning=False, filename=True, file_row_number=True
            ).create_view("rows")
            there = {r[0] for r in con.execute("DESCRIBE rows").fetchall()}
            columns = [f'"{c}"' if c in there else f'NULL::{t} AS "{c}"' for c, t in _COLUMNS.items()]
            con.execute(
                f"CREATE VIEW e AS SELECT filename AS origin, file_row_number AS position, {', '.join(columns)} FROM rows"
            )
        else:
            empty = ", ".join(f'NULL::{t} AS "{c}"' for c, t in _COLUMNS.items())
            con.execute(f"CREATE VIEW e AS SELECT ''::VARCHAR AS origin, 0::BIGINT AS position, {empty} WHERE false")
        yield con
    except (duckdb.IOException, duckdb.InvalidInputException) as e:
        first_line = str(e).splitlines()[0][:200]
        raise CorruptStore(snapshot.path, f"the events of {name} cannot be read ({first_line})") from e
    finally:
        con.close()


def _build_condition(asked: ReleaseFilter) -> tuple[str, list[Any]]:
    """Return the SQL condition of the filters and its values."""
    parts, values = ["true"], list[Any]()
    for word in asked.text.split():
        parts.append(f"contains({_TEXT}, ?)")
        values.append(word.lower())
    if asked.actor:
        parts.append(f"contains({_ACTORS}, ?)")
        values.append(asked.actor.lower())
    for column, chosen in (("country", asked.country), ("type", asked.type)):
        if chosen:
            parts.append(f"{column} IN ({', '.join('?' * len(chosen))})")
            values += chosen
    for sign, day in ((">=", asked.first), ("<=", asked.last)):
        if day:
            parts.append(f"first {sign} ?")
            values.append(day)
    return " AND ".join(parts), values
