"""Start worker processes and record how they end."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from filelock import FileLock

from detente.web.uploads.errors import NoSuchUpload, UploadRefused
from detente.web.uploads.limits import MAX_WORKERS
from detente.web.uploads.model import (
    LOCK_NAME,
    STOPPED_MESSAGE,
    WORKER_STATES,
    Upload,
    UploadState,
    drop_file,
    list_uploads,
    load_record,
    save_upload,
)


def start_worker(
    root: Path, upload: Upload, what: str, store: Path | None = None, replaces: str = "",
    ended: Callable[[Upload], None] = lambda _: None,
) -> Upload:  # fmt: skip
    """Start to read an upload (`read`) or to store it (`keep`).

    Args:
        store: for `keep`. replaces: SHA-256 of the release that may be replaced; empty for none.
        ended: called with the upload when the worker has ended.

    Raises:
        UploadRefused: too many workers are running, or one for this account.
    """
    state: UploadState = "reading" if what == "read" else "keeping"
    started = replace(upload, state=state, pid=0, events=0, told="")
    with FileLock(root / LOCK_NAME, mode=0o600):
        busy = [u for u in list_uploads(root) if u.state in WORKER_STATES and u.id != upload.id]
        if len(busy) >= MAX_WORKERS or any(u.by == upload.by for u in busy):
            whose = "your account" if any(u.by == upload.by for u in busy) else "other accounts"
            raise UploadRefused(upload.name, f"a file of {whose} is being read", "Try again in a minute.")
        save_upload(root, started)
    folder = root / upload.id
    command = [sys.executable, "-m", "detente.web.uploads.worker", what, str(folder)]
    command += [str(store), replaces] if store else []
    # The worker gets only what Python needs: the environment may hold the password of the database.
    inherited = {k: os.environ[k] for k in ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "SYSTEMROOT") if k in os.environ}
    if "PYTHONPATH" in inherited:  # the worker runs in another folder
        inherited["PYTHONPATH"] = os.pathsep.join(
            str(Path(p).absolute()) for p in inherited["PYTHONPATH"].split(os.pathsep) if p
        )
    environment = inherited | {"TMPDIR": str(folder), "HOME": str(folder), "ARROW_DEFAULT_MEMORY_POOL": "system"}
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )  # fmt: skip
    started = replace(started, pid=process.pid)
    threading.Thread(target=_wait_for_worker, args=(process, root, started, ended), daemon=True).start()
    return started


def _wait_for_worker(
    process: "subprocess.Popen[bytes]", root: Path, upload: Upload, ended: Callable[[Upload], None]
) -> None:
    process.wait()
    try:
        current = load_record(root, upload.id)
        # A reader may have started another worker meanwhile.
        if current.state == upload.state and current.pid in (0, process.pid):
            current = replace(current, state="refused", pid=0, told=STOPPED_MESSAGE)
            save_upload(root, current)
    except (NoSuchUpload, OSError):  # a reader discarded the upload meanwhile
        return
    if current.state in ("kept", "refused"):
        drop_file(root, upload)
    ended(current)
