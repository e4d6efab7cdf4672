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

from filelock import FileLock

from detente.web.uploads.errors import NoSuchUpload, UploadRefused
from detente.web.uploads.limits import (
    MAX_BUSY_PER_ACCOUNT,
    MAX_UPLOADS,
    MAX_UPLOADS_PER_ACCOUNT,
    UPLOAD_LIFETIME_S,
)

UploadState = Literal["arriving", "reading", "read", "keeping", "kept", "refused"]
WORKER_STATES: tuple[UploadState, ...] = ("reading", "keeping")
RUNNING_STATES: tuple[UploadState, ...] = ("arriving", *WORKER_STATES)
FILE_SUFFIXES = (".csv", ".tab", ".tsv", ".txt", ".zip", ".gz", ".xlsx")
RECORD_NAME = "record.json"
LOCK_NAME = ".lock"
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
        columns: number of columns. unused: names of the columns that are not read. sha256: of the file; empty in old records.
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
    sha256: str = ""

    @property
    def name(self) -> str:
        """The release's name in the store: `source/release`."""
        return f"{self.source}/{self.release}"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file and its state.

    Fields:
        id: the random id. name, bytes: of the file. by: the account that sent it, or empty.
        known_on: publication day as stated by the sender, or empty. at: time of arrival, seconds since 1970.
        state: arriving, reading, read, keeping (being stored), kept (stored) or refused.
        pid: of the process at work on it, 0 if none.
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
        """Whether the file is arriving, or a worker is reading or storing it."""
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


def reserve_upload(root: Path, by: str) -> Upload:
    """Make room for another upload of this account, and return it: its folder has a random id, for this user only.

    Expired uploads are removed, then those whose files are gone already, then the account's own idle ones. Nobody's waiting
    file makes room for another account's.

    Raises:
        UploadRefused: the account has too many files at work, or the server holds too many of other accounts.
    """
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    with FileLock(root / LOCK_NAME, mode=0o600):
        _make_room(root, by)
        folder = new_folder(root)
        upload = Upload(folder.name, "", 0, by, "", time.time(), "arriving", os.getpid())
        save_upload(root, upload)
    return upload


def _make_room(root: Path, by: str) -> None:
    uploads = []
    for u in list_uploads(root):
        # An upload at work stays, whatever the clock says.
        if not u.running and time.time() - u.at > UPLOAD_LIFETIME_S:
            delete_upload(root, u.id)
        else:
            uploads.append(u)
    own = [u for u in uploads if u.by == by]
    if (busy := sum(u.running for u in own)) >= MAX_BUSY_PER_ACCOUNT:
        raise UploadRefused("the file", f"{busy} files of your account are being read", "Try again in a few minutes.")
    finished = [u for u in uploads if u.state in ("kept", "refused")]
    idle = [u for u in own if u.state == "read"]
    while len(uploads) >= MAX_UPLOADS or len(own) >= MAX_UPLOADS_PER_ACCOUNT:
        candidates = [u for u in finished if len(own) < MAX_UPLOADS_PER_ACCOUNT or u in own] or idle
        if not candidates:
            why = f"the server holds {len(uploads)} files that were read and are waiting"
            raise UploadRefused("the file", why, "Try again later.")
        delete_upload(root, (oldest := min(candidates, key=lambda u: u.at)).id)
        for group in (uploads, own, finished, idle):
            if oldest in group:
                group.remove(oldest)


def list_uploads(root: Path) -> tuple[Upload, ...]:
    """Return all uploads, newest first."""
    uploads = []
    for p in root.iterdir() if root.is_dir() else ():
        with suppress(NoSuchUpload):
            uploads.append(load_upload(root, p.name))
    return tuple(sorted(uploads, key=lambda u: -u.at))


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
    "send it in smaller parts, or give it to those who run this workbench, who have no such limits."
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
