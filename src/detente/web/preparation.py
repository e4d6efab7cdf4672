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
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock, Thread

from filelock import FileLock, Timeout
from starlette.requests import Request
from starlette.responses import Response

from detente.api.case import BeingComputed, Case, open_case
from detente.cases.case_file import load_case_file
from detente.cases.edits.journal import journal_path, read_journal
from detente.core.atomic_write import replace_file
from detente.core.disk_cache import DiskCache, use_cache
from detente.core.errors import DetenteError
from detente.web.case_files.folder import FILE_NAME, find_case_files
from detente.web.case_files.served import ServedCases
from detente.web.config import ENVIRONMENT_VARIABLE, ServerConfig, from_environment
from detente.web.rendering.responses import get_cases, json_response, provenance_footer, respond, wants_json

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
    """Return the cases as a server shows them: those given, then those written in the browser. Each follows its journal."""
    return ServedCases(cases, settings, lambda name: open_served_case(name, settings), announce_case)


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
    """Make everything that pages show, one case after the other.

    Cases that editors save meanwhile come last; a case whose file or record changes meanwhile is begun again.
    """
    done: set[tuple[str, int, str]] = set()
    while waiting := [s for s in (_stamp(n, settings) for n in list_case_names(settings)) if s not in done]:
        for stamp in waiting:
            done.add(stamp)
            _prepare_case(stamp[0], settings, stamp[2])


def list_case_names(settings: ServerConfig) -> tuple[str, ...]:
    """List the names of the cases of the settings, then the files of those written in the browser."""
    return (*settings.cases, *(str(p) for p in find_case_files(settings.case_folder).values()))


def _stamp(name: str, settings: ServerConfig) -> tuple[str, int, str]:
    """What a case's results depend on: its name, when its file was written, in nanoseconds, and its journal."""
    try:
        written = Path(name).stat().st_mtime_ns
    except OSError:
        written = 0  # a shipped case, or a file that has gone
    try:
        return name, written, _journal_digest(load_case_file(name).id, settings)
    except DetenteError:
        return name, written, ""  # it cannot be opened, which preparing it reports


def _journal_digest(case: str, settings: ServerConfig) -> str:
    return read_journal(journal_path(settings.notes_store, case)).digest if settings.notes_store else ""


def _prepare_case(name: str, settings: ServerConfig, digest: str) -> None:
    path = Path(name)
    progress = PreparationProgress(path.parent.name if path.name == FILE_NAME else path.stem)

    def report(step: str, done: int, total: int) -> None:
        nonlocal progress
        progress = PreparationProgress(progress.case, step, done, total)
        if _journal_digest(progress.case, settings) != digest:
            raise _RecordChanged
        write_progress(settings.cache, progress)

    try:
        case = open_served_case(name, settings, compute=True)
        progress = PreparationProgress(case.id)
        case.prepare(report)
    except _RecordChanged:
        return
    except Exception as e:
        LOG.exception("Cannot prepare %s", name)
        why = f"{type(e).__name__}: {e}"
        write_progress(
            settings.cache, PreparationProgress(progress.case, progress.step, progress.done, progress.total, why)
        )


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


def announce_case(case: Case) -> None:
    """Prepare a case that this worker has just opened, unless that is done. Outside `detente serve` nothing is prepared."""
    if os.environ.get(ENVIRONMENT_VARIABLE) and case.document_if_ready is None:
        start_preparing()


async def being_computed(request: Request, error: Exception) -> Response:
    """Answer a request for a result that is being computed: 202, the progress, and when to ask again."""
    assert isinstance(error, BeingComputed)
    settings: ServerConfig = request.app.state.settings
    progress = read_progress(settings.cache, error.case)
    # A case that was saved at the very end of a preparation has not begun.
    left_out = not progress.total and error.case in find_case_files(settings.case_folder)
    if (progress.finished or left_out) and os.environ.get(ENVIRONMENT_VARIABLE):
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


def main() -> None:
    """Prepare the cases of the settings in this process. Several processes of a server take turns, each finding what was made."""
    Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    os.nice(5)  # pages come first
    prepare_after_others(from_environment())


def _end_with_parent(parent: int) -> None:
    """End this process once the worker that started it is gone: a worker that is stopped runs no code at its end."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)  # results are written whole or not at all


if __name__ == "__main__":
    main()
