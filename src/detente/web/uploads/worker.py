"""Worker process that reads an uploaded file, or stores it, under resource limits.

python -m detente.web.uploads.worker read FOLDER            read the file and report
python -m detente.web.uploads.worker keep FOLDER STORE SHA256      put the file into the store; it may replace that release
"""

import errno
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from detente.core.errors import DetenteError
from detente.core.formula_guard import guard_table
from detente.events.reader import plan_releases
from detente.events.registry import FORMATS, PROVIDERS
from detente.events.row_account import EventStream
from detente.sources.archive import open_release
from detente.sources.chronology_schema import COLUMNS
from detente.sources.detect import detect_format
from detente.store.writer import add_release
from detente.web.uploads.archive_check import check_archive
from detente.web.uploads.errors import UploadRefused
from detente.web.uploads.limits import CPU_S, MAX_MEMORY_BYTES, MAX_WRITTEN_BYTES, WALL_S
from detente.web.uploads.model import Upload, UploadRejectReason, UploadReport, load_upload, save_upload
from detente.web.uploads.stored_release import find_stored_release

REJECTED_ROWS_NAME = "set_aside.csv"
MAX_REASONS = 50


def set_resource_limits() -> None:
    """Limit time, memory and file size of this process; the kernel enforces the limits."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_WRITTEN_BYTES, MAX_WRITTEN_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(WALL_S)
    os.nice(5)


def main(what: str, folder: Path, store: Path | None, replaces: str = "") -> None:
    """Read or store the upload and write the result into its record."""
    root, upload = folder.parent, replace(load_upload(folder.parent, folder.name), pid=os.getpid())
    try:
        save_upload(root, upload)
        if what == "read":
            done = _read_upload(root, upload)
        else:
            assert store is not None
            done = _store_upload(root, upload, store, replaces)
    except Exception as e:  # the reader waits for a result, whatever the error is
        done = replace(upload, state="refused", told=_describe_error(e, folder))
    save_upload(root, replace(done, pid=0))


def _describe_error(error: Exception, folder: Path) -> str:
    if isinstance(error, DetenteError):
        return str(error).replace(f"{folder}{os.sep}", "")  # readers know the file, not the server's folder
    if isinstance(error, MemoryError):
        return "The file needs more memory than allowed, so nothing was stored. Send it in smaller parts."
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk of this server is full, so nothing was stored. Tell those who run it, and send the file again later."
    if isinstance(error, pa.ArrowException | OSError | ValueError):
        first = (str(error).splitlines() or [type(error).__name__])[0][:200]
        return f"The file cannot be read ({first}), so nothing was stored. Send it as its provider publishes it."
    traceback.print_exception(error)  # to the log in the folder of the file
    return "Internal error. It has been logged; nothing was stored."


def _make_progress_callback(root: Path, upload: Upload) -> Callable[[int], None]:
    last = time.monotonic()

    def save_progress(events: int) -> None:
        nonlocal last
        if time.monotonic() - last > 0.5:
            last = time.monotonic()
            save_upload(root, replace(upload, events=events))

    return save_progress


def _open_reading(root: Path, upload: Upload) -> EventStream:
    path = root / upload.id / upload.name
    check_archive(path)
    plan = plan_releases(path, known_on=date.fromisoformat(upload.known_on) if upload.known_on else None)
    if len(plan.releases) > 1:
        names = [r.name for r in plan.releases]
        shown = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
        raise UploadRefused(upload.name, f"it holds several releases ({shown})", "Send each of these files by itself.")
    return plan.releases[0].open()


def _read_upload(root: Path, upload: Upload) -> Upload:
    reading, save_progress = _open_reading(root, upload), _make_progress_callback(root, upload)
    events = 0
    first: date | None = None
    last: date | None = None
    for batch in reading.events:
        events += batch.num_rows
        days = pc.min_max(batch.column("first")).as_py()
        first = min((d for d in (first, days["min"]) if d), default=None)
        last = max((d for d in (last, days["max"]) if d), default=None)
        save_progress(events)
    account, folder = reading.account(), root / upload.id
    rejected = account.set_aside
    pyarrow.csv.write_csv(guard_table(rejected.drop_columns(["source"])), folder / REJECTED_ROWS_NAME)
    kind, columns, unused = _read_columns(folder / upload.name, reading.release.source)
    report = UploadReport(
        source=reading.release.source, format=kind, release=reading.release.name, known_on=str(reading.release.known_on),
        rows=account.rows, events=account.events, merged=account.merged, set_aside=rejected.num_rows,
        first=str(first) if first else None, last=str(last) if last else None,
        reasons=_summarise_rejects(rejected), columns=columns, unused=unused, sha256=reading.release.sha256,
    )  # fmt: skip
    return replace(upload, state="read", events=events, report=report)


def _summarise_rejects(rejected: pa.Table) -> tuple[UploadRejectReason, ...]:
    reasons: dict[str, UploadRejectReason] = {}
    for batch in rejected.to_batches():
        for r in batch.to_pylist():
            # A reason may quote the value of its row; without the value it groups with its like.
            key = f"{r['column']}|{r['reason'].replace(r['value'], '…') if r['value'] else r['reason']}"
            first = UploadRejectReason(r["reason"], 0, r["row"], r["column"], r["value"][:80], r["remedy"])
            known = reasons.get(key, first)
            reasons[key] = replace(known, rows=known.rows + 1)
    return tuple(sorted(reasons.values(), key=lambda r: -r.rows)[:MAX_REASONS])


def _read_columns(path: Path, source: str) -> tuple[str, int, tuple[str, ...]]:
    """Return the format's title, the number of columns, and the unused columns."""
    if source not in PROVIDERS:  # the reader of chronologies uses every column
        return source, len(COLUMNS), ()
    like = detect_format(open_release(path), list(FORMATS), source)
    used = set(FORMATS[like.format].needs)
    return like.format.title, len(like.columns), tuple(c for c in like.columns if c not in used)


def _store_upload(root: Path, upload: Upload, store: Path, replaces: str) -> Upload:
    reading = _open_reading(root, upload)
    name = f"{reading.release.source}/{reading.release.name}"
    there = find_stored_release(store, name)
    if there is not None and there.sha256 not in (replaces, reading.release.sha256):
        why = f"the store holds another release of the name {name}, which nobody agreed to replace"
        raise UploadRefused(upload.name, why, "Send the file again, and look at that release first.")
    change = add_release(store, reading, told=_make_progress_callback(root, upload))
    messages = {
        "added": f"It was added to the store in version {change.version}.",
        "replaced": f"It took the place of the release of that name in version {change.version}; the version before still holds that.",
        "unchanged": "The store holds the same bytes already; nothing was changed.",
    }
    return replace(upload, state="kept", told=messages[change.what])


if __name__ == "__main__":
    set_resource_limits()
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None, *sys.argv[4:5])
