"""Byte streams of a release on disk: a plain file, gzip, zip, spreadsheet, or a folder of these.

Nothing is unpacked to disk, and only a spreadsheet is held in memory whole.
"""

import csv
import gzip
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO

from detente.core.errors import NoSuchFile
from detente.sources.errors import BrokenFile, EmptyFile, SheetTooLarge

BLOCK_BYTES = 1 << 24  # bytes per read
READABLE_SUFFIXES = (".csv", ".tab", ".tsv", ".txt", ".zip", ".gz", ".xlsx", ".parquet")  # files read from a folder
UTF8_BOM = b"\xef\xbb\xbf"
MAX_CELLS = 50_000_000  # of a sheet; the largest release known has 19 million
_CELL = re.compile(rb"""\sr=["']([A-Z]{0,3})([0-9]{1,7})["']""")


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """One file of a release: its name, and a function that streams its bytes from the start."""

    name: str
    blocks: Callable[[], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class ReleaseArchive:
    """A release: its path, its files in order of name, and a hash of the bytes on disk."""

    path: Path
    parts: tuple[ReleaseFile, ...]
    sha256: str


def open_release(path: Path) -> ReleaseArchive:
    """Open a file or folder.

    Raises:
        NoSuchFile: the path does not exist. EmptyFile: the folder has no readable file.
        BrokenFile: an archive is truncated or damaged; reading the parts may raise it too.
    """
    if path.is_dir():
        # Names that start with a dot belong to the file system or to unfinished downloads.
        inside = sorted(
            p for p in path.iterdir() if p.suffix.lower() in READABLE_SUFFIXES and not p.name.startswith(".")
        )
        if not inside:
            raise EmptyFile(str(path), f"files that end in {' '.join(READABLE_SUFFIXES)}")
        parts = tuple(part for p in inside for part in _list_files(p))
        each = [f"{p.name} {_hash_file(p)}" for p in inside]
        return ReleaseArchive(path, parts, hashlib.sha256("\n".join(each).encode()).hexdigest())
    if not path.is_file():
        raise NoSuchFile(path, "source file or folder")
    return ReleaseArchive(path, _list_files(path), _hash_file(path))


def _hash_file(path: Path) -> str:
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def _list_files(path: Path) -> tuple[ReleaseFile, ...]:
    with path.open("rb") as f:
        magic = f.read(4)
    if magic[:2] == b"PK":
        return _list_zip_members(path)
    if magic[:2] == b"\x1f\x8b":
        return (ReleaseFile(path.name.removesuffix(".gz"), lambda: _normalise_text(_read_gzip(path))),)
    return (ReleaseFile(path.name, lambda: _normalise_text(_read_plain(path))),)


def _list_zip_members(path: Path) -> tuple[ReleaseFile, ...]:
    try:
        with zipfile.ZipFile(path) as z:
            names = sorted(i.filename for i in z.infolist() if not i.is_dir() and "__MACOSX" not in i.filename)
    except (zipfile.BadZipFile, OSError) as e:
        raise BrokenFile(str(path), f"it is not a readable zip archive ({e})") from e
    if "[Content_Types].xml" in names:
        return (ReleaseFile(path.name, lambda: _read_sheet(path)),)
    if not names:
        raise EmptyFile(str(path), "an archive with at least one file")

    def member(name: str) -> ReleaseFile:
        return ReleaseFile(name, lambda: _normalise_text(_read_zip_member(path, name)))

    return tuple(member(n) for n in names)


def _read_plain(path: Path) -> Iterator[bytes]:
    with path.open("rb") as f:
        yield from iter(lambda: f.read(BLOCK_BYTES), b"")


def _read_gzip(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path) as f:
            yield from iter(lambda: f.read(BLOCK_BYTES), b"")
    except (OSError, EOFError, zlib.error) as e:
        raise BrokenFile(str(path), f"its compressed data are truncated or damaged ({e})") from e


def _read_zip_member(path: Path, name: str) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(path) as z, z.open(name) as f:
            yield from iter(lambda: f.read(BLOCK_BYTES), b"")
    except (zipfile.BadZipFile, EOFError, OSError, zlib.error, RuntimeError, NotImplementedError) as e:
        raise BrokenFile(str(path), f"its member {name} is truncated, damaged or encrypted ({e})") from e


def _normalise_text(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Remove a byte-order mark and replace lone carriage returns by line feeds."""
    cr_only = False
    for i, block in enumerate(blocks):
        if i == 0:
            block = block.removeprefix(UTF8_BOM)
            # Old spreadsheets and some current exports end lines with a carriage return alone.
            cr_only = b"\n" not in block and b"\r" in block
        yield block.replace(b"\r", b"\n") if cr_only else block


def _read_sheet(path: Path) -> Iterator[bytes]:
    """Yield the first sheet of a workbook as CSV: integers without a decimal point, dates as in UCDP files."""
    from python_calamine import CalamineError, CalamineWorkbook

    _check_sheet_size(path)
    try:
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    except (CalamineError, OSError) as e:
        raise BrokenFile(str(path), f"it cannot be opened as a spreadsheet ({e})") from e
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in sheet.iter_rows():
        writer.writerow([_format_cell(v) for v in row])
        if out.tell() > BLOCK_BYTES // 4:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    if out.tell():
        yield out.getvalue().encode()


def _check_sheet_size(path: Path) -> None:
    """Refuse a workbook with a cell far from the others: the reader makes room for every cell between them.

    Raises:
        SheetTooLarge: more cells than any known release has.
    """
    try:
        with zipfile.ZipFile(path) as z:
            for name in z.namelist():
                if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name, re.IGNORECASE):
                    with z.open(name) as f:
                        rows, columns = _find_last_cell(f)
                    if rows * columns > MAX_CELLS:
                        raise SheetTooLarge(str(path), name, rows, columns, MAX_CELLS)
    except (zipfile.BadZipFile, EOFError, OSError, zlib.error, RuntimeError, NotImplementedError):
        return  # another kind of workbook, or damaged: the reader says which


def _find_last_cell(sheet: IO[bytes]) -> tuple[int, int]:
    rows = columns = 1
    tail = b""
    while block := sheet.read(BLOCK_BYTES):
        for letters, digits in set(_CELL.findall(tail + block)):
            rows = max(rows, int(digits))
            column = 0
            for c in letters:
                column = column * 26 + c - 64
            columns = max(columns, column)
        tail = block[-32:]
    return rows, columns


def _format_cell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S.000}"
    if isinstance(value, date):
        return f"{value.isoformat()} 00:00:00.000"
    # A lone carriage return in an unquoted field would make the record invalid.
    return str(value).replace("\r\n", "\n").replace("\r", "\n")
