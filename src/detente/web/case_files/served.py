"""The cases that a worker serves: those of its settings, then those written in the browser.

Each worker looks at the folder every few seconds and opens what is new or changed in a thread, so no restart is needed and
no request waits. A case that cannot be opened, for example because the store lacks its release, is tried again when its
file or the store changes.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock

from starlette.concurrency import run_in_threadpool

from detente.api.case import Case
from detente.core.errors import DetenteError
from detente.store.paths import LOG_FOLDER
from detente.web.case_files.folder import find_case_files
from detente.web.config import ServerConfig
from detente.web.errors import describe_for_browser
from detente.web.served_case import ServedCase

LOG = logging.getLogger("detente.web")
LOOK_EVERY_S = 2.0

Stamp = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OpenedCase:
    """A case file as it was opened: the stamp of file and store, the case, or why it could not be opened."""

    stamp: Stamp
    case: ServedCase | None
    problem: str = ""


class ServedCases(Mapping[str, Case]):
    """The served cases by id, each as its results were last made; `served` gives it with its record as it is now. Reading never waits; `refresh` takes a while and belongs in a thread.

    Args:
        fixed: the cases of the settings. settings: with the folder of the others. open_file: opens a case by its path.
        announce: called after a case was opened or changed, so that its results are prepared.
    """

    def __init__(
        self, fixed: Mapping[str, Case], settings: ServerConfig, open_file: Callable[[str], Case],
        announce: Callable[[Case], None] = lambda _case: None,
    ) -> None:  # fmt: skip
        self.settings = settings
        self._store = settings.notes_store
        self.fixed = {k: self._follow(c, partial(open_file, c.named)) for k, c in fixed.items()}
        self._open_file, self._announce = open_file, announce
        self._opened: dict[str, OpenedCase] = {}
        self._lock = Lock()

    def _follow(self, case: Case, reopen: Callable[[], Case]) -> ServedCase:
        return ServedCase(case, self._store, reopen)

    def served(self, key: str) -> ServedCase:
        """Return a case with its record as it is now.

        Raises:
            KeyError: no such case is served.
        """
        if key in self.fixed:
            return self.fixed[key]
        opened = self._opened.get(key)
        if opened is None or opened.case is None:
            raise KeyError(key)
        return opened.case

    def __getitem__(self, key: str) -> Case:
        return self.served(key).results

    def __iter__(self) -> Iterator[str]:
        yield from self.fixed
        yield from (k for k, o in list(self._opened.items()) if o.case is not None and k not in self.fixed)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def find_problem(self, key: str) -> str:
        """Return why a case written here could not be opened; empty if it was, or has not been tried yet."""
        opened = self._opened.get(key)
        return opened.problem if opened is not None else ""

    def is_current(self, key: str) -> bool:
        """Return whether this worker has opened, or tried to open, the present file of a case."""
        path = find_case_files(self.settings.case_folder).get(key)
        opened = self._opened.get(key)
        return path is not None and opened is not None and opened.stamp == self._stamp(path)

    def refresh(self) -> None:
        """Open what is new or changed in the folder, and forget what is gone."""
        with self._lock:
            files = find_case_files(self.settings.case_folder)
            for key in [k for k in self._opened if k not in files]:
                del self._opened[key]
            for key, path in files.items():
                stamp = self._stamp(path)
                if stamp and (key not in self._opened or self._opened[key].stamp != stamp):
                    self._opened[key] = self._open(key, path, stamp)

    def _open(self, key: str, path: Path, stamp: Stamp) -> OpenedCase:
        try:
            case = self._open_file(str(path))
            self._announce(case)
        except DetenteError as e:
            return OpenedCase(
                stamp,
                None,
                describe_for_browser(e).replace(str(path), "the case file").replace(str(path.parent), "its folder"),
            )
        except Exception as e:
            LOG.exception("Cannot open the case %s", key)
            return OpenedCase(
                stamp, None, f"{type(e).__name__} while it was opened; the log of the server has the reason."
            )
        return OpenedCase(stamp, self._follow(case, partial(self._open_file, str(path))))

    def _stamp(self, path: Path) -> Stamp:
        """Return what changes when a case or its data change; empty if the file has gone meanwhile."""
        try:
            file = path.stat()
        except OSError:
            return ()
        try:
            log = (self.settings.store / LOG_FOLDER).stat().st_mtime_ns if self.settings.case_store else 0
        except OSError:
            log = 0
        return file.st_mtime_ns, file.st_size, file.st_ino, log


async def watch_folder(cases: ServedCases) -> None:
    """Refresh the served cases again and again, until cancelled."""
    while True:
        try:
            await run_in_threadpool(cases.refresh)
        except OSError as e:
            LOG.warning("Cannot read the folder of cases: %s", e)
        await asyncio.sleep(LOOK_EVERY_S)
