"""A first look at a file before it is read: archives that would unpack without end, or that point elsewhere."""

import gzip
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from detente.web.uploads.errors import UploadRefused
from detente.web.uploads.limits import MAX_ARCHIVE_FILES, MAX_SHEET_BYTES, MAX_UNPACKED_BYTES, MIB

SPLIT_HINT = "Send what is in it in parts, or read it with `detente ingest`."


def check_archive(path: Path, most: int = MAX_UNPACKED_BYTES, most_sheet: int = MAX_SHEET_BYTES) -> None:
    """See whether a file may be read.

    Raises:
        UploadRefused: it is a link, an archive of too much, of too many, of links, of names that lead elsewhere, or damaged.
    """
    if path.is_symlink() or not path.is_file():
        raise UploadRefused(path.name, "it is no plain file", "Send the file itself.")
    with path.open("rb") as f:
        magic = f.read(4)
    if magic[:2] == b"PK":
        _check_zip(path, most, most_sheet)
    elif magic[:2] == b"\x1f\x8b":
        _check_gzip(path, most)


def _check_zip(path: Path, most: int, most_sheet: int) -> None:
    try:
        with zipfile.ZipFile(path) as z:
            inside = z.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as e:
        raise UploadRefused(
            path.name, f"it begins as a zip archive and cannot be opened as one ({e})", "Send it again."
        ) from e
    if len(inside) > MAX_ARCHIVE_FILES:
        raise UploadRefused(
            path.name, f"it holds {len(inside):,} files, and {MAX_ARCHIVE_FILES:,} are the most", SPLIT_HINT
        )
    for i in inside:
        names = PurePosixPath(i.filename.replace("\\", "/"))
        if names.is_absolute() or ".." in names.parts or ":" in i.filename[:2]:
            raise UploadRefused(path.name, f"{i.filename[:60]!r} in it leads out of it", "Pack the files anew.")
        if stat.S_ISLNK(i.external_attr >> 16):
            raise UploadRefused(path.name, f"{i.filename[:60]!r} in it is a link", "Pack the files themselves.")
        if i.flag_bits & 1:
            raise UploadRefused(path.name, f"{i.filename[:60]!r} in it is locked by a password", "Pack it without.")
    # An entry that unpacks to more than it says is cut off there when it is read, and then told as damaged.
    whole = sum(i.file_size for i in inside)
    sheet = any(i.filename == "[Content_Types].xml" for i in inside)
    _refuse_if_more(path, whole, most_sheet if sheet else most)


def _check_gzip(path: Path, most: int) -> None:
    whole = 0
    try:
        with gzip.open(path) as f:
            while piece := f.read(MIB):
                whole += len(piece)
                _refuse_if_more(path, whole, most)
    except (OSError, EOFError, zlib.error) as e:
        raise UploadRefused(path.name, f"its compressed data end early or are damaged ({e})", "Send it again.") from e


def _refuse_if_more(path: Path, whole: int, most: int) -> None:
    if whole > most:
        raise UploadRefused(path.name, f"unpacked it is larger than {most // MIB:,} MiB", SPLIT_HINT)
