"""What every process of a test run needs and one may make: the first makes it, the others read it."""

import fcntl
import os
import pickle
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TypeVar

from detente.brief.build import BriefRequest, build_brief
from detente.brief.document import Brief

T = TypeVar("T")
MAX_AGE_S = 86_400


@contextmanager
def lock_folder(folder: Path, name: str = "lock") -> Iterator[None]:
    """One process at a time, in a folder that is made if it is not there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / name).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make_once(name: str, make: Callable[[], T]) -> T:
    """What `make` makes, once a run; without other processes it is simply made."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if run is None:
        return make()
    folder = Path(tempfile.gettempdir()) / f"detente-run-{run}"
    for old in folder.parent.glob("detente-run-*"):
        if time.time() - old.stat().st_mtime > MAX_AGE_S:
            shutil.rmtree(old, ignore_errors=True)
    with lock_folder(folder, f"{name}.lock"):
        file = folder / f"{name}.pickle"
        if not file.exists():
            file.write_bytes(pickle.dumps(make()))
        made: T = pickle.loads(file.read_bytes())
        return made


def brief_of_day(day: date) -> Brief:
    """The flagship's brief of a day, without robustness checks."""
    return make_once(f"brief-{day}", lambda: build_brief(BriefRequest("pakistan-afghanistan", day, checks=False)))


def flagship_brief() -> Brief:
    """The flagship's brief of its last day, with all checks."""
    request = BriefRequest("pakistan-afghanistan", command="detente brief pakistan-afghanistan")
    return make_once("flagship", lambda: build_brief(request))
