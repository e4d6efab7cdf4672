"""What people changed of one event, on its own page; and the page of a retracted event."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from detente.api.case import Case
from detente.api.record_changes import ChangeRow, list_changes
from detente.cases.edits.errors import BadJournal
from detente.web.record.access import may_edit
from detente.web.record.changes_page import load_journal
from detente.web.rendering.responses import provenance_footer, respond


@dataclass(frozen=True, slots=True)
class EventEdits:
    """Changes of an event, newest first, and whether the reader may change it."""

    changes: tuple[ChangeRow, ...]
    may_edit: bool


@dataclass(frozen=True, slots=True)
class RetractedPage:
    """A retracted event: its id, summary, and its changes, newest first."""

    event: str
    summary: str
    changes: tuple[ChangeRow, ...]
    may_edit: bool


def find_event_edits(request: Request, record: Case, key: str) -> EventEdits:
    """The changes of an event; none where the server reads no store, or its journal is damaged meanwhile."""
    try:
        journal = load_journal(request, record)
    except BadJournal:
        return EventEdits((), False)
    if key not in {record.g.current_id(e.event) for e in journal.entries}:
        return EventEdits((), may_edit(request))
    rows = list_changes(record.g, journal)
    return EventEdits(tuple(r for r in rows if record.g.current_id(r.event) == key), may_edit(request))


def respond_retracted(request: Request, record: Case, key: str) -> Response:
    """Say that an event was retracted, by whom and why: 410."""
    edits = find_event_edits(request, record, key)
    summary = edits.changes[0].summary if edits.changes else ""
    content = RetractedPage(key, summary, edits.changes, edits.may_edit)
    return respond(
        request, "record/retracted.html", content, foot=provenance_footer(record), title="Retracted event", status=410
    )
