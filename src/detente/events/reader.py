"""Reader of any provider's release: it detects the format, streams events and accounts for every row.

Memory holds one block of the file at a time; rejected rows are buffered on disk.
"""

from datetime import date
from pathlib import Path

import pyarrow as pa

from detente.events.arrow import to_table
from detente.events.errors import UnknownReleaseDate
from detente.events.pipeline import find_last_day, read_blocks, stream_events
from detente.events.registry import FORMATS, PROVIDERS
from detente.events.row_account import REJECTS_SCHEMA, EventStream, RowAccount
from detente.events.translations.chronology import translate_chronology
from detente.events.translations.generic import read_mapped
from detente.sources.archive import ReleaseArchive, ReleaseFile, open_release
from detente.sources.chronology import read_chronology
from detente.sources.detect import DetectedFormat, check_header, detect_format, first_line, match_format
from detente.sources.errors import UnknownFormat
from detente.sources.release import Release


def read_release(
    path: Path, *, source: str | None = None, known_on: date | None = None, mapping: Path | None = None
) -> EventStream:
    """Read a release as a stream of events, with an account of all rows at its end.

    Args:
        path: a file (plain, gzip, zip, xlsx, Parquet with a mapping) or a folder of files of one format.
        source: `ucdp`, `acled`, `gdelt`, `icews`, `polecat` or `chronology`; default: detected from the content.
        known_on: publication date; default the date in its name (UCDP, GDELT), else the last date in it, never today.
        mapping: a TOML file that describes the columns of any other table; see docs/traps.md.

    Returns:
        EventStream. Actors are raw names until a case resolves them.

    Raises:
        NoSuchFile, EmptyFile, BrokenFile, UnknownFormat, WrongHeader, WrongColumnCount: the release cannot be read.
        UnknownReleaseDate: it has no date. BadMapping: the mapping is invalid. The stream may raise BrokenFile too.

    Example:
        >>> from detente.cases.case_file import find_shipped_cases
        >>> file = find_shipped_cases()["pakistan-afghanistan"].parent / "pakistan_afghanistan/chronology.csv"
        >>> reading = read_release(file)
        >>> sum(batch.num_rows for batch in reading.events), reading.account().rows
        (1413, 1413)
    """
    archive = open_release(path)
    if mapping is not None:
        return read_mapped(archive, mapping, known_on)
    if source == "chronology" or (source is None and _is_chronology(archive)):
        return _read_chronology(path, known_on)
    if source is not None and source not in PROVIDERS:
        raise UnknownFormat(str(path), f"source {source!r}", [f.title for f in FORMATS])
    detected = detect_format(archive, list(FORMATS), source)
    provider = detected.format.source
    parts = tuple((part, _detect_part_format(part, detected)) for part in archive.parts if first_line(part))
    t = FORMATS[detected.format]
    day = known_on or PROVIDERS[provider].released(archive) or find_last_day(read_blocks(parts, t.needs), t.last_day)
    if day is None:
        raise UnknownReleaseDate(str(path))
    return stream_events(read_blocks(parts, t.needs), t, Release(provider, archive.path.name, day, archive.sha256))


def _detect_part_format(part: ReleaseFile, first: DetectedFormat) -> DetectedFormat:
    """Detect the layout of one file; files of one release may have different column orders."""
    if first.format.header:
        return check_header(part.name, first_line(part), first)
    # Without a header the first row may be damaged; it is then rejected as a row.
    same = [f for f in FORMATS if f.source == first.format.source]
    return next((d for f in same if (d := match_format(first_line(part), f))), first)


def _is_chronology(archive: ReleaseArchive) -> bool:
    line = first_line(archive.parts[0])
    return sum(c in line for c in ("event_id", "date_start", "event_type", "civilian_deaths", "initiator")) >= 4


def _read_chronology(path: Path, known_on: date | None) -> EventStream:
    translated = translate_chronology(read_chronology(path, known_on=known_on))
    table = to_table(translated.events)
    rejects = pa.Table.from_pylist(
        [
            {
                "source": s.source, "release": s.release, "row": s.row, "column": s.faults[0].column,
                "value": s.faults[0].value, "reason": s.faults[0].reason, "remedy": s.faults[0].remedy, "raw": s.raw,
            }
            for s in translated.set_aside
        ],
        schema=REJECTS_SCHEMA,
    )  # fmt: skip
    account = RowAccount(translated.rows, table.num_rows, 0, rejects)
    return EventStream(translated.release, table.to_reader(), lambda: account)
