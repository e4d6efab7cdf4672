"""What every process of a test run needs and one may make: the first makes it, the others read it."""

import fcntl
import os
import pickle
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from detente.brief.document import Brief
from detente.brief.outline import Request, brief

T = TypeVar("T")


def kept(name: str, make: Callable[[], T]) -> T:
    """What `make` makes, once a run; without other processes it is simply made."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if run is None:
        return make()
    folder = Path(tempfile.gettempdir()) / f"detente-run-{run}"
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        file = folder / f"{name}.pickle"
        if not file.exists():
            file.write_bytes(pickle.dumps(make()))
        made: T = pickle.loads(file.read_bytes())
        return made


def in_turn(things: list[T]) -> list[T]:
    """The same things, every second process from the other end, so that two do not wait for one another."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    return things[::-1] if int(worker.removeprefix("gw")) % 2 else things


def flagship_brief() -> Brief:
    """The flagship's brief of its last day, with all checks."""
    request = Request("pakistan-afghanistan", command="detente brief pakistan-afghanistan")
    return kept("flagship", lambda: brief(request))
