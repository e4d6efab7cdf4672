"""A served case, which follows its record: pages of events show a change at once, results once they are made again.

A worker looks at the journal of a case at most once a second. When it has changed, the case is opened again; until its
results are in the cache, pages of results show those of the record before, and say so.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

from detente.api.case import Case
from detente.cases.edits.journal import journal_path, read_journal
from detente.core.disk_cache import use_cache
from detente.core.errors import DetenteError

LOOK_AGAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class RecordUpdate:
    """A change of the record that results do not hold yet: when the record last changed, and how many changes it has."""

    at: datetime
    changes: int


class ServedCase:
    """One case: as its record is now (`record`), and as results were last made for it (`results`).

    Args:
        case: as opened at the start. store: beside which its journal lies; None follows no journal.
        reopen: opens it as it is now.
    """

    def __init__(self, case: Case, store: Path | None, reopen: Callable[[], Case]) -> None:
        self._record = self._results = case
        self._store, self._reopen = store, reopen
        self._looked, self._lock = 0.0, Lock()

    def look(self, *, now: bool = False) -> None:
        """Follow the journal, at most once a second unless `now`. A damaged journal changes nothing."""
        if self._store is None or (not now and time.monotonic() - self._looked < LOOK_AGAIN_S):
            return
        if not self._lock.acquire(blocking=now):
            return  # another thread is opening it; this one shows what there is
        try:
            digest = read_journal(journal_path(self._store, self._record.id)).digest
            if digest != _digest(self._record):
                self._record = self._reopen()
            if self._results is not self._record and _has_results(self._record):
                self._results = self._record
        except DetenteError:
            return
        finally:
            self._looked = time.monotonic()
            self._lock.release()

    @property
    def record(self) -> Case:
        """The case as its record is now."""
        self.look()
        return self._record

    @property
    def results(self) -> Case:
        """The case whose results are shown: the newest that has any, else that of the start."""
        self.look()
        return self._results

    @property
    def update(self) -> RecordUpdate | None:
        """The change that results do not hold yet; None if they are of the record as it is."""
        if self._results is self._record or (edits := self._record.g.edits) is None:
            return None
        before = self._results.g.edits
        return RecordUpdate(edits.last, edits.entries - (before.entries if before else 0))


def _digest(case: Case) -> str:
    return case.g.edits.digest if case.g.edits else ""


def _has_results(case: Case) -> bool:
    with use_cache(case.cache):
        return case.computes or case.document_if_ready is not None
