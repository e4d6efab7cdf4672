"""From a provider's columns of text to events, block by block, in SQL: checks first, then one expression a column.

A translation says which columns it needs, what is wrong with a row in order of importance, and how each column of
`events.table.SCHEMA` is made. DuckDB runs it over one block at a time; rows with a fault are set aside, with the text
that stood in the file. Files of `translations/` hold one each.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from detente.events.arrow import SCHEMA
from detente.events.countries import CountryCodeKind, load_country_codes
from detente.events.crosswalk import load_crosswalk
from detente.events.id_index import IdIndex
from detente.events.plover import event_types
from detente.events.row_account import REJECTS_SCHEMA
from detente.sources.arrow_columns import ROW_COLUMN
from detente.sources.release import Release


@dataclass(frozen=True, slots=True)
class RowCheck:
    """What keeps a row from being an event: `wrong` is SQL, true where `column` is at fault."""

    column: str
    wrong: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Translation:
    """How one format becomes events; see the module's first lines.

    Fields:
        needs: the columns of the file that are read.
        typed: names for values that checks and columns use, as SQL over the text columns.
        joins: tables to look up in: `codes`, `types`, `countries_gwno`, ... by SQL join clauses.
        checks: in order; the first that is true is told.
        columns: SQL for columns of the schema. Not named: unknown.
        last_day: SQL for the last day that a row speaks of, where the release does not say when it was out.
        once: is an id that comes again a fault? repeats: are rows that tell the same merged (`deduplicate.py`)?
        extra: further columns of the result, beside the schema's.
    """

    needs: tuple[str, ...]
    typed: Mapping[str, str]
    joins: str
    checks: tuple[RowCheck, ...]
    columns: Mapping[str, str]
    last_day: str
    once: bool = True
    repeats: bool = False
    extra: Mapping[str, str] = field(default_factory=dict)
    schema: pa.Schema = SCHEMA


def sql_literal(value: str | date | None) -> str:
    """A value as SQL."""
    if value is None:
        return "NULL"
    return f"DATE '{value}'" if isinstance(value, date) else "'" + value.replace("'", "''") + "'"


def sql_column(name: str) -> str:
    """A column's name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def sql_not_whole_number(name: str) -> str:
    """SQL: is the column neither empty nor a whole number of at most ten digits?"""
    c = sql_column(name)
    return f"({c} <> '' AND NOT regexp_full_match({c}, '[0-9]{{1,10}}'))"


def sql_not_number(name: str) -> str:
    """SQL: is the column neither empty nor a finite decimal number?"""
    c = sql_column(name)
    # A cast alone takes 3_2.9 for a number, and nan and inf.
    return f"({c} <> '' AND (NOT coalesce(isfinite(try_cast({c} AS DOUBLE)), false) OR contains({c}, '_')))"


def sql_date(name: str) -> str:
    """SQL: the day that a column begins with, written 2025-10-09; null if it is none."""
    c = sql_column(name)
    return f"CASE WHEN regexp_full_match({c}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([ T].*)?') THEN try_cast(left({c}, 10) AS DATE) END"


def coordinate_checks(latitude: str, longitude: str) -> tuple[RowCheck, ...]:
    """The checks of a coordinate, the same for all providers."""
    swapped = "Are the two coordinates swapped?"
    a, b = sql_column(latitude), sql_column(longitude)
    return (
        RowCheck(latitude, sql_not_number(latitude), "it is not a number", "Write decimal degrees: 34.12."),
        RowCheck(longitude, sql_not_number(longitude), "it is not a number", "Write decimal degrees: 71.09."),
        RowCheck(latitude, f"abs(try_cast({a} AS DOUBLE)) > 90", "it lies outside ±90 degrees", swapped),
        RowCheck(longitude, f"abs(try_cast({b} AS DOUBLE)) > 180", "it lies outside ±180 degrees", swapped),
        RowCheck(latitude, f"{a} = '' AND {b} <> ''", "only half of the coordinate is given", "Give both, or neither."),
        RowCheck(
            longitude, f"{b} = '' AND {a} <> ''", "only half of the coordinate is given", "Give both, or neither."
        ),
    )


@dataclass(frozen=True, slots=True)
class TranslatedBlock:
    """One block: events (with `_hash` columns where asked), and for each row set aside its place, and why."""

    events: pa.Table
    at: NDArray[np.int64]
    column: list[str]
    reason: list[str]
    remedy: list[str]


class Translator:
    """Remembers a connection, and which ids have been seen."""

    def __init__(self, translation: Translation, release: Release) -> None:
        self.translation = translation
        self._seen = IdIndex()
        self._connection = duckdb.connect()
        # A bar on standard output would spoil what a command prints for programs.
        self._connection.execute("SET enable_progress_bar = false")
        for name, table in _lookup_tables().items():
            self._connection.register(name, table)
        self._sql = _build_sql(translation, release)

    def translate(self, block: pa.Table) -> TranslatedBlock:
        """Events of a block, and its rows set aside."""
        t = self.translation
        self._connection.register("block", block)
        told = self._connection.execute(self._sql).to_arrow_table()
        self._connection.unregister("block")
        rows = told["row"].to_numpy()
        if len(rows) != block.num_rows:
            raise AssertionError(f"{block.num_rows} rows went in and {len(rows)} came out: a lookup has a key twice")
        if (np.diff(rows) <= 0).any():
            told = told.take(pa.array(np.argsort(rows, kind="stable")))
            rows = told["row"].to_numpy()
        fault = told["_fault"].to_numpy()
        fine = fault < 0
        first = (
            self._seen.find_or_add(told["_hash"].to_numpy(), rows, fine) if t.once else np.zeros(len(rows), np.int64)
        )
        again = fine & (first > 0)
        bad = np.flatnonzero(~fine | again)
        checks = [t.checks[fault[i]] if fault[i] >= 0 else _duplicate_id_check(t, int(first[i])) for i in bad]
        events = told if not len(bad) else told.filter(pa.array(fine & ~again))
        return TranslatedBlock(
            events,
            bad,
            [c.column for c in checks],
            [c.reason for c in checks],
            [c.remedy for c in checks],
        )


