"""The process that reads a file, and on request puts it into the store: apart from the pages, and with limits.

python -m detente.web.uploads.worker read FOLDER            read it through, and report
python -m detente.web.uploads.worker keep FOLDER STORE      put it into the store
"""

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
from detente.events.reader import read_release
from detente.events.registry import FORMATS, PROVIDERS
from detente.events.row_account import EventStream
from detente.sources.archive import open_release
from detente.sources.chronology_schema import COLUMNS
from detente.sources.detect import detect_format
from detente.store.writer import add_release
from detente.web.uploads.archive_check import check_archive
from detente.web.uploads.limits import CPU_S, MAX_MEMORY_BYTES, MAX_WRITTEN_BYTES, WALL_S
from detente.web.uploads.model import Upload, UploadRejectReason, UploadReport, load_upload, save_upload

REJECTED_ROWS_NAME = "set_aside.csv"
MAX_REASONS = 50


def set_resource_limits() -> None:
    """Bound what this process may take; the kernel ends it where it takes more."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_WRITTEN_BYTES, MAX_WRITTEN_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(WALL_S)
    os.nice(5)


def main(what: str, folder: Path, store: Path | None) -> None:
    """Do it, and write into the record what has become of it."""
    root, upload = folder.parent, load_upload(folder.parent, folder.name)
    upload = replace(upload, pid=os.getpid())
    try:
        save_upload(root, upload)
        if what == "read":
            done = _read_upload(root, upload)
        else:
            assert store is not None
            done = _store_upload(root, upload, store)
    except DetenteError as e:
        # The message names the file by the folder it lies in, which tells a reader nothing.
        done = replace(upload, state="refused", told=str(e).replace(f"{folder}{os.sep}", ""))
    except MemoryError:
        why = "Reading it took more memory than a file may take here. Nothing of it was kept. Send it in smaller parts."
        done = replace(upload, state="refused", told=why)
    except (pa.ArrowException, OSError, ValueError, UnicodeError) as e:
        first = (str(e).splitlines() or [type(e).__name__])[0][:200]
        why = f"It cannot be read ({first}). Nothing of it was kept. Is it the file as its provider publishes it?"
        done = replace(upload, state="refused", told=why)
    except Exception:  # whoever waits must hear of it; what it was stands in the log beside the file
        traceback.print_exc()
        why = "Reading it broke, and that is our fault. Nothing of it was kept. What broke is written down here."
        done = replace(upload, state="refused", told=why)
    save_upload(root, replace(done, pid=0))


def _make_progress_callback(root: Path, upload: Upload) -> Callable[[int], None]:
    last = time.monotonic()

    def told(events: int) -> None:
        nonlocal last
        if time.monotonic() - last > 0.5:
            last = time.monotonic()
            save_upload(root, replace(upload, events=events))

    return told


def _open_reading(root: Path, upload: Upload) -> EventStream:
    path = root / upload.id / upload.name
    check_archive(path)
    return read_release(path, known_on=date.fromisoformat(upload.known_on) if upload.known_on else None)


def _read_upload(root: Path, upload: Upload) -> Upload:
    reading, told = _open_reading(root, upload), _make_progress_callback(root, upload)
    events = 0
    first: date | None = None
    last: date | None = None
    for batch in reading.events:
        events += batch.num_rows
        days = pc.min_max(batch.column("first")).as_py()
        first = min((d for d in (first, days["min"]) if d), default=None)
        last = max((d for d in (last, days["max"]) if d), default=None)
        told(events)
    account = reading.account()
    aside = account.set_aside
    folder = root / upload.id
    pyarrow.csv.write_csv(aside.drop_columns(["source"]), folder / REJECTED_ROWS_NAME)
    kind, columns, unused = _read_columns(folder / upload.name, reading.release.source)
    report = UploadReport(
        source=reading.release.source, format=kind, release=reading.release.name, known_on=str(reading.release.known_on),
        rows=account.rows, events=account.events, merged=account.merged, set_aside=aside.num_rows,
        first=str(first) if first else None, last=str(last) if last else None,
        reasons=_summarise_rejects(aside), columns=columns, unused=unused,
    )  # fmt: skip
    return replace(upload, state="read", events=events, report=report)


def _summarise_rejects(aside: pa.Table) -> tuple[UploadRejectReason, ...]:
    found: dict[str, UploadRejectReason] = {}
    for batch in aside.to_batches():
        for r in batch.to_pylist():
            # One reason names its value in the middle; those are told apart by column alone.
            key = f"{r['column']}|{r['reason'].replace(r['value'], '…') if r['value'] else r['reason']}"
            old = found.get(key)
            found[key] = (
                replace(old, rows=old.rows + 1)
                if old
                else UploadRejectReason(r["reason"], 1, r["row"], r["column"], r["value"][:80], r["remedy"])
            )
    return tuple(sorted(found.values(), key=lambda r: -r.rows)[:MAX_REASONS])


def _read_columns(path: Path, source: str) -> tuple[str, int, tuple[str, ...]]:
    """The format's name, how many columns the file has, and those that nothing is read from."""
    if source not in PROVIDERS:  # the chronology has a reader of its own, which uses every column
        return source, len(COLUMNS), ()
    like = detect_format(open_release(path), list(FORMATS), source)
    used = set(FORMATS[like.format].needs)
    return like.format.title, len(like.columns), tuple(c for c in like.columns if c not in used)


def _store_upload(root: Path, upload: Upload, store: Path) -> Upload:
    change = add_release(store, _open_reading(root, upload), told=_make_progress_callback(root, upload))
    words = {
        "added": f"It was added to the store in version {change.version}.",
        "replaced": f"It took the place of the release of that name in version {change.version}; the version before still holds that.",
        "unchanged": "The store holds the same bytes already; nothing was changed.",
    }
    return replace(upload, state="kept", told=words[change.what])


if __name__ == "__main__":
    set_resource_limits()
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
