"""Translation of any CSV or Parquet table into events by a mapping file; `sources/column_mapping.py` shows one."""

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from detente.events.cell_forms import ReadingOptions
from detente.events.errors import UnknownReleaseDate
from detente.events.pipeline import TextBlock, find_last_day, read_blocks, stream_events
from detente.events.plover import event_types
from detente.events.row_account import EventStream
from detente.events.sql_translator import RowCheck, Translation, sql_column, sql_literal, sql_not_number
from detente.sources.archive import ReleaseArchive
from detente.sources.arrow_columns import ROW_COLUMN
from detente.sources.column_mapping import ColumnMapping, read_mapping
from detente.sources.csv_scanner import CsvDialect
from detente.sources.detect import DetectedFormat, Format, first_line, match_format
from detente.sources.errors import BrokenFile, EmptyFile, WrongHeader
from detente.sources.release import Release, escape_undecodable


def read_mapped(
    archive: ReleaseArchive, path: Path, known_on: date | None, options: ReadingOptions | None = None
) -> EventStream:
    """Read a table by its mapping file.

    Raises:
        BadMapping: the mapping is invalid. WrongHeader: the table lacks a column that the mapping names.
        UnknownReleaseDate: `known_on` is None and no row has a date.
    """
    m = read_mapping(path, tuple(event_types()))
    t = _build_translation(m)
    day = known_on or find_last_day(_read_blocks(archive, m, t), t, options)
    if day is None:
        raise UnknownReleaseDate(str(archive.path))
    release = Release(m.source, archive.path.name, day, archive.sha256)
    return stream_events(_read_blocks(archive, m, t), t, release, options=options)


def _read_blocks(archive: ReleaseArchive, m: ColumnMapping, t: Translation) -> Iterator[TextBlock]:
    if archive.path.suffix.lower() == ".parquet":
        return _read_parquet(archive.path, m, t.needs)
    parts = []
    for part in archive.parts:
        line = first_line(part)
        if not line:
            continue
        format_ = Format(m.source, f"the mapping {m.file}", t.needs, (), delimiters=m.delimiter)
        mark = ord(m.quote) if m.quote else 0
        # The table may have columns that the mapping does not name.
        header = tuple(_split_header(line, m))
        detected = match_format(line, Format(m.source, "", (), header, delimiters=m.delimiter))
        names = detected.columns if detected else header
        _check_columns(part.name, names, t.needs, m)
        parts.append((part, DetectedFormat(format_, names, CsvDialect(ord(m.delimiter), mark, len(names)))))
    if not parts:
        raise EmptyFile(str(archive.path), "a header line")
    return read_blocks(tuple(parts), t.needs)


def _split_header(line: str, m: ColumnMapping) -> list[str]:
    if not m.quote:
        return line.split(m.delimiter)
    try:
        return next(csv.reader([line], delimiter=m.delimiter, quotechar=m.quote, strict=True))
    except csv.Error:
        return [line]


def _check_columns(name: str, columns: tuple[str, ...], needs: tuple[str, ...], m: ColumnMapping) -> None:
    missing = [c for c in needs if c not in columns]
    twice = [c for c in needs if columns.count(c) > 1]
    if missing or twice:
        spare = [escape_undecodable(c[:60]) for c in columns if c not in needs]
        raise WrongHeader(name, f"the mapping {m.file}", missing, spare if missing else [], [], twice)


def _read_parquet(path: Path, m: ColumnMapping, needs: tuple[str, ...]) -> Iterator[TextBlock]:
    try:
        file = pyarrow.parquet.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as e:
        raise BrokenFile(str(path), f"it is not a readable Parquet file ({e})") from e
    _check_columns(path.name, tuple(file.schema_arrow.names), needs, m)

    def parts() -> Iterator[TextBlock]:
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

            yield TextBlock(text.append_column(ROW_COLUMN, pa.array(rows)), raw, [])

    return parts()


