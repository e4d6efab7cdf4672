"""Releases in the store that go on after the last day of a case, as those do that were added after it was written."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from detente.cases.case_file import CaseFile
from detente.cases.user_data import find_covered_days, find_stored_releases
from detente.core.errors import DetenteError
from detente.store.snapshot import open_version


@dataclass(frozen=True, slots=True)
class LaterReleases:
    """The releases of a source that cover days after `to`, the last day of the case; `last` is the last day that they cover."""

    source: str
    to: date
    last: date
    names: tuple[str, ...]


def find_later_releases(case: CaseFile, store: Path | None) -> tuple[LaterReleases, ...]:
    """Find by source the releases of a store that go on after a case; none if the store cannot be read."""
    if store is None:
        return ()
    found = []
    try:
        now = open_version(store)
        for brought in case.brought:
            ends = {k.release: days[1] for k in find_stored_releases(now, brought) if (days := find_covered_days(k))}
            names = tuple(n for n, end in ends.items() if end > case.last)
            if names:
                found.append(LaterReleases(brought.source, case.last, max(ends.values()), names))
    except DetenteError:
        return ()
    return tuple(found)
