"""Byte streams of a release on disk: text, gzip, zip, workbook, JSON, Parquet, or folders and archives of these.

Every sheet of a workbook and every member of an archive is a file of its own; a file that holds no table is left out by
name. Nothing is unpacked to disk. Workbooks, JSON, and archives inside an archive are held in memory.
"""

import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from detente.core.errors import NoSuchFile
from detente.sources.errors import BrokenFile, EmptyFile, UnknownMember
from detente.sources.sheet_size import check_sheet_size
from detente.sources.tables import list_sheets, read_json_table, read_parquet_table, read_sheet
from detente.sources.text_encoding import decode_text

BLOCK_BYTES = 1 << 24  # bytes per read
READABLE_SUFFIXES = (
    ".csv", ".tab", ".tsv", ".txt", ".zip", ".gz", ".xlsx", ".xls", ".ods", ".json", ".parquet",
)  # files read from a folder  # fmt: skip
# Files that the system or `detente fetch` writes beside the data.
_OWN_FILES = (".source.json", ".part", "Thumbs.db", "masterfilelist.txt", "md5sums.txt")
OTHER_CONTENT = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"RDX": "a data file of R; write it as CSV in R: write.csv(data, file, row.names = FALSE)",
    b"RDA": "a data file of R; write it as CSV in R: write.csv(data, file, row.names = FALSE)",
    b"<stata_dta>": "a data file of Stata; write it as CSV: export delimited",
    b"{\\rtf": "a text document",
}
EXCEL_97 = b"\xd0\xcf\x11\xe0"
MAX_DEPTH = 4  # archives inside archives

Opener = Callable[[], IO[bytes]]


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """One table of a release: its name, and a function that streams its bytes as UTF-8 from the start.

    `group` is the file of the folder or archive that it belongs to: sheets of one workbook share it. `sheet` is the name of
    the sheet, empty outside workbooks. `notes` gathers what was recognised while reading, such as the encoding.
    """

    name: str
    blocks: Callable[[], Iterator[bytes]]
    group: str = ""
    sheet: str = ""
    notes: list[str] = field(default_factory=list, compare=False)


@dataclass(frozen=True, slots=True)
class LeftOutFile:
    """A file of an archive or folder that was not read, and why. `damaged`: it holds data, which could not be read."""

    name: str
    why: str
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class ReleaseArchive:
    """A release: its path, its tables in order of name, the files left out, and a hash of the bytes on disk."""

    path: Path
    parts: tuple[ReleaseFile, ...]
    sha256: str
    left_out: tuple[LeftOutFile, ...] = ()


def open_release(path: Path, *, encoding: str | None = None) -> ReleaseArchive:
    """Open a file or folder; `encoding` names the encoding of its text, recognised if not given.

    Raises:
        NoSuchFile: the path does not exist. EmptyFile: the folder has no readable file.
        BrokenFile: an archive is truncated or damaged; reading the parts may raise it too.
    """
    if path.is_dir():
        # Names that start with a dot belong to the file system or to unfinished downloads.
        inside = sorted(p for p in path.rglob("*") if p.is_file() and not _is_own_file(p.relative_to(path)))
        readable = [p for p in inside if p.suffix.lower() in READABLE_SUFFIXES]
        if not readable:
            raise EmptyFile(str(path), f"files that end in {' '.join(READABLE_SUFFIXES)}")
        parts: list[ReleaseFile] = []
        left_out = [
            LeftOutFile(str(p.relative_to(path)), "its name does not end like a table") for p in inside if p not in readable
        ]  # fmt: skip
        for p in readable:
            name = str(p.relative_to(path))
            try:
                found, others = _list_tables(name, _open_path(p), encoding)
            except (BrokenFile, EmptyFile) as e:
                left_out.append(_leave_out(name, e))
                continue
            parts += [replace(f, group=name) for f in found]
            left_out += others
        each = [f"{p.relative_to(path).as_posix()} {hash_file(p)}" for p in readable]
        return ReleaseArchive(path, tuple(parts), hashlib.sha256("\n".join(each).encode()).hexdigest(), tuple(left_out))
    if not path.is_file():
        raise NoSuchFile(path, "source file or folder")
    found, others = _list_tables(path.name, _open_path(path), encoding)
    return ReleaseArchive(path, tuple(found), hash_file(path), tuple(others))


