"""Translation of a provider's text columns into events by SQL, one block at a time.

A `Translation` lists the columns it needs, the checks of a row in order of importance, and an SQL expression for each
column of `events.arrow.SCHEMA`. DuckDB runs it; rows that fail a check are rejected with their original text.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import get_args

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from detente.events.arrow import SCHEMA
from detente.events.cell_forms import (
    AMBIGUOUS_DAY,
    FIRST_DAY,
    CellKinds,
    ReadingOptions,
    find_missing_words,
    rewrite_cells,
)
from detente.events.countries import CountryCodeKind, load_country_codes
from detente.events.crosswalk import load_crosswalk
from detente.events.id_index import IdIndex
from detente.events.plover import event_types
from detente.events.row_account import REJECTS_SCHEMA
from detente.sources.arrow_columns import ROW_COLUMN
from detente.sources.release import Release


@dataclass(frozen=True, slots=True)
class RowCheck:
    """One check of a row; `wrong` is SQL that is true where the value of `column` is invalid.

    `final`: no other form of the row's cells could pass it.
    """

    column: str
    wrong: str
    reason: str
    remedy: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class Translation:
    """Translation of one format into events.

    Fields:
        needs: columns of the file that are read.
        typed: named SQL expressions over the text columns, for use in checks and columns.
        joins: SQL joins with the lookup tables `codes`, `types`, `countries_gwno`, ...
        checks: in order; the first that is true is reported.
        columns: SQL for columns of the schema. Other columns are null.
        last_day: SQL for a row's last day, used if the release has no publication date.
        once: reject repeated ids. repeats: merge duplicate rows (`deduplicate.py`).
        extra: further result columns that are not in the schema. `_place_fault` holds another place that the row gives.
        kinds: columns whose cells people's programs may write otherwise (`cell_forms.py`).
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
    kinds: CellKinds = field(default_factory=CellKinds)


def sql_literal(value: str | date | None) -> str:
    """Quote a value as an SQL literal."""
    if value is None:
        return "NULL"
    return f"DATE '{value}'" if isinstance(value, date) else "'" + value.replace("'", "''") + "'"


def sql_column(name: str) -> str:
    """Quote a column name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def sql_not_whole_number(name: str) -> str:
    """Build SQL that is true where a column is neither empty nor a whole number of at most ten digits."""
    c = sql_column(name)
    return f"({c} <> '' AND NOT regexp_full_match({c}, '[0-9]{{1,10}}'))"


def sql_not_number(name: str) -> str:
    """Build SQL that is true where a column is neither empty nor a finite decimal number."""
    c = sql_column(name)
    # A cast alone would accept 3_2.9, nan and inf.
    return f"({c} <> '' AND (NOT coalesce(isfinite(try_cast({c} AS DOUBLE)), false) OR contains({c}, '_')))"


def sql_date(name: str) -> str:
    """Build SQL for the ISO date at the start of a column; null if there is none."""
    c = sql_column(name)
    return f"CASE WHEN regexp_full_match({c}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([ T].*)?') THEN try_cast(left({c}, 10) AS DATE) END"


def day_checks(column: str, first: str, last: str, *, year: str = "") -> tuple[RowCheck, ...]:
    """Build the checks that days are plausible: from 1900 to tomorrow, and in the year of the row's own column."""
    own = f"try_cast({sql_column(year)} AS INTEGER)" if year else "NULL"
    return (
        *(
            (
                RowCheck(
                    column, f"{own} NOT BETWEEN year({first}) AND year({last})",
                    "it is an impossible day: it contradicts the row's own year",
                    f"Correct the day; the column {year} says which year is meant.",
                ),
            )
            if year
            else ()
        ),
        RowCheck(
            column, f"{first} < DATE '{FIRST_DAY}' OR {last} > _last_possible_day",
            "it is an impossible day: before 1900 or after tomorrow", "Correct the day.",
        ),
    )  # fmt: skip


def coordinate_checks(latitude: str, longitude: str) -> tuple[RowCheck, ...]:
    """Build the checks of a pair of coordinate columns."""
    swapped, half, both = (
        "Are the two coordinates swapped?",
        "only half of the coordinate is given",
        "Give both, or neither.",
    )
    a, b = sql_column(latitude), sql_column(longitude)
    return (
        RowCheck(latitude, sql_not_number(latitude), "it is not a number", "Write decimal degrees: 34.12."),
        RowCheck(longitude, sql_not_number(longitude), "it is not a number", "Write decimal degrees: 71.09."),
        RowCheck(latitude, f"abs(try_cast({a} AS DOUBLE)) > 90", "it lies outside ±90 degrees", swapped),
        RowCheck(longitude, f"abs(try_cast({b} AS DOUBLE)) > 180", "it lies outside ±180 degrees", swapped),
        RowCheck(latitude, f"{a} = '' AND {b} <> ''", half, both),
        RowCheck(longitude, f"{b} = '' AND {a} <> ''", half, both),
    )


