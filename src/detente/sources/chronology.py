"""Reader of the chronology format: one CSV line per event, hand-coded by the codebook shipped with the data.

A row that violates the codebook is rejected with row number, column, value and remedy. The codebook
allows no line break inside a field, so lines are read one by one: an unclosed quotation mark affects
only its own row.
"""

import csv
import hashlib
from datetime import date
from pathlib import Path

from detente.core.errors import NoSuchFile
from detente.core.row_error import RowError
from detente.sources.chronology_schema import COLUMNS, ChronologyRow
from detente.sources.chronology_validate import RowReader
from detente.sources.errors import EmptyFile, WrongHeader
from detente.sources.release import ParsedRelease, Release, UnreadableRow, escape_undecodable


def read_chronology(
    path: Path, *, source: str = "chronology", name: str | None = None, known_on: date | None = None
) -> ParsedRelease[ChronologyRow]:
    """Read a chronology file.

    Args:
        path: a UTF-8 CSV with the codebook's header; a byte-order mark is allowed.
        source: the name of the published dataset.
        name: the release's name; default the file name.
        known_on: the release's publication date; default the last date in the file, never today.

    Returns:
        Readable and unreadable rows; together they are all rows of the file.

    Raises:
        NoSuchFile, EmptyFile, WrongHeader: the whole file cannot be read.
    """
    if not path.is_file():
        raise NoSuchFile(path, "chronology file")
    data = path.read_bytes()
    # A byte that is not UTF-8 becomes a lone surrogate, which valid text never contains; RowReader reports it.
    text = data.decode("utf-8-sig", errors="surrogateescape")
    if not text.strip():
        raise EmptyFile(str(path), f"a header of {len(COLUMNS)} columns that begins {COLUMNS[0]!r}")
    text = text.replace("\r\n", "\n")
    if "\n" not in text:
        # Old spreadsheets and some current exports end lines with a carriage return alone.
        text = text.replace("\r", "\n")
    # str.splitlines() would also split at U+2028 and similar characters inside a summary.
    lines = text.split("\n")
    _check_header(str(path), lines[0])
    rows: list[ChronologyRow] = []
    unread: list[UnreadableRow] = []
    row_by_id: dict[str, int] = {}
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        row, faults = _read_line(number, line, row_by_id)
        if row is None:
            unread.append(UnreadableRow(number, tuple(faults), escape_undecodable(line)))
        else:
            rows.append(row)
    last = max((r.date_end for r in rows), default=date.min)
    release = Release(source, name or path.name, known_on or last, hashlib.sha256(data).hexdigest())
    return ParsedRelease(release, tuple(rows), tuple(unread))


def _check_header(file: str, line: str) -> None:
    try:
        header = next(csv.reader([line]))
    except csv.Error:
        header = [line]
    if header == COLUMNS:
        return
    missing = [c for c in COLUMNS if c not in header]
    # The first line of another kind of file may have any length.
    extra = [escape_undecodable(c[:60]) for c in header if c not in COLUMNS]
    twice = [c for c in COLUMNS if header.count(c) > 1]
    moved = [] if missing or extra or twice else [c for c, h in zip(COLUMNS, header, strict=True) if c != h]
    raise WrongHeader(file, "the chronology", missing, extra, moved, twice)


def _read_line(number: int, line: str, row_by_id: dict[str, int]) -> tuple[ChronologyRow | None, list[RowError]]:
    try:
        values = next(csv.reader([line], strict=True))
    except csv.Error:
        return None, [RowError(number, "", escape_undecodable(line), *_explain_csv_error(line))]
    if len(values) != len(COLUMNS):
        why = f"{len(values)} columns where the header has {len(COLUMNS)}"
        remedy = "Put fields that hold a comma in quotation marks, and keep each event on one line."
        return None, [RowError(number, "", escape_undecodable(line), why, remedy)]
    row = RowReader(number, dict(zip(COLUMNS, values, strict=True)))
    return row.read(row_by_id), row.faults


def _explain_csv_error(line: str) -> tuple[str, str]:
    """Return why a line is not CSV, and the remedy; the message of `csv.Error` names no cause."""
    if line.count('"') % 2:
        return "a quotation mark is opened and never closed", "Close it, or double a mark that is meant."
    if '"' in line:
        remedy = "Write a mark that is meant double, or close the field after it."
        return "a quotation mark stands inside a field", remedy
    if "\r" in line:
        return "a carriage return stands inside it", "Take it out: the codebook keeps each event on one line."
    return f"a field has more than {csv.field_size_limit():,} characters", "Was a line end lost? Shorten the field."
