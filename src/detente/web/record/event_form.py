"""The form of one event: to add it or to correct it, with a preview of what the change does before it is saved."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from detente.api.case import Case
from detente.api.case_cache import cached_per_case
from detente.api.change_preview import ChangePreview, preview_change
from detente.api.events.event_row import build_event_address
from detente.api.known_places import complete_place, find_geography, list_known_places, locate_point
from detente.api.record_changes import COLUMN_TEXT, ColumnChange, find_differences
from detente.cases.edits.changes import RecordEditor, add_event, current_row, edit_event, find_event, version_of
from detente.cases.edits.entry import MAX_REASON, JournalEntry
from detente.cases.edits.errors import EditConflict, EditRefused, InvalidEvent
from detente.cases.edits.row import ID_PREFIX, clean_row, find_faults, row_to_event
from detente.core.clock import today
from detente.events.event import Event
from detente.web.forms import read_form
from detente.web.map.page import get_basemap
from detente.web.openapi_route import form_route
from detente.web.record.access import answer_errors, follow_change, needs_review, read_base, require_record_editor
from detente.web.record.fields import (
    FORM_FIELDS,
    MOST_ACTORS,
    SIDES,
    FormChoice,
    FormChoiceGroup,
    form_to_row,
    list_actors,
    list_acts,
    list_confidences,
    list_contexts,
    list_countries,
    row_to_form,
)
from detente.web.record.place_map import PlaceMapView, closer, image_height, read_click, read_view
from detente.web.rendering.responses import get_record_case, page_routes, provenance_footer, respond

# Fields of the form that hold a column's value, where its name differs.
FIELD_OF_COLUMN = {"initiator": "initiator_1", "target": "target_1", "event_type": "act", "mode": "act"}


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with a value: its field in the form, its name in words, why, and what to do."""

    field: str
    name: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class EventChoices:
    """What the selects and lists of the form offer."""

    acts: tuple[FormChoiceGroup, ...]
    actors: tuple[FormChoiceGroup, ...]
    contexts: tuple[FormChoice, ...]
    confidences: tuple[FormChoice, ...]
    countries: tuple[FormChoice, ...]
    provinces: tuple[str, ...]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventForm:
    """The form of an event.

    Fields:
        event: id of the event that is corrected; empty for a new one. summary: of that event as it is. action: where it is sent.
        fields: values by name. base: version of the event that the author saw. faults: what cannot be saved, field by field.
        problem: why the form as a whole was not carried out; empty if nothing is wrong. theirs: where somebody else changed the
            event meanwhile, the values of theirs that differ from these.
        preview: what saving would do; None before it was asked for, or with faults. differences: from the event as it is.
        choices: of the selects. rows: selects of actors for each side. map_address: of the small map, empty without one.
        map_height: in pixels. zoom, centre: of the small map. last_day: the latest day that can be given.
        review: whether a second person must accept the change. longest_reason: in characters.
    """

    event: str
    summary: str
    action: str
    fields: Mapping[str, str]
    base: int
    faults: tuple[FieldFault, ...]
    problem: str
    theirs: tuple[ColumnChange, ...]
    preview: ChangePreview | None
    differences: tuple[ColumnChange, ...]
    choices: EventChoices
    rows: Mapping[str, int]
    map_address: str
    map_height: int
    zoom: int
    centre: str
    last_day: str
    review: bool
    longest_reason: int


@cached_per_case(8)
def list_choices(record: Case) -> EventChoices:
    """The choices of a case's form."""
    places = list_known_places(record.g)
    provinces = {p.province for p in places if p.province}
    return EventChoices(
        list_acts(), list_actors(record.case), list_contexts(), list_confidences(),
        list_countries(record.case, Counter(e.place.country for e in record.g.events)),
        tuple(sorted(provinces)), tuple(dict.fromkeys(p.name for p in places)),
    )  # fmt: skip


@answer_errors
async def add_page(request: Request) -> Response:
    """Show the form of a new event."""
    record = get_record_case(request)
    require_record_editor(request, record)
    start = {"date_precision": "day", "disputed": "no", "confidence": "medium"}
    fields = {**start, **{k: v for k, v in request.query_params.items() if k in FORM_FIELDS}}
    return await run_in_threadpool(_respond, request, record, None, fields, 0)


@answer_errors
async def edit_page(request: Request) -> Response:
    """Show the form of an event with its values now."""
    record = get_record_case(request)
    require_record_editor(request, record)
    event = find_event(record.g, request.path_params["event"])
    return await run_in_threadpool(
        _respond, request, record, event, row_to_form(_row_now(record, event)), version_of(record.g.edits, event.id)
    )


@answer_errors
async def receive_added(request: Request) -> Response:
    """Preview or save a new event."""
    record = get_record_case(request)
    editor = require_record_editor(request, record)
    form = await read_form(request)
    return await run_in_threadpool(_receive, request, record, editor, None, form)


@answer_errors
async def receive_corrected(request: Request) -> Response:
    """Preview or save the correction of an event."""
    record = get_record_case(request)
    editor = require_record_editor(request, record)
    form = await read_form(request)
    event = find_event(record.g, request.path_params["event"])
    return await run_in_threadpool(_receive, request, record, editor, event, form)