@dataclass(frozen=True, slots=True)
class TranslatedBlock:
    """One translated block: its events, the index and failed check of each rejected row, and rows in another form by kind."""

    events: pa.Table
    at: NDArray[np.int64]
    failed: list[RowCheck]
    notes: Mapping[str, int]


@cache
def _open_database() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def open_connection() -> duckdb.DuckDBPyConnection:
    """Open a connection with tables of its own; all share one database in memory, since starting one takes 10 ms."""
    connection = _open_database().cursor()
    # A progress bar on standard output would corrupt machine-readable output.
    connection.execute("SET enable_progress_bar = false")
    return connection


class Translator:
    """Translator of one release; it holds a DuckDB connection and the ids read so far."""

    def __init__(self, translation: Translation, release: Release, options: ReadingOptions | None = None) -> None:
        self.translation = translation
        self.options = options or ReadingOptions()
        self._ids = IdIndex()
        self._connection = open_connection()
        for name, table in _lookup_tables().items():
            self._connection.register(name, table)
        self._sql = _build_sql(translation, release, self.options)
        # Indexed by `_fault`; the last entry is that of _FINE.
        self._final = np.array([*(c.final for c in translation.checks), False])

    def translate(self, block: pa.Table) -> TranslatedBlock:
        """Translate a block into events and rejected rows."""
        t = self.translation
        result = self._run(block)
        notes: Mapping[str, int] = {}
        fault = result["_fault"].to_numpy()
        suspect = (fault != _FINE) & ~self._final[fault]
        if (missing := find_missing_words(block, t.kinds.missing)) is not None:
            suspect |= missing
        if (odd := np.flatnonzero(suspect)).size:
            result, notes = self._rewrite(block, result, odd)
            fault = result["_fault"].to_numpy()
        rows = result["row"].to_numpy()
        fine = fault < 0
        ids = result["_hash"].to_numpy()
        first = self._ids.find_or_add(ids, rows, fine) if t.once else np.zeros(len(rows), np.int64)
        repeated = fine & (first > 0)
        bad = np.flatnonzero(~fine | repeated)
        failed = [t.checks[fault[i]] if fault[i] >= 0 else _duplicate_id_check(t, int(first[i])) for i in bad]
        failed = [self._ask_for_order(block, int(i), c) for i, c in zip(bad, failed, strict=True)]
        events = result if not len(bad) else result.filter(pa.array(fine & ~repeated))
        return TranslatedBlock(events, bad, failed, notes)

    def _run(self, block: pa.Table) -> pa.Table:
        self._connection.register("block", block)
        result = self._connection.execute(self._sql).to_arrow_table()
        self._connection.unregister("block")
        rows = result["row"].to_numpy()
        if len(rows) != block.num_rows:
            raise AssertionError(f"{block.num_rows} rows in, {len(rows)} rows out: a lookup table has a duplicate key")
        if (np.diff(rows) <= 0).any():
            result = result.take(pa.array(np.argsort(rows, kind="stable")))
        return result

    def _rewrite(self, block: pa.Table, result: pa.Table, odd: NDArray[np.int64]) -> tuple[pa.Table, Mapping[str, int]]:
        """Translate rows again in plain form: those that fail as they stand or hold a word for missing."""
        rewritten = rewrite_cells(block.take(pa.array(odd)), self.translation.kinds, self.options)
        changed = np.array(rewritten.changed, dtype=bool)
        if not changed.any():
            return result, {}
        again = self._run(rewritten.block.filter(pa.array(changed)))
        kept = np.ones(block.num_rows, dtype=bool)
        kept[odd[changed]] = False
        both = pa.concat_tables([result.filter(pa.array(kept)), again])
        return both.take(pa.array(np.argsort(both["row"].to_numpy(), kind="stable"))), rewritten.notes

    def _ask_for_order(self, block: pa.Table, i: int, check: RowCheck) -> RowCheck:
        if self.options.dates or check.column not in self.translation.kinds.days:
            return check
        value = block[check.column][i].as_py() or ""
        if not AMBIGUOUS_DAY.fullmatch(value.strip()):
            return check
        remedy = "Give --dates dmy or --dates mdy."
        return RowCheck(check.column, "", "it does not say which is the day and which the month", remedy)


