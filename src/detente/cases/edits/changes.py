"""Changes of the record: each is checked, then written to the journal before the function returns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from detente.cases.edits.apply import RecordEdits
from detente.cases.edits.entry import CHANGES, MAX_NAME, MAX_REASON, Action, JournalEntry
from detente.cases.edits.errors import EditConflict, EditRefused, UnknownEvent
from detente.cases.edits.journal import Journal, append_entries, journal_path
from detente.cases.edits.row import clean_row, event_to_row, next_id, read_row
from detente.cases.edits.state import EventState, JournalState, fold_entries
from detente.cases.load import CaseData
from detente.events.event import Event

MAX_IMPORT = 5000  # rows; more belong in a release of their own


@dataclass(frozen=True, slots=True)
class RecordEditor:
    """Who changes which record, and where the journal is.

    Fields:
        g: the case as it is open now, with all events known. store: the folder of the store beside which the journal lies.
        by: the author's name. review: whether a second person must accept each change.
    """

    g: CaseData
    store: Path
    by: str
    review: bool = False

    @property
    def path(self) -> Path:
        """The journal's path."""
        return journal_path(self.store, self.g.case.id)


def add_event(editor: RecordEditor, row: Mapping[str, str], reason: str = "") -> JournalEntry:
    """Add an event.

    Args:
        row: the codebook's columns; the id is given here.

    Raises:
        InvalidEvent: the row breaks the codebook; every fault is listed. EditRefused: no author's name.
        CannotWrite, BadJournal: nothing was changed.
    """
    values = clean_row(row)
    known = {e.id for e in editor.g.events}

    def decide(now: Journal) -> Sequence[JournalEntry]:
        taken = known | {e.event for e in now.entries}
        values["event_id"] = next_id(values["date_start"], taken)
        read_row(editor.g.case, values)
        return [_entry(editor, "add", values["event_id"], reason, values)]

    return _write(editor, decide)


def edit_event(
    editor: RecordEditor, key: str, changed: Mapping[str, str], reason: str, base: int | None = None
) -> JournalEntry:
    """Correct an event; it keeps its id.

    Args:
        changed: new values of some columns, or of all. base: the version of the event that the author saw; the present one if
            not given.

    Raises:
        UnknownEvent: no event has this id. EditConflict: the event was changed since `base`.
        EditRefused: nothing differs, the event is retracted, or no reason is given. InvalidEvent: as in `add_event`.
    """
    event = find_event(editor.g, key)

    def decide(now: Journal) -> Sequence[JournalEntry]:
        state = fold_entries(now.entries).of(event.id)
        _check_base(state, base, present=True)
        before = current_row(state, event)
        row = clean_row(before | dict(changed)) | {"event_id": event.id}
        if row == clean_row(before):
            raise EditRefused(f"{event.id} has these values already. Nothing was saved.")
        read_row(editor.g.case, row)
        return [_entry(editor, "edit", event.id, _need_reason(reason), row, state.version)]

    return _write(editor, decide)


def retract_event(editor: RecordEditor, key: str, reason: str, base: int | None = None) -> JournalEntry:
    """Take an event out of the record; its address says who retracted it and why.

    Raises: as `edit_event`.
    """
    event = find_event(editor.g, key)

    def decide(now: Journal) -> Sequence[JournalEntry]:
        state = fold_entries(now.entries).of(event.id)
        _check_base(state, base, present=True)
        return [_entry(editor, "retract", event.id, _need_reason(reason), {}, state.version)]

    return _write(editor, decide)


def restore_event(editor: RecordEditor, key: str, reason: str, base: int | None = None) -> JournalEntry:
    """Put a retracted event back as it was.

    Raises: as `edit_event`; EditRefused if it is not retracted.
    """

    def decide(now: Journal) -> Sequence[JournalEntry]:
        state = fold_entries(now.entries).of(key)
        if not state.retracted:
            raise EditRefused(f"{key[:80]!r} is not retracted. Nothing was saved.")
        _check_base(state, base, present=False)
        return [_entry(editor, "restore", key, _need_reason(reason), {}, state.version)]

    return _write(editor, decide)


def decide_change(editor: RecordEditor, number: int, accept: bool, reason: str = "") -> JournalEntry:
    """Accept or refuse a proposed change of another person.

    Raises:
        EditRefused: no such change waits, or it is the author's own. EditConflict: its event was changed since.
    """

    def decide(now: Journal) -> Sequence[JournalEntry]:
        state = fold_entries(now.entries)
        found = next((e for e in state.waiting if e.number == number), None)
        if found is None:
            raise EditRefused(f"No change {number} waits for a decision. Nothing was saved.")
        if accept and found.by.casefold() == editor.by.casefold():
            raise EditRefused(f"Change {number} is your own. A second person must accept it.")
        if accept:
            _check_base(state.of(found.event), found.base, present=None)
        action: Action = "accept" if accept else "refuse"
        note = reason if accept else _need_reason(reason)
        return [_entry(editor, action, found.event, note, {}, of=number)]

    return _write(editor, decide)


