"""The changes that people made to the record of a case, with what differs and who decided on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from detente.cases.edits.entry import CHANGES, Action, JournalEntry
from detente.cases.edits.journal import Journal, journal_path, read_journal
from detente.cases.edits.row import event_to_row
from detente.cases.load import CaseData

Standing = Literal["in force", "waiting", "refused"]
COLUMN_TEXT: Mapping[str, str] = {
    "date_start": "first day", "date_end": "last day", "date_precision": "precision of the day", "country": "country",
    "admin1": "province", "place": "place", "latitude": "latitude", "longitude": "longitude",
    "geo_precision": "precision of the place", "initiator": "who acted", "target": "towards whom", "event_type": "type of act",
    "mode": "mode", "context": "context", "summary": "summary", "deaths_best": "deaths, best estimate",
    "deaths_low": "deaths, lowest", "deaths_high": "deaths, highest", "civilian_deaths": "civilian deaths",
    "disputed": "disputed", "sources": "reports", "confidence": "confidence",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """A value that differs: the column, its name in words, the old value and the new one; empty is unknown."""

    column: str
    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change of the record.

    Fields:
        number: of its entry. at, by, action, event, reason: when, who, what, to which event and why. summary: of the event.
        day: its first day, as text. differences: values that an edit changed. standing: in force, waiting for a second
            person, or refused. decided_by, decided_at, decided_why: of that person; empty and None without a decision.
    """

    number: int
    at: datetime
    by: str
    action: Action
    event: str
    reason: str
    summary: str
    day: str
    differences: tuple[ColumnChange, ...]
    standing: Standing
    decided_by: str
    decided_at: datetime | None
    decided_why: str


def list_changes(g: CaseData, journal: Journal) -> tuple[ChangeRow, ...]:
    """List the changes of a case, newest first.

    Args:
        g: the case as it is now. journal: of the case.
    """
    decisions = {e.of: e for e in journal.entries if e.action not in CHANGES}
    rows: dict[str, Mapping[str, str]] = {}
    out = []
    for e in journal.entries:
        if e.action not in CHANGES:
            continue
        decision = decisions.get(e.number)
        before = rows.get(e.event) or _original_row(g, e.event)
        after = e.row or before
        refused = decision is not None and decision.action == "refuse"
        waiting = e.proposed and decision is None
        if not refused and not waiting and e.row:
            rows[e.event] = e.row
        out.append(
            ChangeRow(
                e.number,
                e.at,
                e.by,
                e.action,
                e.event,
                e.reason,
                after.get("summary", ""),
                after.get("date_start", ""),
                find_differences(before, after) if e.action == "edit" else (),
                "refused" if refused else "waiting" if waiting else "in force",
                decision.by if decision else "",
                decision.at if decision else None,
                decision.reason if decision else "",
            )
        )
    return tuple(reversed(out))


def find_differences(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[ColumnChange, ...]:
    """List the columns whose values differ.

    Example:
        >>> find_differences({"deaths_best": "3"}, {"deaths_best": "4"})
        (ColumnChange(column='deaths_best', name='deaths, best estimate', old='3', new='4'),)
    """
    return tuple(
        ColumnChange(c, name, before.get(c, ""), after.get(c, ""))
        for c, name in COLUMN_TEXT.items()
        if before.get(c, "") != after.get(c, "")
    )


def read_case_journal(g: CaseData, store: Path) -> Journal:
    """Read the journal of a case beside a store; a case without one has no entries.

    Raises:
        BadJournal: it is damaged.
    """
    return read_journal(journal_path(store, g.case.id))


def describe_entry(e: JournalEntry) -> str:
    """Say what an entry did, as a line of a log.

    Example:
        >>> from datetime import UTC, datetime
        >>> describe_entry(JournalEntry(3, datetime(2026, 11, 5, tzinfo=UTC), "Ann", "retract", "DL-20251009-01", "Told twice."))
        'Ann retracted DL-20251009-01'
    """
    did = {"add": "added", "edit": "corrected", "retract": "retracted", "restore": "restored", "accept": "accepted the change of",
           "refuse": "refused the change of"}[e.action]  # fmt: skip
    if e.proposed:
        did = {"add": "proposes", "edit": "proposes to correct", "retract": "proposes to retract",
               "restore": "proposes to restore"}[e.action]  # fmt: skip
    return f"{e.by} {did} {e.event}"


def _original_row(g: CaseData, key: str) -> Mapping[str, str]:
    original = g.edits.originals.get(g.current_id(key)) if g.edits else None
    if original is not None:
        return event_to_row(original)
    found = next((e for e in g.events if e.id == g.current_id(key)), None)
    return event_to_row(found) if found is not None else {}
