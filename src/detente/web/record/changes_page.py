"""The changes of a record: the list for every reader, decisions of a second person, retracting and restoring, and the feed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from detente.api.case import Case
from detente.api.events.event_row import EventRow, build_event_address, build_event_row
from detente.api.record_changes import ChangeRow, list_changes, read_case_journal
from detente.cases.edits.changes import (
    RecordEditor,
    decide_change,
    find_event,
    restore_event,
    retract_event,
    version_of,
)
from detente.cases.edits.entry import MAX_REASON
from detente.cases.edits.errors import EditRefused
from detente.cases.edits.journal import Journal
from detente.web.accounts.permission import find_account_of
from detente.web.forms import read_form
from detente.web.openapi_route import form_route
from detente.web.page_number import parse_page_number
from detente.web.record.access import answer_errors, follow_change, may_edit, read_base, require_record_editor
from detente.web.rendering.atom import ATOM_MEDIA_TYPE, build_entry, render_feed
from detente.web.rendering.responses import get_record_case, page_routes, provenance_footer, respond

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change as a page shows it: `address` of its event, `mine` whether the reader made it."""

    change: ChangeRow
    address: str
    mine: bool


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """The changes of a record, newest first.

    Fields:
        waiting: proposed changes without a decision, oldest first. done: the others, one page of them. total: of all changes.
        event: only changes of this event, or empty. may_edit: whether the reader may change the record.
        page, pages: from 1. longest_reason: in characters.
    """

    waiting: tuple[ChangeView, ...]
    done: tuple[ChangeView, ...]
    total: int
    event: str
    may_edit: bool
    page: int
    pages: int
    longest_reason: int


@dataclass(frozen=True, slots=True)
class RetractPage:
    """The form that retracts or restores an event: its row (None where it is retracted), id, summary and version."""

    row: EventRow | None
    event: str
    summary: str
    base: int
    restores: bool
    longest_reason: int
    problem: str


def load_journal(request: Request, record: Case) -> Journal:
    """The journal of a served record; an empty one if the server reads no store."""
    store = request.app.state.settings.notes_store
    return read_case_journal(record.g, store) if store is not None else Journal(Path())


@answer_errors
async def changes_page(request: Request) -> Response:
    """List who changed the record, when and why."""
    record = get_record_case(request)
    event, page = request.query_params.get("event", "").strip(), parse_page_number(request)
    content = await run_in_threadpool(_build_changes_page, request, record, event, page)
    return respond(
        request, "record/changes.html", content, foot=provenance_footer(record), title="Changes of the record"
    )


