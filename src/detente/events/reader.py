"""Read a release of any provider into events: recognised from its content, streamed, every row accounted for.

Memory holds a block of the file at a time, whatever the size of the release. What was set aside waits on disk.
"""

from datetime import date
from pathlib import Path

import pyarrow as pa

from detente.events.arrow import to_table
from detente.events.errors import UnknownReleaseDate
from detente.events.pipeline import find_last_day, read_blocks, stream_events
from detente.events.registry import FORMATS, PROVIDERS
from detente.events.row_account import REJECTS_SCHEMA, EventStream, RowAccount
from detente.events.translations import chronology as chronology_translation
from detente.sources import chronology
from detente.sources.archive import ReleaseArchive, ReleaseFile, open_release
from detente.sources.detect import DetectedFormat, check_header, detect_format, first_line, match_format
from detente.sources.errors import UnknownFormat
from detente.sources.release import Release


def read_release(
    path: Path, *, source: str | None = None, known_on: date | None = None, mapping: Path | None = None
) -> EventStream:
    """Read a release: events as a stream, and an account of all rows when the stream is at its end.

    Args:
        path: a file (plain, gzip, zip, xlsx, Parquet with a mapping) or a folder of files of one format.
        source: `ucdp`, `acled`, `gdelt`, `icews`, `polecat` or `chronology`, where the content should not decide.
        known_on: the day on which the release was out. If not given: what its name says (UCDP, GDELT), else the last
            day that the file speaks of. Today is never assumed.
        mapping: a TOML file that describes the columns of any other table; see docs/traps.md.

    Returns:
        A Reading. Actors are raw names, to be resolved by a case.

    Raises:
        NoSuchFile, EmptyFile, BrokenFile, UnknownFormat, WrongHeader: the release as a whole cannot be read.
        BadMapping: the mapping cannot be used. BrokenFile may come while the stream is read, too.

    Example:
        >>> from detente.cases.case_file import find_shipped_cases
        >>> file = find_shipped_cases()["pakistan-afghanistan"].parent / "pakistan_afghanistan/chronology.csv"
        >>> reading = read_release(file)
        >>> sum(batch.num_rows for batch in reading.events), reading.account().rows
        (835, 835)
    """
    told = open_release(path)
    if mapping is not None:
        from detente.events.translations.generic import read_mapped

        return read_mapped(told, mapping, known_on)
    if source == "chronology" or (source is None and _is_chronology(told)):
        return _read_chronology(path, known_on)
    if source is not None and source not in PROVIDERS:
        raise UnknownFormat(str(path), f"source {source!r}", [f.title for f in FORMATS])
    like = detect_format(told, list(FORMATS), source)
    known = PROVIDERS[like.format.source]
    parts = tuple((part, _detect_part_format(part, like)) for part in told.parts if first_line(part))
    translation = FORMATS[like.format]
    day = known_on or known.released(told) or find_last_day(read_blocks(parts, translation.needs), translation.last_day)
    if day is None:
        raise UnknownReleaseDate(str(path))
    return stream_events(
        read_blocks(parts, translation.needs),
        translation,
        Release(like.format.source, told.path.name, day, told.sha256),
    )


def _detect_part_format(part: ReleaseFile, like: DetectedFormat) -> DetectedFormat:
    """How this file of the release is cut; files of one release may order their columns otherwise."""
    if like.format.header:
        return check_header(part.name, first_line(part), like)
    # Without a header the first row may be a damaged one: it is told as a row then.
    same = [f for f in FORMATS if f.source == like.format.source]
    return next((r for f in same if (r := match_format(first_line(part), f))), like)


def _is_chronology(told: ReleaseArchive) -> bool:
    line = first_line(told.parts[0])
    return sum(f"{c}" in line for c in ("event_id", "date_start", "event_type", "civilian_deaths", "initiator")) >= 4


def _read_chronology(path: Path, known_on: date | None) -> EventStream:
    harvest = chronology_translation.translate_chronology(chronology.read_chronology(path, known_on=known_on))
    table = to_table(harvest.events)
    aside = pa.Table.from_pylist(
        [
            {
                "source": s.source, "release": s.release, "row": s.row, "column": s.faults[0].column,
                "value": s.faults[0].value, "reason": s.faults[0].reason, "remedy": s.faults[0].remedy, "raw": s.raw,
            }
            for s in harvest.set_aside
        ],
        schema=REJECTS_SCHEMA,
    )  # fmt: skip
    return EventStream(harvest.release, table.to_reader(), lambda: RowAccount(harvest.rows, table.num_rows, 0, aside))