_FINE = -1  # in `_fault`: no check failed


def _duplicate_id_check(t: Translation, row: int) -> RowCheck:
    remedy = "Keep the row that holds; a release has each id once."
    return RowCheck(t.needs[0], "", f"row {row} already has this id", remedy)


def _sql_typed_null(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return "NULL::VARCHAR[]"
    names = {"string": "VARCHAR", "int64": "BIGINT", "double": "DOUBLE", "bool": "BOOLEAN", "date32[day]": "DATE"}
    return f"NULL::{names[str(kind)]}"


def _build_sql(t: Translation, release: Release, options: ReadingOptions) -> str:
    typed = ", ".join(f"{sql} AS {name}" for name, sql in t.typed.items())
    faults = " ".join(f"WHEN {c.wrong} THEN {i}" for i, c in enumerate(t.checks))
    given = {
        "source": sql_literal(release.source),
        "release": sql_literal(release.name),
        "row": ROW_COLUMN,
        "known_on": sql_literal(release.known_on),
        "disputed": "false",
        **dict.fromkeys("raw_initiators raw_recipients initiators recipients addresses".split(), "[]::VARCHAR[]"),
        "date_precision": "'day'",
        "geo_precision": "'country'",
        **t.columns,
    }
    columns = ", ".join(f"{given.get(f.name, _sql_typed_null(f.type))} AS {sql_column(f.name)}" for f in t.schema)
    more = "".join(f", {sql} AS {name}" for name, sql in t.extra.items())
    return (
        f"WITH typed AS (SELECT *, {sql_literal(release.known_on)} AS _release_day, "
        f"{sql_literal(options.last_day)} AS _last_possible_day{', ' + typed if typed else ''} FROM block) "
        f"SELECT (CASE {faults} ELSE {_FINE} END)::SMALLINT AS _fault, hash({t.columns['id']}) AS _hash, {columns}{more} "
        f"FROM typed t {t.joins}"
    )


def to_batches(events: pa.Table, schema: pa.Schema = SCHEMA) -> Iterator[pa.RecordBatch]:
    """Convert events to batches of the schema, without helper columns."""
    yield from events.select(schema.names).cast(schema).to_batches()


def build_rejects(
    translated: TranslatedBlock, block: pa.Table, release: Release, raw: Callable[[int], str]
) -> pa.Table:
    """Build the table of a block's rejected rows, in `REJECTS_SCHEMA`; `raw` gives the text of row i."""
    at = pa.array(translated.at)
    columns = [c.column for c in translated.failed]
    values = [""] * len(at)
    for name in set(columns) & set(block.column_names):
        same = [i for i, c in enumerate(columns) if c == name]
        for i, value in zip(same, block[name].take(at.take(pa.array(same))).to_pylist(), strict=True):
            values[i] = value or ""
    return pa.table(
        {
            "source": [release.source] * len(at),
            "release": [release.name] * len(at),
            "row": block[ROW_COLUMN].take(at),
            "column": columns,
            "value": values,
            "reason": [c.reason for c in translated.failed],
            "remedy": [c.remedy for c in translated.failed],
            "raw": [raw(int(i)) for i in translated.at],
        },
        schema=REJECTS_SCHEMA,
    )


def _lookup_tables() -> dict[str, pa.Table]:
    entries = list(load_crosswalk().values())
    tables = {
        "types": pa.table(
            {"_type": list(event_types()), "_quad": [t.quad for t in event_types().values()],
             "_weight": [t.intensity for t in event_types().values()]}
        ),
        "codes": pa.table(
            {
                "_source": [c.source for c in entries],
                "_code": [c.code for c in entries],
                "_type": pa.array([c.type for c in entries], pa.string()),
                "_quad": pa.array([event_types()[c.type].quad if c.type else None for c in entries], pa.string()),
                "_mode": pa.array([c.mode or None for c in entries], pa.string()),
                "_context": pa.array([c.context or None for c in entries], pa.string()),
                "_intensity": pa.array([c.intensity for c in entries], pa.float64()),
                "_meaning": [c.meaning for c in entries],
            }
        ),
    }  # fmt: skip
    for kind in get_args(CountryCodeKind):
        codes = load_country_codes(kind)
        tables[f"countries_{kind}"] = pa.table({"_key": list(codes), "_iso3": list(codes.values())})
    return tables