def _build_changes_page(request: Request, record: Case, event: str, page: int) -> ChangesPage:
    rows = list_changes(record.g, load_journal(request, record))
    if event:
        rows = tuple(r for r in rows if record.g.current_id(r.event) == record.g.current_id(event))
    who = find_account_of(request)
    views = [ChangeView(r, build_event_address(record, r.event), who is not None and r.by == who.name) for r in rows]
    done = [v for v in views if v.change.standing != "waiting"]
    pages = max(1, -(-len(done) // PAGE_SIZE))
    if page > pages:
        raise HTTPException(404, f"There is no page {page}; the last one is {pages}.")
    waiting = tuple(reversed([v for v in views if v.change.standing == "waiting"]))
    shown = tuple(done[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    return ChangesPage(waiting, shown, len(rows), event, may_edit(request), page, pages, MAX_REASON)


@answer_errors
async def decide(request: Request) -> Response:
    """Accept or refuse a proposed change."""
    record = get_record_case(request)
    editor, form = require_record_editor(request, record), await read_form(request)
    if form.get("do") not in ("accept", "refuse"):
        raise HTTPException(400, "do must be accept or refuse. Nothing was saved.")
    number = request.path_params["number"]
    await run_in_threadpool(decide_change, editor, number, form["do"] == "accept", form.get("reason", ""))
    await run_in_threadpool(follow_change, request, record)
    return RedirectResponse(f"/{record.id}/record", 303)


@answer_errors
async def retract_page(request: Request) -> Response:
    """Show the form that takes an event out of the record, or puts it back."""
    record = get_record_case(request)
    require_record_editor(request, record)
    return _respond_retract(request, record, request.path_params["event"])


def _respond_retract(request: Request, record: Case, key: str, problem: str = "", status: int = 200) -> Response:
    state = record.g.edits.states.get(key) if record.g.edits else None
    if state is not None and state.retracted:
        original = record.g.edits.originals.get(key) if record.g.edits else None
        summary = state.row.get("summary", "") or (original.summary if original else "")
        content = RetractPage(None, key, summary, state.version, True, MAX_REASON, problem)
    else:
        event = find_event(record.g, key)
        row, base = build_event_row(record, event), version_of(record.g.edits, event.id)
        content = RetractPage(row, event.id, event.summary, base, False, MAX_REASON, problem)
    title = "Restore an event" if content.restores else "Retract an event"
    return respond(request, "record/retract.html", content, foot=provenance_footer(record), title=title, status=status)


@answer_errors
async def receive_retraction(request: Request) -> Response:
    """Take an event out of the record, or put it back."""
    record = get_record_case(request)
    editor, form = require_record_editor(request, record), await read_form(request)
    key, base = request.path_params["event"], read_base(form.get("base", ""))
    try:
        await run_in_threadpool(_retract_or_restore, editor, key, form.get("reason", ""), base)
    except EditRefused as e:
        return await run_in_threadpool(_respond_retract, request, record, key, str(e), 400)
    await run_in_threadpool(follow_change, request, record)
    return RedirectResponse(f"/{record.id}/record?event={key}", 303)


def _retract_or_restore(editor: RecordEditor, key: str, reason: str, base: int) -> None:
    state = editor.g.edits.states.get(key) if editor.g.edits else None
    if state is not None and state.retracted:
        restore_event(editor, key, reason, base)
    else:
        retract_event(editor, key, reason, base)


@answer_errors
async def changes_feed(request: Request) -> Response:
    """`/{case}/record.atom`: the latest changes as an Atom feed."""
    record = get_record_case(request)
    rows = await run_in_threadpool(list_changes, record.g, load_journal(request, record))
    at = request.app.state.settings.address.rstrip("/")
    here = f"/{record.id}/record"
    entries = [_build_entry(f"{at}{here}", r) for r in rows[:PAGE_SIZE]]
    updated = max((r.decided_at or r.at for r in rows), default=datetime.fromtimestamp(0, UTC))
    title = f"Changes of the record: {record.case.title}"
    feed = render_feed(at, f"{here}.atom", title, entries, updated)
    return Response(feed, media_type=ATOM_MEDIA_TYPE)


def _build_entry(page: str, r: ChangeRow) -> ET.Element:
    what = "; ".join(f"{d.name}: {d.old or 'unknown'} → {d.new or 'unknown'}" for d in r.differences)
    standing = "" if r.standing == "in force" else f"({r.standing})"
    text = " ".join(filter(None, (what or r.summary, r.reason, standing)))
    title = f"{r.action.capitalize()}: {r.summary[:120] or r.event}"
    return build_entry(f"{page}?event={r.event}#change-{r.number}", title, r.by, r.decided_at or r.at, r.at, text)


REASON = {"reason": "why, in a few words", "base": "version of the event that the author saw"}
ROUTES = (
    *page_routes(
        "/{case}/record", changes_page, page=ChangesPage,
        query={"event": "only changes of this event", "page": "page number from 1"},
    ),
    *page_routes("/{case}/record/retract/{event}", retract_page, page=RetractPage),
    form_route("/{case}/record/retract/{event}", receive_retraction, "retract or restore an event", REASON),
    form_route(
        "/{case}/record/decide/{number:int}", decide, "decide on a change",
        {"do": "accept or refuse", "reason": "optional: why; needed to refuse"},
    ),
)  # fmt: skip
