"""Rejected rows with their reasons; events + rejected rows = rows read."""

from collections.abc import Iterable
from dataclasses import dataclass

from detente.core.row_error import RowError
from detente.events.event import Event
from detente.sources.release import Release


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One rejected row with all reasons.

    `raw` is the original line; for a row rejected after reading, it is id, day, initiators, recipients, type and summary,
    separated by commas.
    """

    source: str
    release: str
    row: int
    faults: tuple[RowError, ...]
    raw: str


@dataclass(frozen=True, slots=True)
class TranslatedRelease:
    """A translated release: events in order of day and id, and rejected rows."""

    release: Release
    events: tuple[Event, ...]
    set_aside: tuple[RejectedRow, ...]

    @property
    def rows(self) -> int:
        """Number of rows read: events and rejected rows."""
        return len(self.events) + len(self.set_aside)


def sort_events(events: Iterable[Event]) -> tuple[Event, ...]:
    """Sort events by day, then id."""
    return tuple(sorted(events, key=lambda e: (e.day, e.id)))
