"""Any CSV or Parquet table as events, by a mapping file (`sources/column_mapping.py` shows one)."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from detente.events.errors import UnknownDay
from detente.events.pipeline import Stretch, last_day, stream, stretches
from detente.events.plover import event_types
from detente.events.row_account import Reading
from detente.events.sql_translator import Check, Translation, column, literal, number
from detente.sources.archive import Opened
from detente.sources.arrow_columns import ROW
from detente.sources.column_mapping import Mapping, mapping
from detente.sources.csv_scanner import Layout
from detente.sources.detect import Format, Recognised, exactly, first_line
from detente.sources.errors import BrokenFile, EmptyFile, WrongHeader
from detente.sources.release import Release, shown


def read_mapped(told: Opened, path: Path, known_on: date | None) -> Reading:
    """A reading of a table by its mapping.

    Raises:
        BadMapping: the mapping cannot be used. WrongHeader: the table lacks a column that it names.
    """
    m = mapping(path, tuple(event_types()))
    t = _translation(m)
    day = known_on or last_day(_stretches(told, m, t), t.last_day)
    if day is None:
        raise UnknownDay(str(told.path))
    return stream(_stretches(told, m, t), t, Release(m.source, told.path.name, day, told.sha256))


def _stretches(told: Opened, m: Mapping, t: Translation) -> Iterator[Stretch]:
    if told.path.suffix.lower() == ".parquet":
        return _parquet(told.path, m, t.needs)
    parts = []
    for part in told.parts:
        line = first_line(part)
        if not line:
            continue
        format_ = Format(m.source, f"the mapping {m.file}", t.needs, (), delimiters=m.delimiter)
        mark = ord(m.quote) if m.quote else 0
        # Columns that the mapping does not name are no fault of the table's.
        found = exactly(line, Format(m.source, "", (), tuple(_header(line, m)), delimiters=m.delimiter))
        names = found.columns if found else tuple(_header(line, m))
        _all_there(part.name, names, t.needs, m)
        parts.append((part, Recognised(format_, names, Layout(ord(m.delimiter), mark, len(names)))))
    if not parts:
        raise EmptyFile(str(told.path), "a header line")
    return stretches(tuple(parts), t.needs)


def _header(line: str, m: Mapping) -> list[str]:
    import csv

    if not m.quote:
        return line.split(m.delimiter)
    try:
        return next(csv.reader([line], delimiter=m.delimiter, quotechar=m.quote, strict=True))
    except csv.Error:
        return [line]


def _all_there(name: str, there: tuple[str, ...], needs: tuple[str, ...], m: Mapping) -> None:
    missing = [c for c in needs if c not in there]
    twice = [c for c in needs if there.count(c) > 1]
    if missing or twice:
        spare = [shown(c[:60]) for c in there if c not in needs]
        raise WrongHeader(name, f"the mapping {m.file}", missing, spare if missing else [], [], twice)


def _parquet(path: Path, m: Mapping, needs: tuple[str, ...]) -> Iterator[Stretch]:
    try:
        file = pyarrow.parquet.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as e:
        raise BrokenFile(str(path), f"it cannot be opened as Parquet ({e})") from e
    _all_there(path.name, tuple(file.schema_arrow.names), needs, m)

    def parts() -> Iterator[Stretch]:
        row = 2  # as in a table with a header line
        for batch in file.iter_batches(batch_size=50_000, columns=list(needs)):
            whole = pa.Table.from_batches([batch])
            text = pa.table(
                {c: pa.array(["" if v is None else str(v) for v in whole[c].to_pylist()], pa.string()) for c in needs}
            )
            rows = np.arange(row, row + batch.num_rows, dtype=np.int64)
            row += batch.num_rows

            def raw(i: int, whole: pa.Table = whole) -> str:
                return json.dumps(whole.slice(i, 1).to_pylist()[0], ensure_ascii=False, default=str)

            yield Stretch(text.append_column(ROW, pa.array(rows)), raw, [])

    return parts()


def _translation(m: Mapping) -> Translation:
    def told(ours: str) -> str:
        if ours in m.columns:
            return f"trim({column(m.columns[ours])})"
        return literal(m.constants[ours]) if ours in m.constants else "NULL::VARCHAR"

    def theirs(ours: str) -> str:
        return m.columns.get(ours, "")

    def day_of(ours: str) -> str:
        return f"try_strptime(nullif({told(ours)}, ''), {literal(m.date)})::DATE"

    def names(ours: str) -> str:
        return f"list_filter(list_transform(string_split(coalesce({told(ours)}, ''), ';'), x -> trim(x)), x -> x <> '')"

    words = "".join(f" WHEN {literal(a)} THEN {literal(b)}" for a, b in m.types.items())
    kind = f"CASE {told('type')}{words} ELSE upper({told('type')}) END" if words else f"upper({told('type')})"
    counts = ("deaths_low", "deaths_best", "deaths_high", "civilian_deaths")
    calendar = f"Days are read as {m.date}: write them so, or set date in the mapping."
    checks = [
        Check(theirs("id"), f"coalesce({told('id')}, '') = ''", "the event has no id", "Give every row its own."),
        Check(theirs("first"), "_first IS NULL", "it is not a day of the calendar", calendar),
        Check(theirs("last"), f"{told('last')} <> '' AND _last IS NULL", "it is not a day of the calendar", calendar),
        Check(theirs("last"), "_last < _first", "it is before the first day", "Swap or correct the dates."),
        Check(theirs("known_on"), f"{told('known_on')} <> '' AND _told_on IS NULL", "it is not a day of the calendar", calendar),
        Check(theirs("type"), "c._type IS NULL", "it is no PLOVER type and the mapping does not say which is meant", "Add the word under [types] in the mapping."),
        Check(theirs("country"), f"{told('country')} <> '' AND _country IS NULL", "no country has this code or name", "Correct it, or add the name to countries.tsv."),
    ]  # fmt: skip
    for ours, limit in (("latitude", 90), ("longitude", 180)):
        if ours in m.columns:
            c = column(m.columns[ours])
            checks += [
                Check(theirs(ours), number(m.columns[ours]), "it is not a number", "Write decimal degrees: 34.12."),
                Check(theirs(ours), f"abs(try_cast({c} AS DOUBLE)) > {limit}", f"it lies outside ±{limit} degrees", "Are the two swapped?"),
            ]  # fmt: skip
    for ours in counts:
        wrong = f"{told(ours)} <> '' AND NOT regexp_full_match({told(ours)}, '[0-9]{{1,10}}(\\.0)?')"
        checks.append(Check(theirs(ours), wrong, "it is not a whole number", "Write digits, or nothing if unknown."))
    checks.append(Check(theirs("deaths_low"), "_low > _high", "it is more than the highest figure", "Correct them so that low ≤ high."))  # fmt: skip
    number_of = {c: f"try_cast(try_cast({told(c)} AS DOUBLE) AS BIGINT)" for c in counts}
    who = f"coalesce(nullif(array_to_string({names('initiators')}, ', '), ''), 'Somebody')"
    return Translation(
        needs=tuple(dict.fromkeys(m.columns.values())),
        typed={
            "_first": day_of("first"),
            "_last": day_of("last"),
            "_told_on": day_of("known_on"),
            "_kind": kind,
            "_country": "coalesce("
            + ", ".join(
                f"(SELECT any_value(_iso3) FROM countries_{k} WHERE _key = {f}({told('country')}))"
                for k, f in (("iso3", "upper"), ("name", "lower"), ("gwno", "trim"))
            )
            + ")",
            "_low": number_of["deaths_low"],
            "_high": number_of["deaths_high"],
        },
        last_day=f"coalesce({day_of('known_on')}, {day_of('last')}, {day_of('first')})",
        joins="LEFT JOIN types c ON c._type = _kind",
        checks=tuple(checks),
        columns={
            "id": told("id"),
            "known_on": "coalesce(_told_on, _release_day)",
            "first": "_first",
            "last": "coalesce(_last, _first)",
            "country": "_country",
            "province": f"nullif({told('province')}, '')",
            "place": f"nullif({told('place')}, '')",
            "latitude": f"try_cast({told('latitude')} AS DOUBLE)",
            "longitude": f"try_cast({told('longitude')} AS DOUBLE)",
            "geo_precision": f"CASE WHEN {told('place')} <> '' THEN 'place' WHEN {told('province')} <> '' THEN 'province' ELSE 'country' END",
            "raw_initiators": names("initiators"),
            "raw_recipients": names("recipients"),
            "type": "c._type",
            "quad": "c._quad",
            "mode": f"nullif({told('mode')}, '')",
            "context": f"nullif({told('context')}, '')",
            **{c: number_of[c] for c in counts},
            "addresses": f"list_filter(list_transform(string_split(coalesce({told('addresses')}, ''), ' | '), x -> trim(x)), x -> x <> '')",
            "summary": f"coalesce(nullif({told('summary')}, ''), concat({who}, ': ', lower(_kind), '.'))",
            "intensity": "c._weight",
        },
    )  # fmt: skip