def select_parts(archive: ReleaseArchive, members: Sequence[str] = (), sheets: Sequence[str] = ()) -> ReleaseArchive:
    """Select members of an archive or folder, and sheets of its workbooks, by name.

    Raises:
        UnknownMember: none has that name.
    """
    parts = archive.parts
    for kind, wanted, names_of in (("member", members, _member_names), ("sheet", sheets, _sheet_names)):
        if not wanted:
            continue
        known = {name for p in parts for name in names_of(p)}
        if missing := [name for name in wanted if name not in known]:
            raise UnknownMember(str(archive.path), kind, missing[0], sorted(known))
        parts = tuple(p for p in parts if names_of(p) & set(wanted))
    return replace(archive, parts=parts)


def _member_names(part: ReleaseFile) -> set[str]:
    return {part.group or part.name, Path(part.group or part.name).name, part.name}


def _sheet_names(part: ReleaseFile) -> set[str]:
    return {part.sheet} - {""}


def _is_own_file(path: Path) -> bool:
    hidden = any(part.startswith(".") or part.endswith(".pages") or part == "__MACOSX" for part in path.parts)
    return hidden or path.name.endswith(_OWN_FILES)


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def _open_path(path: Path) -> Opener:
    return lambda: path.open("rb")


def _list_tables(
    name: str, opener: Opener, encoding: str | None, depth: int = 0
) -> tuple[list[ReleaseFile], list[LeftOutFile]]:
    """List the tables in one file by its first bytes."""
    with opener() as f:
        magic = f.read(16)
    if magic[:2] == b"PK":
        return _list_zip(name, opener, encoding, depth)
    if magic[:2] == b"\x1f\x8b":
        plain = name.removesuffix(".gz")
        unzip = _gzip_opener(name, opener)
        if inner := _read_magic(unzip):
            _reject_other_content(name, inner)
        return [_text_file(plain, unzip, encoding)], []
    if magic[:4] == EXCEL_97:
        return _list_workbook(name, opener)
    _reject_other_content(name, magic)
    if magic[:4] == b"PAR1":
        return [ReleaseFile(name, lambda: read_parquet_table(name, opener))], []
    if magic.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        notes: list[str] = []
        return [ReleaseFile(name, lambda: read_json_table(name, opener, notes), notes=notes)], []
    return [_text_file(name, opener, encoding)], []


def _reject_other_content(name: str, magic: bytes) -> None:
    for start, what in OTHER_CONTENT.items():
        if magic.startswith(start):
            raise BrokenFile(name, f"it is {what}", "")


def _text_file(name: str, opener: Opener, encoding: str | None) -> ReleaseFile:
    notes: list[str] = []

    def raw() -> Iterator[bytes]:
        with opener() as f:
            yield from iter(lambda: f.read(BLOCK_BYTES), b"")

    return ReleaseFile(name, lambda: decode_text(raw, encoding, notes), notes=notes)


class _CheckedStream(io.RawIOBase):
    """A stream whose errors of decompression become `BrokenFile`; it closes the files below it."""

    def __init__(self, name: str, why: str, inner: IO[bytes], *below: Any) -> None:
        self.name, self.why, self.inner, self.below = name, why, inner, below

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def read(self, size: int = -1) -> bytes:
        try:
            return self.inner.read(size)
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError) as e:
            raise BrokenFile(self.name, f"{self.why} ({e})") from e

    def close(self) -> None:
        for file in (self.inner, *self.below):
            file.close()
        super().close()


