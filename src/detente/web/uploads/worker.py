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
from detente.events.reader import read
from detente.events.registry import FORMATS, PROVIDERS
from detente.events.row_account import Reading
from detente.sources.archive import opened
from detente.sources.chronology_schema import COLUMNS
from detente.sources.detect import recognise
from detente.store.writer import add
from detente.web.uploads.archive_check import look
from detente.web.uploads.limits import CPU_S, FILE, MEMORY, WALL_S
from detente.web.uploads.model import Reason, Report, Upload, load, save

ASIDE = "set_aside.csv"
REASONS = 50


def limit() -> None:
    """Bound what this process may take; the kernel ends it where it takes more."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE, FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(WALL_S)
    os.nice(5)


def main(what: str, folder: Path, store: Path | None) -> None:
    """Do it, and write into the record what has become of it."""
    root, upload = folder.parent, load(folder.parent, folder.name)
    upload = replace(upload, pid=os.getpid())
    try:
        save(root, upload)
        if what == "read":
            done = _read(root, upload)
        else:
            assert store is not None
            done = _keep(root, upload, store)
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
    save(root, replace(done, pid=0))


def _progress(root: Path, upload: Upload) -> Callable[[int], None]:
    last = time.monotonic()

    def told(events: int) -> None:
        nonlocal last
        if time.monotonic() - last > 0.5:
            last = time.monotonic()
            save(root, replace(upload, events=events))

    return told


def _opened(root: Path, upload: Upload) -> Reading:
    path = root / upload.id / upload.name
    look(path)
    return read(path, known_on=date.fromisoformat(upload.known_on) if upload.known_on else None)


def _read(root: Path, upload: Upload) -> Upload:
    reading, told = _opened(root, upload), _progress(root, upload)
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
    pyarrow.csv.write_csv(aside.drop_columns(["source"]), folder / ASIDE)
    kind, columns, unused = _columns(folder / upload.name, reading.release.source)
    report = Report(
        source=reading.release.source, format=kind, release=reading.release.name, known_on=str(reading.release.known_on),
        rows=account.rows, events=account.events, merged=account.merged, set_aside=aside.num_rows,
        first=str(first) if first else None, last=str(last) if last else None,
        reasons=_reasons(aside), columns=columns, unused=unused,
    )  # fmt: skip
    return replace(upload, state="read", events=events, report=report)


def _reasons(aside: pa.Table) -> tuple[Reason, ...]:
    found: dict[str, Reason] = {}
    for batch in aside.to_batches():
        for r in batch.to_pylist():
            # One reason names its value in the middle; those are told apart by column alone.
            key = f"{r['column']}|{r['reason'].replace(r['value'], '…') if r['value'] else r['reason']}"
            old = found.get(key)
            found[key] = (
                replace(old, rows=old.rows + 1)
                if old
                else Reason(r["reason"], 1, r["row"], r["column"], r["value"][:80], r["remedy"])
            )
    return tuple(sorted(found.values(), key=lambda r: -r.rows)[:REASONS])


def _columns(path: Path, source: str) -> tuple[str, int, tuple[str, ...]]:
    """The format's name, how many columns the file has, and those that nothing is read from."""
    if source not in PROVIDERS:  # the chronology has a reader of its own, which uses every column
        return source, len(COLUMNS), ()
    like = recognise(opened(path), list(FORMATS), source)
    used = set(FORMATS[like.format].needs)
    return like.format.title, len(like.columns), tuple(c for c in like.columns if c not in used)


def _keep(root: Path, upload: Upload, store: Path) -> Upload:
    change = add(store, _opened(root, upload), told=_progress(root, upload))
    words = {
        "added": f"It was added to the store in version {change.version}.",
        "replaced": f"It took the place of the release of that name in version {change.version}; the version before still holds that.",
        "unchanged": "The store holds the same bytes already; nothing was changed.",
    }
    return replace(upload, state="kept", told=words[change.what])


if __name__ == "__main__":
    limit()
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
