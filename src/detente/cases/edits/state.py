"""What a journal makes of the record: the state of each changed event, and the changes that wait for a second person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from detente.cases.edits.entry import JournalEntry


@dataclass(frozen=True, slots=True)
class EventState:
    """The state of one event that the journal names.

    Fields:
        key: its id. entries: the changes in force that led here, in order. row: its values now; empty where those of the
            record's file hold. retracted: whether it is out of the record. added: whether the journal brought it.
    """

    key: str
    entries: tuple[JournalEntry, ...] = ()
    row: Mapping[str, str] = field(default_factory=dict)
    retracted: bool = False
    added: bool = False

    @property
    def version(self) -> int:
        """The number of the latest change in force; 0 if there is none."""
        return self.entries[-1].number if self.entries else 0


@dataclass(frozen=True, slots=True)
class JournalState:
    """Events by id, and proposed changes without a decision, in order."""

    events: Mapping[str, EventState]
    waiting: tuple[JournalEntry, ...]

    def of(self, key: str) -> EventState:
        """The state of an event; an untouched one if the journal does not name it."""
        return self.events.get(key, EventState(key))


def fold_entries(entries: Iterable[JournalEntry]) -> JournalState:
    """Apply the entries in order. A proposed change counts from its acceptance on.

    Example:
        >>> from datetime import UTC, datetime
        >>> at = datetime(2026, 11, 5, tzinfo=UTC)
        >>> proposed = JournalEntry(1, at, "Ann", "retract", "DL-20251009-01", "Told twice.", proposed=True)
        >>> fold_entries([proposed]).of("DL-20251009-01").retracted
        False
        >>> accepted = JournalEntry(2, at, "Ben", "accept", "DL-20251009-01", of=1)
        >>> fold_entries([proposed, accepted]).of("DL-20251009-01").retracted
        True
    """
    events: dict[str, EventState] = {}
    waiting: dict[int, JournalEntry] = {}
    for e in entries:
        if e.action in ("accept", "refuse"):
            proposal = waiting.pop(e.of, None)
            if proposal is not None and e.action == "accept":
                events[proposal.event] = _apply(events.get(proposal.event), proposal)
        elif e.proposed:
            waiting[e.number] = e
        else:
            events[e.event] = _apply(events.get(e.event), e)
    return JournalState(events, tuple(waiting.values()))


def _apply(before: EventState | None, e: JournalEntry) -> EventState:
    was = before or EventState(e.event, added=e.action == "add")
    row = e.row if e.action in ("add", "edit") else was.row
    retracted = e.action == "retract" if e.action in ("retract", "restore") else was.retracted
    return EventState(e.event, (*was.entries, e), row, retracted, was.added)