def import_rows(editor: RecordEditor, rows: Sequence[Mapping[str, str]], reason: str) -> tuple[JournalEntry, ...]:
    """Add and correct many events, all or none.

    Args:
        rows: valid rows, as `plan_import` sorts them: without an id a new event, with the id of an event its correction.

    Raises: as `add_event` and `edit_event`.
    """
    if len(rows) > MAX_IMPORT:
        raise EditRefused(
            f"{len(rows):,} rows are more than {MAX_IMPORT:,}. Add them to the store as a release of their own."
        )
    known = {e.id: e for e in editor.g.events}

    def decide(now: Journal) -> Sequence[JournalEntry]:
        state, out = fold_entries(now.entries), []
        taken = set(known) | {e.event for e in now.entries}
        for n, row in enumerate(rows, start=2):
            values = clean_row(row)
            event = known.get(values["event_id"])
            if event is not None:
                s = state.of(event.id)
                _check_base(s, None, present=True)
                if values == clean_row(current_row(s, event)):
                    continue
                read_row(editor.g.case, values, n)
                out.append(_entry(editor, "edit", event.id, _need_reason(reason), values, s.version))
                continue
            values["event_id"] = next_id(values["date_start"], taken)
            read_row(editor.g.case, values, n)
            taken.add(values["event_id"])
            out.append(_entry(editor, "add", values["event_id"], reason, values))
        return out

    return _write_all(editor, decide)


def find_event(g: CaseData, key: str) -> Event:
    """Return the event with this id, or with the new one of an id that moved.

    Raises:
        UnknownEvent: there is none. EditRefused: it is retracted.
    """
    wanted = g.current_id(key)
    if g.edits and wanted in g.edits.retracted:
        last = g.edits.states[wanted].entries[-1]
        raise EditRefused(f"{last.by} retracted {wanted}: {last.reason} Restore it before you change it.")
    found = next((e for e in g.events if e.id == wanted), None)
    if found is None:
        raise UnknownEvent(key, [e.id for e in g.events])
    return found


def current_row(state: EventState | None, event: Event) -> dict[str, str]:
    """The values of an event now: those of the journal, else those of the record as it was opened."""
    return dict(state.row) if state is not None and state.row else event_to_row(event)


def version_of(edits: RecordEdits | None, key: str) -> int:
    """The version of an event that a page shows; 0 for one that nobody changed."""
    return edits.states[key].version if edits and key in edits.states else 0


def state_of(journal: Journal) -> JournalState:
    """The state that a journal leads to."""
    return fold_entries(journal.entries)


def _check_base(state: EventState, base: int | None, present: bool | None) -> None:
    if base is not None and base != state.version:
        raise EditConflict(state.key, state.entries[-1])
    if present and state.retracted:
        last = state.entries[-1]
        raise EditRefused(f"{last.by} retracted {state.key}: {last.reason} Restore it before you change it.")


def _need_reason(reason: str) -> str:
    if not reason.strip():
        raise EditRefused("No reason is given. Say in a few words why the record changes.")
    return reason


def _entry(
    editor: RecordEditor, action: Action, key: str, reason: str, row: Mapping[str, str], base: int = 0, of: int = 0
) -> JournalEntry:
    name, why = " ".join(editor.by.split()), " ".join(reason.split())
    if not name or len(name) > MAX_NAME:
        raise EditRefused(f"The author's name must have 1 to {MAX_NAME} characters.")
    if len(why) > MAX_REASON:
        raise EditRefused(f"The reason has {len(why)} characters; at most {MAX_REASON} are kept.")
    waits = editor.review and action in CHANGES
    return JournalEntry(0, datetime.now(UTC).replace(microsecond=0), name, action, key, why, row, base, waits, of)


def _write(editor: RecordEditor, decide: Callable[[Journal], Sequence[JournalEntry]]) -> JournalEntry:
    return _write_all(editor, decide)[-1]


def _write_all(editor: RecordEditor, decide: Callable[[Journal], Sequence[JournalEntry]]) -> tuple[JournalEntry, ...]:
    before = 0

    def counted(now: Journal) -> Sequence[JournalEntry]:
        nonlocal before
        before = len(now.entries)
        return decide(now)

    return append_entries(editor.path, counted).entries[before:]