def _gzip_opener(name: str, opener: Opener) -> Opener:
    def open_gzip() -> IO[bytes]:
        below = opener()
        inner = gzip.GzipFile(fileobj=below)
        return _CheckedStream(name, "its compressed data are truncated or damaged", inner, below)  # type: ignore[return-value,arg-type]

    return open_gzip


def _read_magic(opener: Opener) -> bytes:
    try:
        with opener() as f:
            return f.read(16)
    except BrokenFile:
        return b""  # reading the file says so


def _list_zip(
    name: str, opener: Opener, encoding: str | None, depth: int
) -> tuple[list[ReleaseFile], list[LeftOutFile]]:
    try:
        with opener() as f, zipfile.ZipFile(f) as z:
            infos = [i for i in z.infolist() if not i.is_dir() and not _is_own_file(Path(i.filename))]
            kind = z.read("mimetype")[:60] if "mimetype" in z.namelist() else b""
            every = set(z.namelist())
    except (zipfile.BadZipFile, OSError, zlib.error) as e:
        raise BrokenFile(name, f"it is not a readable zip archive ({e})") from e
    if "[Content_Types].xml" in every or kind.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        if any(n.startswith(("word/", "ppt/")) for n in every):
            raise BrokenFile(name, "it is a text document or presentation", "")
        return _list_workbook(name, opener)
    if not infos:
        raise EmptyFile(name, "an archive with at least one file")
    parts: list[ReleaseFile] = []
    left_out: list[LeftOutFile] = []
    for member in sorted(i.filename for i in infos):
        member_opener = _member_opener(name, opener, member)
        magic = _read_magic(member_opener)
        try:
            if magic[:2] in (b"PK", b"\x1f\x8b") or magic[:4] == EXCEL_97 or magic[:4] == b"PAR1":
                if depth >= MAX_DEPTH:
                    raise BrokenFile(member, f"it lies {depth + 1} archives deep", "Take it out of them.")
                found, others = _list_tables(member, _memory_opener(member_opener), encoding, depth + 1)
            else:
                found, others = _list_tables(member, member_opener, encoding, depth + 1)
        except (BrokenFile, EmptyFile) as e:
            if len(infos) == 1:
                raise
            left_out.append(_leave_out(member, e))
            continue
        parts += [replace(f, group=member) for f in found]
        left_out += others
    return parts, left_out


def _leave_out(name: str, error: BrokenFile | EmptyFile) -> LeftOutFile:
    if isinstance(error, EmptyFile):
        return LeftOutFile(name, f"it is empty; expected {error.expected}")
    return LeftOutFile(name, f"{error.why}. {error.remedy}".rstrip(". "), damaged=bool(error.remedy))


def _member_opener(name: str, opener: Opener, member: str) -> Opener:
    def open_member() -> IO[bytes]:
        why = f"its member {member} is truncated, damaged or encrypted"
        below = opener()
        try:
            archive = zipfile.ZipFile(below)
            return _CheckedStream(name, why, archive.open(member), archive, below)  # type: ignore[return-value]
        except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError) as e:
            below.close()
            raise BrokenFile(name, f"{why} ({e})") from e

    return open_member


def _memory_opener(opener: Opener) -> Opener:
    def open_in_memory() -> IO[bytes]:
        with opener() as f:
            return io.BytesIO(f.read())

    return open_in_memory


def _list_workbook(name: str, opener: Opener) -> tuple[list[ReleaseFile], list[LeftOutFile]]:
    check_sheet_size(name, opener)
    sheets = list_sheets(name, opener)
    filled = [s for s, rows in sheets if rows]
    empty = [LeftOutFile(f"{name} [{s}]", "the sheet is empty") for s, rows in sheets if not rows]
    if not filled:
        raise EmptyFile(name, "a workbook with rows")
    single = len(sheets) == 1
    return [
        ReleaseFile(name if single else f"{name} [{s}]", lambda s=s: read_sheet(name, opener, s), sheet=s)  # type: ignore[misc]
        for s in filled
    ], empty
