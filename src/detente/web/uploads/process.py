"""Starting the process that reads, and hearing how it ended."""

import os
import subprocess
import sys
import threading
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
    """Begin to read an upload (`read`), or to put it into the store (`keep`).

    Raises:
        UploadRefused: too many are being read already.
    """
    busy = [u for u in list_uploads(root) if u.running and u.id != upload.id]
    if len(busy) >= MAX_WORKERS:
        raise UploadRefused(upload.name, f"{len(busy)} other files are being read", "Try again in a minute.")
    state: UploadState = "reading" if what == "read" else "keeping"
    begun = replace(upload, state=state, events=0, told="")
    save_upload(root, begun)
    folder = root / upload.id
    command = [sys.executable, "-m", "detente.web.uploads.worker", what, str(folder), *([str(store)] if store else [])]
    # Nothing of our own environment but what Python needs: it holds the address of the database.
    passed = {k: os.environ[k] for k in ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "SYSTEMROOT") if k in os.environ}
    environment = passed | {"TMPDIR": str(folder), "HOME": str(folder), "ARROW_DEFAULT_MEMORY_POOL": "system"}
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    begun = replace(begun, pid=process.pid)
    threading.Thread(target=_wait_for_worker, args=(process, root, begun), daemon=True).start()
    return begun


def _wait_for_worker(process: "subprocess.Popen[bytes]", root: Path, upload: Upload) -> None:
    process.wait()
    try:
        now = load_record(root, upload.id)
        # By now somebody may have pressed again, and another process be at work.
        if now.state == upload.state and now.pid in (0, process.pid):
            now = replace(now, state="refused", pid=0, told=STOPPED_MESSAGE)
            save_upload(root, now)
    except (NoSuchUpload, OSError):  # it was discarded meanwhile
        return
    if now.state in ("kept", "refused"):
        drop_file(root, upload)


def list_uploads(root: Path) -> tuple[Upload, ...]:
    """All uploads that are there, newest first."""
    if not root.is_dir():
        return ()
    found = []
    for p in root.iterdir():
        try:
            found.append(load_upload(root, p.name))
        except NoSuchUpload:
            continue
    return tuple(sorted(found, key=lambda u: -u.at))