def _build_translation(m: ColumnMapping) -> Translation:
    def value(ours: str) -> str:
        if ours in m.columns:
            return f"trim({sql_column(m.columns[ours])})"
        return sql_literal(m.constants[ours]) if ours in m.constants else "NULL::VARCHAR"

    def theirs(ours: str) -> str:
        return m.columns.get(ours, "")

    def day_of(ours: str) -> str:
        return f"try_strptime(nullif({value(ours)}, ''), {sql_literal(m.date)})::DATE"

    def names(ours: str) -> str:
        return (
            f"list_filter(list_transform(string_split(coalesce({value(ours)}, ''), ';'), x -> trim(x)), x -> x <> '')"
        )

    words = "".join(f" WHEN {sql_literal(a)} THEN {sql_literal(b)}" for a, b in m.types.items())
    kind = f"CASE {value('type')}{words} ELSE upper({value('type')}) END" if words else f"upper({value('type')})"
    counts = ("deaths_low", "deaths_best", "deaths_high", "civilian_deaths")
    calendar = f"Days are read as {m.date}: write them so, or set date in the mapping."
    checks = [
        RowCheck(theirs("id"), f"coalesce({value('id')}, '') = ''", "the event has no id", "Give every row its own."),
        RowCheck(theirs("first"), "_first IS NULL", "it is not a day of the calendar", calendar),
        RowCheck(theirs("last"), f"{value('last')} <> '' AND _last IS NULL", "it is not a day of the calendar", calendar),
        RowCheck(theirs("last"), "_last < _first", "it is before the first day", "Swap or correct the dates."),
        RowCheck(theirs("known_on"), f"{value('known_on')} <> '' AND _known_on IS NULL", "it is not a day of the calendar", calendar),
        RowCheck(theirs("type"), "c._type IS NULL", "it is no PLOVER type and the mapping does not say which is meant", "Add the word under [types] in the mapping."),
        RowCheck(theirs("country"), f"{value('country')} <> '' AND _country IS NULL", "no country has this code or name", "Correct it, or add the name to countries.tsv."),
    ]  # fmt: skip
    for ours, limit in (("latitude", 90), ("longitude", 180)):
        if ours in m.columns:
            c = sql_column(m.columns[ours])
            checks += [
                RowCheck(theirs(ours), sql_not_number(m.columns[ours]), "it is not a number", "Write decimal degrees: 34.12."),
                RowCheck(theirs(ours), f"abs(try_cast({c} AS DOUBLE)) > {limit}", f"it lies outside ±{limit} degrees", "Are the two swapped?"),
            ]  # fmt: skip
    for ours in counts:
        wrong = f"{value(ours)} <> '' AND NOT regexp_full_match({value(ours)}, '[0-9]{{1,10}}(\\.0)?')"
        checks.append(RowCheck(theirs(ours), wrong, "it is not a whole number", "Write digits, or nothing if unknown."))
    checks.append(RowCheck(theirs("deaths_low"), "_low > _high", "it is more than the highest figure", "Correct them so that low ≤ high."))  # fmt: skip
    number_of = {c: f"try_cast(try_cast({value(c)} AS DOUBLE) AS BIGINT)" for c in counts}
    who = f"coalesce(nullif(array_to_string({names('initiators')}, ', '), ''), 'Somebody')"
    return Translation(
        needs=tuple(dict.fromkeys(m.columns.values())),
        typed={
            "_first": day_of("first"),
            "_last": day_of("last"),
            "_known_on": day_of("known_on"),
            "_kind": kind,
            "_country": "coalesce("
            + ", ".join(
                f"(SELECT any_value(_iso3) FROM countries_{k} WHERE _key = {f}({value('country')}))"
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
            "id": value("id"),
            "known_on": "coalesce(_known_on, _release_day)",
            "first": "_first",
            "last": "coalesce(_last, _first)",
            "country": "_country",
            "province": f"nullif({value('province')}, '')",
            "place": f"nullif({value('place')}, '')",
            "latitude": f"try_cast({value('latitude')} AS DOUBLE)",
            "longitude": f"try_cast({value('longitude')} AS DOUBLE)",
            "geo_precision": f"CASE WHEN {value('place')} <> '' THEN 'place' WHEN {value('province')} <> '' THEN 'province' ELSE 'country' END",
            "raw_initiators": names("initiators"),
            "raw_recipients": names("recipients"),
            "type": "c._type",
            "quad": "c._quad",
            "mode": f"nullif({value('mode')}, '')",
            "context": f"nullif({value('context')}, '')",
            **{c: number_of[c] for c in counts},
            "addresses": f"list_filter(list_transform(string_split(coalesce({value('addresses')}, ''), ' | '), x -> trim(x)), x -> x <> '')",
            "summary": f"coalesce(nullif({value('summary')}, ''), concat({who}, ': ', lower(_kind), '.'))",
            "intensity": "c._weight",
        },
    )  # fmt: skip
