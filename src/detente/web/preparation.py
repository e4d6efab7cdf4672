"""Prepares the served cases in a process of its own, so that pages answer at once.

The process fills the cache folder, stage by stage, and says in a small file how far it is. Workers only read: a page whose
results are not there yet is answered with status 202 and the progress (`being_computed`), and loads itself again.
"""

import atexit
import json
import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from threading import Lock

from filelock import FileLock, Timeout
from starlette.requests import Request
from starlette.responses import Response

from detente.api.case import BeingComputed, Case, open_case
from detente.cases.edits.journal import journal_path, read_journal
from detente.core.atomic_write import replace_file
from detente.core.disk_cache import DiskCache, use_cache
from detente.web.config import ServerConfig, from_environment
from detente.web.rendering.responses import get_cases, json_response, provenance_footer, respond, wants_json
from detente.web.served_cases import ServedCase, ServedCases

LOG = logging.getLogger("detente.web")
RELOAD_SECONDS = 3


@dataclass(frozen=True, slots=True)
class PreparationProgress:
    """How far a case is prepared: the step at work, steps done and all, and why it failed, if it did."""

    case: str
    step: str = ""
    done: int = 0
    total: int = 0
    failed: str = ""

    @property
    def finished(self) -> bool:
        """True once every step is done."""
        return self.total > 0 and self.done == self.total


@dataclass(frozen=True, slots=True)
class BeingComputedPage:
    """A page whose results are being computed: how far they are, and when to ask again, in seconds."""

    what: str
    progress: PreparationProgress
    again: int


def open_served_case(name: str, settings: ServerConfig, *, compute: bool = False) -> Case:
    """Open a case whose results come from the cache folder; with `compute` they are made where missing."""
    with use_cache(DiskCache(settings.cache)) as cache:
        case = open_case(name, store=settings.case_store, compare=False)
        return Case(name, case.view, cache, compute=compute, store=settings.case_store)


def serve_cases(settings: ServerConfig, cases: Mapping[str, Case]) -> ServedCases:
    """Return the cases as a server shows them: each follows its journal, if the server reads the store."""
    store = settings.store if settings.read_store and settings.store != Path() else None
    return ServedCases(
        {c.id: ServedCase(c, store, partial(open_served_case, c.named, settings)) for c in cases.values()}
    )


def read_progress(cache: Path | None, case: str) -> PreparationProgress:
    """Read how far a case is; no steps if nothing is known."""
    try:
        found = json.loads(_progress_path(cache, case).read_text())
        return PreparationProgress(**found)
    except (OSError, ValueError, TypeError):
        return PreparationProgress(case)


def write_progress(cache: Path | None, progress: PreparationProgress) -> None:
    """Write how far a case is, whole or not at all."""
    path = _progress_path(cache, progress.case)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(path, json.dumps(asdict(progress)).encode(), 0o600)
    except OSError as e:
        LOG.warning("Cannot write %s: %s", path, e)


def _progress_path(cache: Path | None, case: str) -> Path:
    return (cache or Path()) / "progress" / f"{case}.json"


class _RecordChanged(Exception):
    """The record of a case changed while its results were made: they are begun again."""


def prepare_cases(settings: ServerConfig) -> None:
    """Make everything that pages show, one case after the other; a case whose record changes meanwhile is begun again."""
    for name in settings.cases:
        while not _prepare_case(name, settings):
            continue


def _prepare_case(name: str, settings: ServerConfig) -> bool:
    """Prepare a case; False if its record changed meanwhile."""
    case = open_served_case(name, settings, compute=True)
    progress = PreparationProgress(case.id)
    digest = case.g.edits.digest if case.g.edits else ""

    def report(step: str, done: int, total: int) -> None:
        nonlocal progress
        progress = PreparationProgress(case.id, step, done, total)
        if settings.read_store and read_journal(journal_path(settings.store, case.id)).digest != digest:
            raise _RecordChanged
        write_progress(settings.cache, progress)

    try:
        case.prepare(report)
    except _RecordChanged:
        return False
    except Exception as e:
        LOG.exception("Cannot prepare %s", name)
        why = f"{type(e).__name__}: {e}"
        write_progress(settings.cache, PreparationProgress(case.id, progress.step, progress.done, progress.total, why))
    return True


def prepare_after_others(settings: ServerConfig) -> None:
    """Prepare the cases once no other process does; return at once if another one waits already, since it will see the same."""
    folder = (settings.cache or Path()) / "progress"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    queue, work = FileLock(folder / "queue.lock", mode=0o600), FileLock(folder / "work.lock", mode=0o600)
    try:
        queue.acquire(blocking=False)
    except Timeout:
        return
    with work:
        queue.release()
        prepare_cases(settings)


_process: "list[subprocess.Popen[bytes]]" = []
_lock = Lock()


def start_preparing(*, again: bool = False) -> None:
    """Start the process that prepares the cases of this server's settings, unless one of this worker's runs already.

    Args:
        again: start it although one runs: it waits for the other, then makes what a change of the record needs.
    """
    with _lock:
        if not again and _process and _process[-1].poll() is None:
            return
        started = subprocess.Popen([sys.executable, "-m", "detente.web.preparation"], stdin=subprocess.DEVNULL)
        _process[:] = [started]
        atexit.register(started.terminate)


async def being_computed(request: Request, error: Exception) -> Response:
    """Answer a request for a result that is being computed: 202, the progress, and when to ask again."""
    assert isinstance(error, BeingComputed)
    cache = request.app.state.settings.cache
    progress = read_progress(cache, error.case)
    if progress.finished and os.environ.get("DETENTE_SERVE"):
        start_preparing()  # an entry was removed from the cache since
    page = BeingComputedPage(str(error), progress, RELOAD_SECONDS)
    headers = {"Retry-After": str(RELOAD_SECONDS), "Cache-Control": "no-store"}
    if wants_json(request):
        response: Response = json_response(page, 202)
    else:
        foot = provenance_footer(get_cases(request)[error.case])
        response = respond(request, "computing.html", page, foot=foot, title="Being computed", status=202)
    response.headers.update(headers)
    return response


if __name__ == "__main__":
    os.nice(5)  # pages come first
    prepare_after_others(from_environment())