def _duplicate_id_check(t: Translation, row: int) -> RowCheck:
    return RowCheck(
        t.needs[0], "", f"row {row} already has this id", "Keep the row that holds; a release has each id once."
    )


def _sql_typed_null(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return "NULL::VARCHAR[]"
    names = {
        pa.string(): "VARCHAR",
        pa.int64(): "BIGINT",
        pa.float64(): "DOUBLE",
        pa.bool_(): "BOOLEAN",
        pa.date32(): "DATE",
    }
    return f"NULL::{names[kind]}"


def _build_sql(t: Translation, release: Release) -> str:
    typed = ", ".join(f"{sql} AS {name}" for name, sql in t.typed.items())
    faults = " ".join(f"WHEN {c.wrong} THEN {i}" for i, c in enumerate(t.checks))
    given = {
        "source": sql_literal(release.source),
        "release": sql_literal(release.name),
        "row": ROW_COLUMN,
        "known_on": sql_literal(release.known_on),
        "disputed": "false",
        "raw_initiators": "[]::VARCHAR[]",
        "raw_recipients": "[]::VARCHAR[]",
        "initiators": "[]::VARCHAR[]",
        "recipients": "[]::VARCHAR[]",
        "addresses": "[]::VARCHAR[]",
        "date_precision": "'day'",
        "geo_precision": "'country'",
        **t.columns,
    }
    columns = ", ".join(f"{given.get(f.name, _sql_typed_null(f.type))} AS {sql_column(f.name)}" for f in t.schema)
    more = "".join(f", {sql} AS {name}" for name, sql in t.extra.items())
    return (
        f"WITH typed AS (SELECT *, {sql_literal(release.known_on)} AS _release_day{', ' + typed if typed else ''} FROM block) "
        f"SELECT (CASE {faults} ELSE -1 END)::SMALLINT AS _fault, hash({t.columns['id']}) AS _hash, {columns}{more} "
        f"FROM typed t {t.joins}"
    )


def to_batches(events: pa.Table, schema: pa.Schema = SCHEMA) -> Iterator[pa.RecordBatch]:
    """Events as batches under the schema; helper columns fall away."""
    yield from events.select(schema.names).cast(schema).to_batches()


def build_rejects(
    translated: TranslatedBlock, block: pa.Table, release: Release, raw: Callable[[int], str]
) -> pa.Table:
    """The rows of a block that were set aside, under `SET_ASIDE`; `raw` gives the text of the block's row i."""
    n = len(translated.at)
    at = pa.array(translated.at)
    rows = block[ROW_COLUMN].take(at)
    values = [""] * n
    for name in set(translated.column) & set(block.column_names):
        mine = [i for i, c in enumerate(translated.column) if c == name]
        for i, value in zip(mine, block[name].take(at.take(pa.array(mine))).to_pylist(), strict=True):
            values[i] = value or ""
    return pa.table(
        [
            pa.array([release.source] * n, pa.string()),
            pa.array([release.name] * n, pa.string()),
            rows,
            pa.array(translated.column, pa.string()),
            pa.array(values, pa.string()),
            pa.array(translated.reason, pa.string()),
            pa.array(translated.remedy, pa.string()),
            pa.array([raw(int(i)) for i in translated.at], pa.string()),
        ],
        schema=REJECTS_SCHEMA,
    )


def _lookup_tables() -> dict[str, pa.Table]:
    found = list(load_crosswalk().values())
    out = {
        "types": pa.table(
            {"_type": list(event_types()), "_quad": [t.quad for t in event_types().values()],
             "_weight": [t.intensity for t in event_types().values()]}
        ),
        "codes": pa.table(
            {
                "_source": [c.source for c in found],
                "_code": [c.code for c in found],
                "_type": pa.array([c.type for c in found], pa.string()),
                "_quad": pa.array([event_types()[c.type].quad if c.type else None for c in found], pa.string()),
                "_mode": pa.array([c.mode or None for c in found], pa.string()),
                "_context": pa.array([c.context or None for c in found], pa.string()),
                "_intensity": pa.array([c.intensity for c in found], pa.float64()),
                "_meaning": [c.meaning for c in found],
            }
        ),
    }  # fmt: skip
    kinds: tuple[CountryCodeKind, ...] = ("iso3", "iso_number", "gwno", "fips", "name")
    for kind in kinds:
        known = load_country_codes(kind)
        out[f"countries_{kind}"] = pa.table({"_key": list(known), "_iso3": list(known.values())})
    return out
