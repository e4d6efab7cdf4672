"""Rows that could not become events: kept, with the reason, so that events + set aside = rows."""

from collections.abc import Iterable
from dataclasses import dataclass

from detente.core.row_error import RowError
from detente.events.event import Event
from detente.sources.release import Release


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One row that is no event, and every reason why.

    `raw` is the line as it stood, or, for a row that was read and then set aside, its parts: id, day, who,
    to whom, type and summary, between commas.
    """

    source: str
    release: str
    row: int
    faults: tuple[RowError, ...]
    raw: str


@dataclass(frozen=True, slots=True)
class TranslatedRelease:
    """What came out of one release: events in order of day and id, and what was set aside."""

    release: Release
    events: tuple[Event, ...]
    set_aside: tuple[RejectedRow, ...]

    @property
    def rows(self) -> int:
        """Rows read: the two parts together, always."""
        return len(self.events) + len(self.set_aside)


def sort_events(events: Iterable[Event]) -> tuple[Event, ...]:
    """By day, then id: the order in which everything is counted and shown."""
    return tuple(sorted(events, key=lambda e: (e.day, e.id)))
