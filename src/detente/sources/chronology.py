"""The chronology format: one CSV line an event, coded by hand after the codebook beside the data.

A row that breaks the codebook is kept apart with its row number, column, value and a remedy, and the
rest goes on. The codebook allows no line break inside a field, so each line is read by itself: a
quotation mark that is never closed costs one row and cannot swallow the rows below it.
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
        name: the release's name; the file's own name if not given.
        known_on: the day the release became known; today is never assumed, so if not given it is
            the last day that the file itself speaks of.

    Returns:
        Rows and unread rows; together they are the rows of the file.

    Raises:
        NoSuchFile, EmptyFile, WrongHeader: the file as a whole cannot be read.
    """
    if not path.is_file():
        raise NoSuchFile(path, "chronology file")
    data = path.read_bytes()
    # A byte that is no UTF-8 becomes a lone surrogate, which no honest text holds, and is named below.
    text = data.decode("utf-8-sig", errors="surrogateescape")
    if not text.strip():
        raise EmptyFile(str(path), f"a header of {len(COLUMNS)} columns that begins {COLUMNS[0]!r}")
    text = text.replace("\r\n", "\n")
    if "\n" not in text:
        # Spreadsheets of the 1990s, and some exports still, end lines by a carriage return alone.
        text = text.replace("\r", "\n")
    # Not str.splitlines(), which also cuts at U+2028 and the like inside a summary.
    lines = text.split("\n")
    _check_header(str(path), lines[0])
    rows: list[ChronologyRow] = []
    unread: list[UnreadableRow] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        row, faults = _read_line(number, line, seen)
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
    # What is no chronology may begin with a line of any length.
    extra = [escape_undecodable(c[:60]) for c in header if c not in COLUMNS]
    twice = [c for c in COLUMNS if header.count(c) > 1]
    moved = [] if missing or extra or twice else [c for c, h in zip(COLUMNS, header, strict=True) if c != h]
    raise WrongHeader(file, "the chronology", missing, extra, moved, twice)


def _read_line(number: int, line: str, seen: dict[str, int]) -> tuple[ChronologyRow | None, list[RowError]]:
    try:
        values = next(csv.reader([line], strict=True))
    except csv.Error:
        return None, [RowError(number, "", escape_undecodable(line), *_explain_csv_error(line))]
    if len(values) != len(COLUMNS):
        why = f"{len(values)} columns where the header has {len(COLUMNS)}"
        remedy = "Put fields that hold a comma in quotation marks, and keep each event on one line."
        return None, [RowError(number, "", escape_undecodable(line), why, remedy)]
    row = RowReader(number, dict(zip(COLUMNS, values, strict=True)))
    return row.read(seen), row.faults


def _explain_csv_error(line: str) -> tuple[str, str]:
    """Why a line is no CSV, and the remedy; Python's own words for it name no cause."""
    if line.count('"') % 2:
        return "a quotation mark is opened and never closed", "Close it, or double a mark that is meant."
    if '"' in line:
        return (
            "a quotation mark stands inside a field",
            "Write a mark that is meant double, or close the field after it.",
        )
    if "\r" in line:
        return "a carriage return stands inside it", "Take it out: the codebook keeps each event on one line."
    return f"a field has more than {csv.field_size_limit():,} characters", "Was a line end lost? Shorten the field."
