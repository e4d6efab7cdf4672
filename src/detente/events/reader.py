"""Reader of any provider's release: it detects the format, streams events and accounts for every row.

Memory holds one block of the file at a time; rejected rows are buffered on disk. `read_release` reads a folder or archive of
one provider's files as one. `plan_releases` lists the releases in it (`release_units.py`), for all that counts days.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyarrow as pa

from detente.core.errors import DetenteError
from detente.events.arrow import to_table
from detente.events.cell_forms import DateOrder, ReadingOptions
from detente.events.errors import NothingRead, UnknownReleaseDate
from detente.events.pipeline import DetectedFiles, find_last_day, read_blocks, stream_events
from detente.events.registry import FORMATS, PROVIDERS
from detente.events.release_units import find_stated_days, group_by_release
from detente.events.row_account import REJECTS_SCHEMA, EventStream, RowAccount
from detente.events.translations.chronology import translate_chronology
from detente.events.translations.generic import read_mapped
from detente.sources.archive import LeftOutFile, ReleaseArchive, ReleaseFile, hash_file, open_release, select_parts
from detente.sources.chronology import read_chronology
from detente.sources.detect import DetectedFormat, detect_part_format, first_line
from detente.sources.errors import EmptyFile, MixedFormats, UnknownFormat
from detente.sources.release import Release


@dataclass(frozen=True, slots=True)
class PlannedRelease:
    """One release in a file, folder or archive: its name, and a function that opens it."""

    name: str
    open: Callable[[], EventStream]


@dataclass(frozen=True, slots=True)
class ReleasePlan:
    """The releases in a file, folder or archive, and the files that are left out, with the reason."""

    releases: tuple[PlannedRelease, ...]
    left_out: tuple[LeftOutFile, ...]


def read_release(
    path: Path, *, source: str | None = None, known_on: date | None = None, mapping: Path | None = None,
    dates: DateOrder | None = None, encoding: str | None = None, members: Sequence[str] = (), sheets: Sequence[str] = (),
) -> EventStream:  # fmt: skip
    """Read a release as a stream of events, with an account of all rows at its end.

    Args:
        path: a file (text, gzip, zip, workbook, JSON of an API, Parquet) or a folder of files of one provider.
        source: `ucdp`, `acled`, `gdelt`, `icews`, `polecat` or `chronology`; default: detected from the content.
        known_on: publication date; default the date in its name (UCDP, GDELT), else the last date in it, never today.
        mapping: a TOML file that describes the columns of any other table; see docs/traps.md.
        dates: `dmy` or `mdy`, the order in days such as 01/02/2024, which are rejected without it.
        encoding: the encoding of the text; default UTF-8, or Windows-1252 where every byte beyond ASCII fits it.
        members, sheets: read only these members of an archive or folder, and sheets of a workbook.

    Returns:
        EventStream. Actors are raw names until a case resolves them.

    Raises:
        NoSuchFile, EmptyFile, BrokenFile, UnknownFormat, WrongHeader, WrongColumnCount: the release cannot be read.
        MixedFormats: it holds several releases. UnknownMember: no member or sheet has that name.
        UnknownReleaseDate: it has no date. BadMapping: the mapping is invalid. The stream may raise BrokenFile too.

    Example:
        >>> from detente.cases.case_file import find_shipped_cases
        >>> file = find_shipped_cases()["pakistan-afghanistan"].parent / "pakistan_afghanistan/chronology.csv"
        >>> reading = read_release(file)
        >>> sum(batch.num_rows for batch in reading.events), reading.account().rows
        (1413, 1413)
    """
    plan = _plan(path, source, known_on, mapping, dates, encoding, members, sheets, apart=False)
    if len(plan.releases) > 1:
        raise MixedFormats(str(path), [r.name for r in plan.releases])
    return plan.releases[0].open()


def plan_releases(
    path: Path, *, source: str | None = None, known_on: date | None = None, mapping: Path | None = None,
    dates: DateOrder | None = None, encoding: str | None = None, members: Sequence[str] = (), sheets: Sequence[str] = (),
) -> ReleasePlan:  # fmt: skip
    """List the releases in a file, folder or archive; arguments and errors as in `read_release`.

    Each file of UCDP or ACLED is a release, as if it were given by itself, and so is each file where there are several
    providers; else the files of one provider are one release (`release_units.py`). Files that hold no known table are left
    out by name.
    """
    return _plan(path, source, known_on, mapping, dates, encoding, members, sheets, apart=True)


def _plan(
    path: Path, source: str | None, known_on: date | None, mapping: Path | None, dates: DateOrder | None,
    encoding: str | None, members: Sequence[str], sheets: Sequence[str], *, apart: bool,
) -> ReleasePlan:  # fmt: skip
    archive = select_parts(open_release(path, encoding=encoding), members, sheets)
    options = ReadingOptions(dates)
    if mapping is not None:
        return ReleasePlan((PlannedRelease(path.name, lambda: read_mapped(archive, mapping, known_on, options)),), ())
    if source is not None and source not in (*PROVIDERS, "chronology"):
        raise UnknownFormat(str(path), f"source {source!r}", [f.title for f in FORMATS])
    if source == "chronology" or (source is None and len(archive.parts) == 1 and _is_chronology(archive.parts[0])):
        return ReleasePlan((PlannedRelease(path.name, lambda: _read_chronology(path, known_on)),), archive.left_out)
    known, left_out = _detect_parts(archive, source)
    if not apart and len({d.format.source for _, d in known}) == 1:
        return ReleasePlan((_plan_release(archive, tuple(known), path.name, left_out, known_on, options),), left_out)
    planned = []
    units = group_by_release(path, tuple(known))
    for name, parts in units.items():
        group = parts[0][0].group
        own = [f for f in left_out if len(units) == 1 or f.name == group or f.name.startswith(f"{group} [")]
        planned.append(_plan_release(archive, parts, name, own, known_on, options))
    return ReleasePlan(tuple(planned), left_out)


def _plan_release(
    archive: ReleaseArchive, parts: DetectedFiles, name: str, left_out: Sequence[LeftOutFile], known_on: date | None,
    options: ReadingOptions,
) -> PlannedRelease:  # fmt: skip
    def open_it() -> EventStream:
        # The translations of one provider's formats differ only for lists of deleted events.
        t = FORMATS[parts[0][1].format]
        provider = parts[0][1].format.source
        alone = replace(archive, path=archive.path.parent / name, parts=tuple(p for p, _ in parts))
        sha = _hash_release(archive, parts, name)
        day = known_on or PROVIDERS[provider].released(alone)
        day = day or find_last_day(read_blocks(parts, t.needs), t, options)
        if day is None:
            _raise_if_nothing_is_readable(parts, name, options)
            raise UnknownReleaseDate(str(alone.path))
        release = Release(provider, name, day, sha, find_stated_days(archive.path, parts))
        blocks = read_blocks(parts, t.needs)
        return stream_events(blocks, t, release, parts=parts, left_out=left_out, options=options)

    return PlannedRelease(name, open_it)


def _hash_release(archive: ReleaseArchive, parts: DetectedFiles, name: str) -> str:
    if name == archive.path.name:
        return archive.sha256
    file = archive.path / parts[0][0].group
    if file.is_file() and Path(parts[0][0].group).name == Path(name).name:
        return hash_file(file)  # as if the file of the folder were given by itself
    return hashlib.sha256(f"{archive.sha256} {name}".encode()).hexdigest()


def _raise_if_nothing_is_readable(parts: DetectedFiles, name: str, options: ReadingOptions) -> None:
    """Raise NothingRead if no row gives an event: its reason helps more than the question when the file was published."""
    t = FORMATS[parts[0][1].format]
    release = Release(parts[0][1].format.source, name, options.last_day, "")
    reading = stream_events(read_blocks(parts, t.needs), t, release, parts=parts, options=options)
    if not sum(b.num_rows for b in reading.events):
        raise NothingRead.from_account(name, reading.account())


def _detect_parts(
    archive: ReleaseArchive, source: str | None
) -> tuple[list[tuple[ReleaseFile, DetectedFormat]], tuple[LeftOutFile, ...]]:
    """Detect the format of every file; files that are in none are left out, unless no file is in any."""
    formats = list(FORMATS)
    known: list[tuple[ReleaseFile, DetectedFormat]] = []
    left_out = list(archive.left_out)
    errors: list[DetenteError] = []
    for part in archive.parts:
        try:
            known.append((part, detect_part_format(archive, part, formats, source)))
        except DetenteError as e:
            errors.append(e)
            empty = isinstance(e, EmptyFile)
            damaged = not empty and not isinstance(e, UnknownFormat)
            why = "it is empty" if empty else str(e) if damaged else "it is in no known format"
            if "month_id" in first_line(part).casefold():
                why = "it is a panel or forecast of country-months: give it to detente forecast"
            if source is None and not damaged and not empty and _is_chronology(part):
                why, damaged = "it is a chronology: add it by itself", True
            left_out.append(LeftOutFile(part.name, why, damaged))
    if not known and not errors:
        damaged_files = [f for f in archive.left_out if f.damaged]
        raise EmptyFile(str(archive.path), damaged_files[0].why if damaged_files else "a table")
    if not known:
        raise errors[0]
    return known, tuple(left_out)


def _is_chronology(part: ReleaseFile) -> bool:
    line = first_line(part)
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
