"""Start worker processes and record how they end."""

import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from detente.web.uploads.errors import NoSuchUpload, UploadRefused
from detente.web.uploads.limits import MAX_WORKERS
from detente.web.uploads.model import (
    STOPPED_MESSAGE,
    Upload,
    UploadState,
    drop_file,
    load_record,
    load_upload,
    save_upload,
)


def start_worker(root: Path, upload: Upload, what: str, store: Path | None = None) -> Upload:
    """Start to read an upload (`read`) or to store it (`keep`).

    Raises:
        UploadRefused: too many workers are running.
    """
    busy = [u for u in list_uploads(root) if u.running and u.id != upload.id]
    if len(busy) >= MAX_WORKERS:
        raise UploadRefused(upload.name, f"{len(busy)} other files are being read", "Try again in a minute.")
    state: UploadState = "reading" if what == "read" else "keeping"
    started = replace(upload, state=state, events=0, told="")
    save_upload(root, started)
    folder = root / upload.id
    command = [sys.executable, "-m", "detente.web.uploads.worker", what, str(folder), *([str(store)] if store else [])]
    # The worker gets only what Python needs: the environment may hold the password of the database.
    inherited = {k: os.environ[k] for k in ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "SYSTEMROOT") if k in os.environ}
    environment = inherited | {"TMPDIR": str(folder), "HOME": str(folder), "ARROW_DEFAULT_MEMORY_POOL": "system"}
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )  # fmt: skip
    started = replace(started, pid=process.pid)
    threading.Thread(target=_wait_for_worker, args=(process, root, started), daemon=True).start()
    return started


def _wait_for_worker(process: "subprocess.Popen[bytes]", root: Path, upload: Upload) -> None:
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


def list_uploads(root: Path) -> tuple[Upload, ...]:
    """Return all uploads, newest first."""
    uploads = []
    for p in root.iterdir() if root.is_dir() else ():
        with suppress(NoSuchUpload):
            uploads.append(load_upload(root, p.name))
    return tuple(sorted(uploads, key=lambda u: -u.at))