def _receive(
    request: Request, record: Case, editor: RecordEditor, event: Event | None, form: dict[str, str]
) -> Response:
    base = read_base(form.get("base", "0"))
    ground = get_basemap(record)
    if ground is not None and ("point.x" in form or form.get("do") == "whole"):
        form = _move_map(
            record, form, None if form.get("do") == "whole" else (form["point.x"], form.get("point.y", ""))
        )
        return _respond(request, record, event, form, base)
    row = _complete(record, form_to_row(form), event)
    form = {**form, **row_to_form(row)}
    do = form.get("do", "preview")
    if do == "change":
        return _respond(request, record, event, form, base)
    if do != "save":
        return _respond(request, record, event, form, base, previewed=True)
    try:
        entry = _save(editor, event, row, form.get("reason", ""), base)
    except InvalidEvent:
        return _respond(request, record, event, form, base, previewed=True, status=422)
    except EditConflict as e:
        return _respond(request, record, event, form, base, problem=str(e), conflict=e, status=409)
    except EditRefused as e:
        return _respond(request, record, event, form, base, previewed=True, problem=str(e), status=400)
    follow_change(request, record)
    to = f"/{record.id}/record" if entry.proposed else build_event_address(record, entry.event)
    return RedirectResponse(to, 303)


def _save(editor: RecordEditor, event: Event | None, row: Mapping[str, str], reason: str, base: int) -> JournalEntry:
    if event is None:
        return add_event(editor, row, reason)
    return edit_event(editor, event.id, row, reason, base)


def _complete(record: Case, row: dict[str, str], event: Event | None) -> dict[str, str]:
    """Fill in what follows from the place; keep actors beyond the form's selects."""
    if event is not None:
        was = {"initiator": event.initiators, "target": event.recipients}
        for side, keys in was.items():
            row[side] = ";".join(filter(None, (row[side], *keys[MOST_ACTORS:])))
    return clean_row(complete_place(record.g, row))


def _move_map(record: Case, form: dict[str, str], click: tuple[str, str] | None) -> dict[str, str]:
    """Take the point that was clicked into the form, and draw the map closer around it; without a click, the whole map."""
    ground = get_basemap(record)
    assert ground is not None
    view = read_view(ground, form)
    if click is None:
        return form | {"zoom": "1", "centre": ""}
    point = read_click(ground, view, *click)
    if point is None:
        return form
    lon, lat = point
    land = find_geography(record.g)
    country, province = locate_point(land, lat, lon) if land else ("", "")
    near = closer(view, lon, lat)
    found = {"latitude": f"{lat:g}", "longitude": f"{lon:g}", "zoom": str(near.zoom), "centre": near.centre}
    found["geo_precision"] = "district" if view.zoom == 1 else "place"
    return form | found | ({"country": country, "admin1": province} if country else {})


def _respond(
    request: Request, record: Case, event: Event | None, fields: Mapping[str, str], base: int, *, previewed: bool = False,
    problem: str = "", conflict: EditConflict | None = None, status: int = 200,
) -> Response:  # fmt: skip
    g, row = record.g, form_to_row(fields)
    before = clean_row(_row_now(record, event)) if event is not None else {}
    faults = _list_faults(record, row) if previewed or status == 422 else ()
    preview = None
    if previewed and not faults:
        read, _ = find_faults(g.case, row | {"event_id": event.id if event else f"{ID_PREFIX}-new"})
        preview = preview_change(g, row_to_event(g.case, read, event), event) if read is not None else None
    ground = get_basemap(record)
    view = read_view(ground, fields) if ground is not None else PlaceMapView(1, 0, 0)
    where = f"&at={fields.get('longitude', '')},{fields.get('latitude', '')}"
    theirs = find_differences(row, dict(conflict.current.row)) if conflict is not None and conflict.current.row else ()
    content = EventForm(
        event.id if event else "", event.summary if event else "",
        f"/{record.id}/record/edit/{event.id}" if event else f"/{record.id}/record/add",
        {k: v for k, v in fields.items() if k in FORM_FIELDS},
        conflict.current.number if conflict is not None else base, faults, problem, theirs, preview,
        find_differences(before, row) if event is not None and previewed else (), list_choices(record),
        {side: min(MOST_ACTORS, len([1 for n in range(1, MOST_ACTORS + 1) if fields.get(f"{side}_{n}")]) + 1) for side in SIDES},
        f"/{record.id}/record/place-map.svg?{view.query}{where}" if ground is not None else "",
        image_height(ground) if ground is not None else 0, view.zoom, view.centre if view.zoom > 1 else "", str(today()),
        needs_review(request, record), MAX_REASON,
    )  # fmt: skip
    title = "Correct an event" if event else "Add an event"
    return respond(request, "record/form.html", content, foot=provenance_footer(record), title=title, status=status)


def _list_faults(record: Case, row: Mapping[str, str]) -> tuple[FieldFault, ...]:
    _, faults = find_faults(record.case, row)
    return tuple(
        FieldFault(FIELD_OF_COLUMN.get(f.column, f.column), COLUMN_TEXT.get(f.column, f.column), f.reason, f.remedy)
        for f in faults
    )


def _row_now(record: Case, event: Event) -> dict[str, str]:
    edits = record.g.edits
    return current_row(edits.states.get(event.id) if edits else None, event)


ROUTES = (
    *page_routes("/{case}/record/add", add_page, page=EventForm),
    form_route("/{case}/record/add", receive_added, "add an event", FORM_FIELDS),
    *page_routes("/{case}/record/edit/{event}", edit_page, page=EventForm),
    form_route("/{case}/record/edit/{event}", receive_corrected, "correct an event", FORM_FIELDS),
)
