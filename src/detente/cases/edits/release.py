"""The store's copy of a journal: the release `notes/CASE` holds the events that people added or corrected.

The journal decides. The copy is written after it, so that the store's list, history and checks show the same events.
"""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from detente.cases.case_file import CaseFile
from detente.cases.edits.journal import journal_path, read_journal
from detente.cases.edits.row import SOURCE, find_faults, row_to_event
from detente.cases.edits.state import fold_entries
from detente.events.arrow import to_table
from detente.events.event import Event
from detente.events.rejects import sort_events
from detente.events.row_account import REJECTS_SCHEMA, EventStream, RowAccount
from detente.sources.release import Release


def write_notes_release(case: CaseFile, store: Path) -> bool:
    """Write the release again from the journal, or remove it if no added or corrected event is left.

    Returns:
        Whether the store changed.

    Raises:
        BadJournal: the journal is damaged. CannotWrite, StoreBusy, CorruptStore and others of the store: it is unchanged.
    """
    from detente.store.open import open_or_create_table  # imports the table format, which few commands need
    from detente.store.snapshot import open_version
    from detente.store.writer import add_release, remove_release

    journal = read_journal(journal_path(store, case.id))
    events = _list_events(case, journal.path)
    if not events:
        open_or_create_table(store)  # a store that exists is read by default, and with it the journal
        name = f"{SOURCE}/{case.id}"
        return name in open_version(store).names and remove_release(store, name).what == "removed"
    table = to_table(events)
    known = max(e.known_on for e in events)
    release = Release(SOURCE, case.id, known, sha256(journal.digest.encode()).hexdigest())
    account = RowAccount(len(events), len(events), 0, REJECTS_SCHEMA.empty_table())
    return add_release(store, EventStream(release, table.to_reader(), lambda: account)).what != "unchanged"


def _list_events(case: CaseFile, path: Path) -> tuple[Event, ...]:
    out = []
    for state in fold_entries(read_journal(path).entries).events.values():
        if not state.row or state.retracted:
            continue
        read, _ = find_faults(case, state.row, state.version)
        if read is not None:  # one with faults is among the case's rejected rows
            out.append(replace(row_to_event(case, read), row=state.version))
    return sort_events(out)
