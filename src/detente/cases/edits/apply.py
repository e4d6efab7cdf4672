"""Applies the journal to the events of a case as its source published them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from detente.cases.case_file import CaseFile
from detente.cases.edits.journal import Journal
from detente.cases.edits.row import SOURCE, find_faults, row_to_event
from detente.cases.edits.state import EventState, JournalState, fold_entries
from detente.core.row_error import RowError
from detente.events.event import Event
from detente.events.rejects import RejectedRow, TranslatedRelease, sort_events
from detente.sources.release import Release


@dataclass(frozen=True, slots=True)
class RecordEdits:
    """What people changed in the record of a case.

    Fields:
        added, corrected, retracted: ids. superseded: rows of the source and the journal that no longer count.
        entries: number of entries of the journal. last: time of the latest. waiting: number of proposed changes without a decision. states: of changed events, by id.
        originals: the same events as their source has them, with raw actors. digest: of the journal.
    """

    added: tuple[str, ...]
    corrected: tuple[str, ...]
    retracted: tuple[str, ...]
    superseded: int
    entries: int
    last: datetime
    waiting: int
    states: Mapping[str, EventState]
    originals: Mapping[str, Event]
    digest: str


@dataclass(frozen=True, slots=True)
class EditedRecord:
    """A case and its events after the journal: the case runs to the last day of an added event."""

    case: CaseFile
    harvest: TranslatedRelease
    edits: RecordEdits | None


def apply_journal(
    case: CaseFile, harvest: TranslatedRelease, journal: Journal, renamed: Mapping[str, str] | None = None
) -> EditedRecord:
    """Apply a journal: added and corrected events stand among the others, retracted ones are gone.

    A correction of an event that the source no longer has is rejected with its reason, so nothing is lost.

    Args:
        harvest: events with raw actors. renamed: old ids of the source's events to new ones.
    """
    if not journal.entries:
        return EditedRecord(case, harvest, None)
    state = fold_entries(journal.entries)
    moved = renamed or {}
    changed = {moved.get(k, k): s for k, s in state.events.items()}
    events = {e.id: e for e in harvest.events}
    named = {moved.get(e.event, e.event) for e in journal.entries}
    originals = {k: events[k] for k in named if k in events}
    rejected = list(harvest.set_aside)
    superseded = 0
    for key, s in changed.items():
        original = events.get(key)
        superseded += (original is not None and bool(s.row or s.retracted)) + (bool(s.row) and s.retracted)
        if s.retracted:
            events.pop(key, None)
        elif s.row:
            event, faults = _build_event(case, s, original)
            if event is None:
                rejected.append(RejectedRow(SOURCE, case.id, s.version, tuple(faults), ",".join(s.row.values())))
                superseded -= original is not None
            else:
                events[key] = event
    ids = set(events)
    last = max((e.day for e in events.values()), default=case.last)
    edits = RecordEdits(
        added=tuple(k for k, s in changed.items() if s.added and k in ids),
        corrected=tuple(k for k, s in changed.items() if s.row and not s.added and k in ids),
        retracted=tuple(k for k, s in changed.items() if s.retracted),
        superseded=superseded, entries=len(journal.entries), last=journal.entries[-1].at, waiting=len(state.waiting), states=changed, originals=originals,
        digest=journal.digest,
    )  # fmt: skip
    release = _name_release(harvest.release, state, edits)
    edited = TranslatedRelease(release, sort_events(events.values()), tuple(rejected))
    return EditedRecord(case.model_copy(update={"last": max(case.last, last)}), edited, edits)


def _build_event(case: CaseFile, s: EventState, original: Event | None) -> tuple[Event | None, list[RowError]]:
    if not s.added and original is None:
        remedy = "Add it as an event of its own, or retract the correction."
        return None, [RowError(s.version, "event_id", s.key, "the record no longer has this event", remedy)]
    read, faults = find_faults(case, s.row, s.version)
    return (row_to_event(case, read, original) if read is not None else None), faults


def _name_release(release: Release, state: JournalState, edits: RecordEdits) -> Release:
    n = len(edits.added) + len(edits.corrected) + len(edits.retracted)
    if not n:
        return release
    digest = sha256(f"{release.sha256} {edits.digest}".encode()).hexdigest()
    name = f"{release.name} with {n} change{'s' * (n != 1)} by its editors"
    known = max(release.known_on, *(_day(s.row) for s in state.events.values())) if state.events else release.known_on
    return Release(release.source, name, known, digest)


def _day(row: Mapping[str, str]) -> date:
    try:
        return date.fromisoformat(row.get("date_end", ""))
    except ValueError:
        return date.min
