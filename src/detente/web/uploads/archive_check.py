"""Safety check of archives before reading: size, number of files, paths and links."""

import gzip
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from detente.web.uploads.errors import UploadRefused
from detente.web.uploads.limits import MAX_ARCHIVE_FILES, MAX_SHEET_BYTES, MAX_UNPACKED_BYTES, MIB

SPLIT_HINT = "Split the archive, or give it to those who run this workbench."


def check_archive(path: Path, most: int = MAX_UNPACKED_BYTES, most_sheet: int = MAX_SHEET_BYTES) -> None:
    """Check a file; `most` and `most_sheet` limit the unpacked bytes of an archive and of a spreadsheet.

    Raises:
        UploadRefused: a link or folder; an archive that is damaged, locked, too large, has too many files, links, or paths
            that lead out of it.
    """
    if path.is_symlink() or not path.is_file():
        raise UploadRefused(path.name, "it is a link or a folder", "Send the file itself.")
    with path.open("rb") as f:
        magic = f.read(4)
    if magic[:2] == b"PK":
        _check_zip(path, most, most_sheet)
    elif magic[:2] == b"\x1f\x8b":
        _check_gzip(path, most)


def _check_zip(path: Path, most: int, most_sheet: int) -> None:
    try:
        with zipfile.ZipFile(path) as z:
            entries = z.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as e:
        raise UploadRefused(path.name, f"it is a damaged zip archive ({e})", "Send it again.") from e
    if len(entries) > MAX_ARCHIVE_FILES:
        why = f"it contains {len(entries):,} files; the maximum is {MAX_ARCHIVE_FILES:,}"
        raise UploadRefused(path.name, why, SPLIT_HINT)
    for entry in entries:
        inner, quoted = PurePosixPath(entry.filename.replace("\\", "/")), repr(entry.filename[:60])
        if inner.is_absolute() or ".." in inner.parts or ":" in entry.filename[:2]:
            raise UploadRefused(path.name, f"its entry {quoted} leads out of the archive", "Pack the files again.")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise UploadRefused(path.name, f"its entry {quoted} is a link", "Pack the files themselves.")
        if entry.flag_bits & 1:
            raise UploadRefused(path.name, f"its entry {quoted} has a password", "Pack the files without one.")
    # Sizes as declared. The reader stops an entry at its declared size, and a larger one fails its checksum.
    size = sum(entry.file_size for entry in entries)
    is_sheet = any(entry.filename == "[Content_Types].xml" for entry in entries)
    _refuse_if_larger(path, size, most_sheet if is_sheet else most)


def _check_gzip(path: Path, most: int) -> None:
    size = 0
    try:
        with gzip.open(path) as f:
            while piece := f.read(MIB):
                size += len(piece)
                _refuse_if_larger(path, size, most)
    except (OSError, EOFError, zlib.error) as e:
        raise UploadRefused(path.name, f"its compressed data are incomplete or damaged ({e})", "Send it again.") from e


def _refuse_if_larger(path: Path, size: int, most: int) -> None:
    if size > most:
        raise UploadRefused(path.name, f"it unpacks to more than {most // MIB:,} MiB", SPLIT_HINT)
