"""Upload records: a folder under a random id with the file and a JSON record of its state.

The record is replaced atomically, so the server's processes and the worker can all read and write it.
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
    """A reason for rejecting rows, their number, and the first of them as an example."""

    reason: str
    rows: int
    row: int
    column: str
    value: str
    remedy: str


@dataclass(frozen=True, slots=True)
class UploadReport:
    """Result of reading a file. Always `rows == events + merged + set_aside`.

    Fields:
        source, format: provider and format of the file. release: its name in the store. known_on: its publication day.
        first, last: earliest and latest first day of its events; None without events.
        set_aside: rejected rows. reasons: of the rejected rows, most frequent first.
        columns: number of columns. unused: names of the columns that are not read.
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
    """A file and its state.

    Fields:
        id: the random id. name, bytes: of the file. by: the account that sent it, or empty.
        known_on: publication day as stated by the sender, or empty. at: time of arrival, seconds since 1970.
        state: reading, read, keeping (being stored), kept (stored) or refused. pid: of the worker, 0 if none.
        events: number read so far. told: message on the result or the error. report: once it is read.
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
        """Whether a worker is reading or storing the file."""
        return self.state in RUNNING_STATES


def check_file_name(name: str) -> str:
    """Return the name if it is safe as a file name and as a release name in the store.

    Raises:
        UploadRefused: it contains a path, is hidden, is too long, or has an unsupported ending.

    Example:
        >>> check_file_name("GEDEvent_v26_0_1.csv")
        'GEDEvent_v26_0_1.csv'
    """
    if not name:
        raise UploadRefused(name, "no file was chosen", "Choose a file, then send it.")
    if "/" in name or "\\" in name or name.startswith("."):
        raise UploadRefused(name, "its name contains a path or starts with a dot", "Rename the file.")
    if len(name) > 120 or not all(c.isprintable() for c in name) or len(name.encode("utf-8", "replace")) > 200:
        raise UploadRefused(name, "its name is too long or contains invisible characters", "Rename the file.")
    if not name.lower().endswith(FILE_SUFFIXES):
        raise UploadRefused(name, "its file type is not supported", f"Send one of {' '.join(FILE_SUFFIXES)}.")
    return name


def remove_old_uploads(root: Path) -> None:
    """Remove expired uploads, then the oldest idle ones until there is room for another.

    Raises:
        UploadRefused: there is no room and a worker is busy with each of them.
    """
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    folders = sorted((p for p in root.iterdir() if p.is_dir() and not p.is_symlink()), key=lambda p: p.stat().st_mtime)
    for p in list(folders):
        if time.time() - p.stat().st_mtime > UPLOAD_LIFETIME_S:
            shutil.rmtree(p, ignore_errors=True)
            folders.remove(p)
    idle = [p for p in folders if not _is_busy(p)]
    while len(folders) >= MAX_UPLOADS:
        if not idle:
            raise UploadRefused("the file", f"{len(folders)} other files are being read", "Try again in a few minutes.")
        shutil.rmtree(oldest := idle.pop(0), ignore_errors=True)
        folders.remove(oldest)


def _is_busy(folder: Path) -> bool:
    try:
        return load_upload(folder.parent, folder.name).running
    except NoSuchUpload:
        # Without a record it is still arriving, unless the folder is old.
        return time.time() - folder.stat().st_mtime < 3600


def new_folder(root: Path) -> Path:
    """Create a folder with a random id as its name; only this user can read it."""
    folder = root / secrets.token_urlsafe(16)
    folder.mkdir(mode=0o700)
    return folder


def folder_of(root: Path, upload: str) -> Path:
    """Return the folder of an upload.

    Raises:
        NoSuchUpload: it does not exist, or the id is malformed.
    """
    folder = root / upload
    if not _ID.fullmatch(upload) or folder.is_symlink() or not folder.is_dir():
        raise NoSuchUpload
    return folder


def load_record(root: Path, upload: str) -> Upload:
    """Return an upload as recorded, or raise NoSuchUpload."""
    try:
        return _upload_from_dict(json.loads((folder_of(root, upload) / RECORD_NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError) as e:
        raise NoSuchUpload from e


def load_upload(root: Path, upload: str) -> Upload:
    """Return an upload, marked as refused if its worker died without a result; raise NoSuchUpload if unknown."""
    u = load_record(root, upload)
    if u.running and u.pid and not _is_alive(u.pid):
        # The worker may have written its result just before it ended.
        u = load_record(root, upload)
        if u.running and not _is_alive(u.pid):
            return replace(u, state="refused", pid=0, told=STOPPED_MESSAGE)
    return u


STOPPED_MESSAGE = (
    "The worker stopped: the file needs more memory or time than allowed, or the server was restarted. Nothing was stored; "
    "send it in smaller parts, or read it with `detente ingest`, which has no such limits."
)


def save_upload(root: Path, upload: Upload) -> None:
    """Replace the record atomically."""
    folder = root / upload.id
    # The worker and the server may write at once, so each uses its own temporary file.
    temporary = folder / f".record-{os.getpid()}-{secrets.token_hex(4)}"
    temporary.write_text(json.dumps(asdict(upload), ensure_ascii=False), encoding="utf-8")
    temporary.replace(folder / RECORD_NAME)


def delete_upload(root: Path, upload: str) -> None:
    """Remove an upload with its folder."""
    shutil.rmtree(folder_of(root, upload), ignore_errors=True)


def drop_file(root: Path, upload: Upload) -> None:
    """Remove the file of an upload; the record stays."""
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
        # A zombie (Z) has ended; its parent has not collected it yet.
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return not Path("/proc").is_dir()


def _upload_from_dict(data: Mapping[str, Any]) -> Upload:
    report = data["report"]
    if report is not None:
        reasons = tuple(UploadRejectReason(**r) for r in report["reasons"])
        report = UploadReport(**(report | {"reasons": reasons, "unused": tuple(report["unused"])}))
    return Upload(**(dict(data) | {"report": report}))
