"""One upload: a folder under a made-up name that holds the file, and a record of what has become of it.

The record is a small JSON file, replaced whole, so that any worker and the reading process can tell and read it.
"""

import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from detente.web.uploads.errors import NoSuchUpload, UploadRefused
from detente.web.uploads.limits import MAX_UPLOADS, UPLOAD_LIFETIME_S

UploadState = Literal["reading", "read", "keeping", "kept", "refused"]
RUNNING_STATES: tuple[UploadState, ...] = ("reading", "keeping")
FILE_SUFFIXES = (".csv", ".tab", ".tsv", ".txt", ".zip", ".gz", ".xlsx")
RECORD_NAME = "record.json"
_ID = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True)
class UploadRejectReason:
    """Why rows were set aside, how many, and the first of them as an example."""

    reason: str
    rows: int
    row: int
    column: str
    value: str
    remedy: str


@dataclass(frozen=True, slots=True)
class UploadReport:
    """What was read: `rows == events + merged + set_aside`, always.

    Fields:
        source, format: whose file it is, and in which format. release: the name under which it would be kept.
        known_on: the day on which it was out. first, last: first days of its events, None if there are none.
        reasons: of rows set aside, most frequent first. columns: how many it has; unused: those that nothing is read from.
    """

    source: str
    format: str
    release: str
    known_on: str
    rows: int
    events: int
    merged: int
    set_aside: int
    first: str | None
    last: str | None
    reasons: tuple[UploadRejectReason, ...]
    columns: int
    unused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Upload:
    """What has become of a file.

    Fields:
        id: the made-up name. name: the file's own. bytes: its size. by: the account that sent it, or empty.
        known_on: as said by whoever sent it, or empty. at: when it came, seconds since 1970.
        state: reading, read, keeping, kept, refused. pid: of the process that reads, 0 if none.
        events: read so far. told: why it was refused, or what was done. report: once it is read.
    """

    id: str
    name: str
    bytes: int
    by: str
    known_on: str
    at: float
    state: UploadState
    pid: int = 0
    events: int = 0
    told: str = ""
    report: UploadReport | None = None

    @property
    def running(self) -> bool:
        """Is a process at work on it?"""
        return self.state in RUNNING_STATES


def check_file_name(name: str) -> str:
    """A file's name, fit to be a file's name here and a release's name in the store.

    Raises:
        UploadRefused: it leads elsewhere, is hidden, is too long, or ends like no file that can be read.

    Example:
        >>> check_file_name("GEDEvent_v26_0_1.csv")
        'GEDEvent_v26_0_1.csv'
    """
    if not name:
        raise UploadRefused(name, "no file was chosen", "Choose one, then send it.")
    if "/" in name or "\\" in name or name.startswith("."):
        raise UploadRefused(name, "its name leads to another folder or is hidden", "Rename it to a plain name.")
    if len(name) > 120 or not all(c.isprintable() for c in name) or len(name.encode("utf-8", "replace")) > 200:
        raise UploadRefused(name, "its name is too long or holds characters that cannot be seen", "Rename it.")
    if not name.lower().endswith(FILE_SUFFIXES):
        raise UploadRefused(
            name, "its name ends like no file that can be read", f"Taken are {' '.join(FILE_SUFFIXES)}."
        )
    return name


def remove_old_uploads(root: Path) -> None:
    """Clear away uploads that are old, and where there are too many the oldest that nothing is at work on.

    Raises:
        UploadRefused: all of them are being worked on.
    """
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    there = sorted((p for p in root.iterdir() if p.is_dir() and not p.is_symlink()), key=lambda p: p.stat().st_mtime)
    for p in list(there):
        if time.time() - p.stat().st_mtime > UPLOAD_LIFETIME_S:
            shutil.rmtree(p, ignore_errors=True)
            there.remove(p)
    idle = [p for p in there if not _is_busy(p)]
    while len(there) >= MAX_UPLOADS:
        if not idle:
            raise UploadRefused("the file", f"{len(there)} others are being read", "Try again in some minutes.")
        shutil.rmtree(gone := idle.pop(0), ignore_errors=True)
        there.remove(gone)


def _is_busy(folder: Path) -> bool:
    try:
        return load_upload(folder.parent, folder.name).running
    except NoSuchUpload:
        # No record yet: it is being received, unless that was long ago.
        return time.time() - folder.stat().st_mtime < 3600


def new_folder(root: Path) -> Path:
    """A new folder that only this user can look into, under a name that nobody can guess."""
    folder = root / secrets.token_urlsafe(16)
    folder.mkdir(mode=0o700)
    return folder


def folder_of(root: Path, upload: str) -> Path:
    """The folder of an upload.

    Raises:
        NoSuchUpload: there is none, or the name is not one that was made here.
    """
    folder = root / upload
    if not _ID.fullmatch(upload) or folder.is_symlink() or not folder.is_dir():
        raise NoSuchUpload
    return folder


def load_record(root: Path, upload: str) -> Upload:
    """An upload as its record has it.

    Raises:
        NoSuchUpload.
    """
    try:
        return _upload_from_dict(json.loads((folder_of(root, upload) / RECORD_NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError) as e:
        raise NoSuchUpload from e


def load_upload(root: Path, upload: str) -> Upload:
    """An upload as it is now: where its process is gone without a word, it says so.

    Raises:
        NoSuchUpload.
    """
    u = load_record(root, upload)
    if u.running and u.pid and not _is_alive(u.pid):
        # The record may have been written between our look and the end of its process.
        u = load_record(root, upload)
        if u.running and not _is_alive(u.pid):
            return replace(u, state="refused", pid=0, told=STOPPED_MESSAGE)
    return u


STOPPED_MESSAGE = (
    "Reading it was stopped: it took more memory or time than a file may take here, or the workbench was restarted. "
    "Nothing of it was kept. Send it in smaller parts, or read it with `detente ingest`, which has no such limits."
)


def save_upload(root: Path, upload: Upload) -> None:
    """Write the record, whole."""
    folder = root / upload.id
    # Two may write at once, the reading process and who started it: each has its own.
    temporary = folder / f".record-{os.getpid()}-{secrets.token_hex(4)}"
    temporary.write_text(json.dumps(asdict(upload), ensure_ascii=False), encoding="utf-8")
    temporary.replace(folder / RECORD_NAME)


def delete_upload(root: Path, upload: str) -> None:
    """Remove an upload and all that belongs to it."""
    shutil.rmtree(folder_of(root, upload), ignore_errors=True)


def drop_file(root: Path, upload: Upload) -> None:
    """Remove the file itself; the record stays."""
    with suppress(OSError):
        (root / upload.id / upload.name).unlink()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        # A process that has ended and that nobody has asked about yet.
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return not Path("/proc").is_dir()


def _upload_from_dict(data: Mapping[str, Any]) -> Upload:
    report = data["report"]
    told = None
    if report is not None:
        reasons = tuple(UploadRejectReason(**r) for r in report["reasons"])
        told = UploadReport(**(report | {"reasons": reasons, "unused": tuple(report["unused"])}))
    return Upload(**(dict(data) | {"report": told}))
