"""The list of a case's events: filtered, counted, sorted and paginated."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente.api.case import Case
from detente.api.case_cache import cached_per_case
from detente.api.events import facets
from detente.api.events.event_row import EventRow, build_event_row
from detente.api.events.facets import FacetChoice, FacetGroup
from detente.api.events.filter_text import describe_filters
from detente.api.events.filters import (
    FILTER_DESCRIPTIONS,
    EventQuery,
    build_filter_masks,
    build_query_address,
    find_event_positions,
    measure_filter_effects,
    parse_event_query,
)
from detente.api.events.pivot import PivotLayout, build_event_pivot
from detente.api.events.selection import EventSelection
from detente.api.events.sorting import SortOrder
from detente.api.events.table import BoolArray, EventColumns, get_event_columns
from detente.cases.testimony import describe_gaps, find_gaps
from detente.web.event_export import AllEventsPage, ExportLink, build_export_links, stream_all_events
from detente.web.event_selection import get_selection_view
from detente.web.event_views import (
    TABLE_COLUMNS,
    VIEW_DESCRIPTIONS,
    VIEW_NAMES,
    ColumnChoice,
    EventView,
    ViewLink,
    ViewName,
    build_column_choices,
    build_view_address,
    parse_event_view,
)
from detente.web.map.page import get_basemap
from detente.web.map.selection import SelectionMap
from detente.web.page_number import parse_page_number
from detente.web.pivot_table import PivotTable, build_pivot_table
from detente.web.record.access import may_edit
from detente.web.rendering.responses import get_record_case, page_routes, provenance_footer, respond, wants_json

PAGE_SIZE = 50
SORT_TEXT: Mapping[SortOrder, str] = {"newest": "newest first", "oldest": "oldest first", "deaths": "most deaths first"}
VIEW_TEXT: Mapping[ViewName, str] = {"list": "List", "table": "Table", "pivot": "Pivot"}


@dataclass(frozen=True, slots=True)
class EmptyResultReason:
    """The effect of one filter of an empty result in words, the number of events without it, and that list's address."""

    said: str
    without: int
    address: str


@dataclass(frozen=True, slots=True)
class EventsPage:
    """A page of events.

    Fields:
        query: the filters. view: how the events are shown. said: the same in words, one entry for each filter.
        found, total: matching events and all events. first, last: range of the matches on this page, from 1.
        page, pages: number of this page, from 1, and of pages.
        channels, types, actors, initiators, recipients, places, precisions: the values of each filter with their counts.
        selection: the matching events in numbers. months: the address of the events of each of its periods.
        map: their places, None if the case has no geometry. pivot: None in other views.
        columns: of the table. views: the same selection in each view.
        rows: the events of the page, none in a pivot. emptied: for an empty result, the effect of each filter.
        search_example: words to search for, of the case's crossings or its most named place; or empty.
        unrecorded: for an empty result, what it asks for and no source of the case records, in a sentence; or empty.
        sorts: sort orders with the address of the sorted list. files: downloads of the matching events.
        before, after: addresses of the neighbouring pages, empty at the ends. all: the address without filters.
    """

    query: EventQuery
    view: EventView
    said: tuple[str, ...]
    found: int
    total: int
    first: int
    last: int
    page: int
    pages: int
    channels: tuple[FacetChoice, ...]
    types: tuple[FacetChoice, ...]
    actors: tuple[FacetChoice, ...]
    initiators: tuple[FacetChoice, ...]
    recipients: tuple[FacetChoice, ...]
    places: tuple[FacetGroup, ...]
    precisions: tuple[FacetChoice, ...]
    selection: EventSelection
    months: tuple[str, ...]
    map: SelectionMap | None
    pivot: PivotTable | None
    columns: tuple[ColumnChoice, ...]
    views: tuple[ViewLink, ...]
    rows: tuple[EventRow, ...]
    emptied: tuple[EmptyResultReason, ...]
    unrecorded: str
    search_example: str
    sorts: tuple[tuple[str, str, bool], ...]
    files: tuple[ExportLink, ...]
    before: str
    after: str
    all: str


LIST_VIEW = EventView()


@cached_per_case(64)
def _get_pivot(prepared: Case, query: EventQuery, layout: PivotLayout, here: str, file: str) -> PivotTable:
    columns = get_event_columns(prepared)
    order = find_event_positions(columns, query, build_filter_masks(columns, query))
    return build_pivot_table(here, query, build_event_pivot(prepared, columns, query, order, layout), file)


def build_events_page(prepared: Case, query: EventQuery, page: int = 1, shown_as: EventView = LIST_VIEW) -> EventsPage:
    """Build a page of the list, the table or the pivot.

    Raises:
        HTTPException: 404, if there is no such page. BadEventQuery: a pivot with too many columns.
    """
    columns = get_event_columns(prepared)
    masks = build_filter_masks(columns, query)
    order = find_event_positions(columns, query, masks)
    is_pivot = shown_as.view == "pivot"
    pages = 1 if is_pivot else max(-(-len(order) // PAGE_SIZE), 1)
    if not 1 <= page <= pages:
        raise HTTPException(
            404, f"There is no page {page}. The list has {pages} page{'s' if pages != 1 else ''} of {PAGE_SIZE} events."
        )
    here = f"/{prepared.id}/events"
    shown = order[:0] if is_pivot else order[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    selection = get_selection_view(prepared, replace(query, sort="newest"))
    pivot = None
    if is_pivot:
        file = build_view_address(f"{here}.csv", query, shown_as)
        pivot = _get_pivot(prepared, query, shown_as.layout, here, file)
    return EventsPage(
        query=query,
        view=shown_as,
        said=tuple(describe_filters(prepared, query).values()),
        found=len(order),
        total=len(columns.events),
        first=(page - 1) * PAGE_SIZE + 1 if len(order) else 0,
        last=(page - 1) * PAGE_SIZE + len(shown),
        page=page,
        pages=pages,
        channels=facets.count_channels(prepared, columns, query, masks),
        types=facets.count_types(prepared, columns, query, masks),
        actors=facets.count_actors(prepared, columns, query, masks),
        places=facets.count_places(prepared, columns, query, masks),
        initiators=facets.count_sides(prepared, columns, query, masks, "initiator"),
        recipients=facets.count_sides(prepared, columns, query, masks, "recipient"),
        precisions=facets.count_precisions(columns, query, masks),
        selection=selection.numbers,
        months=selection.addresses,
        map=selection.map,
        pivot=pivot,
        columns=build_column_choices(
            TABLE_COLUMNS,
            shown_as.columns,
            query.sort,
            lambda s: build_view_address(here, replace(query, sort=s), shown_as),
        ),
        views=tuple(
            ViewLink(v, VIEW_TEXT[v], build_view_address(here, query, replace(shown_as, view=v))) for v in VIEW_NAMES
        ),
        rows=tuple(build_event_row(prepared, columns.events[i]) for i in shown),
        emptied=() if len(order) else _explain_empty_result(prepared, columns, query, masks),
        search_example=_find_search_example(prepared),
        unrecorded="" if len(order) else _describe_unrecorded(prepared, query),
        sorts=tuple(
            (text, build_view_address(here, replace(query, sort=s), shown_as), s == query.sort)
            for s, text in SORT_TEXT.items()
        ),
        files=build_export_links(here, query),
        before=build_view_address(here, query, shown_as, page - 1) if page > 1 else "",
        after=build_view_address(here, query, shown_as, page + 1) if page < pages else "",
        all=here,
    )


@cached_per_case()
def _find_search_example(prepared: Case) -> str:
    if prepared.case.crossings:
        return f"{prepared.case.crossings[0].name} truck"
    named = Counter(e.place.name for e in prepared.g.events if e.place.name and e.place.name in e.summary)
    return min(named, key=lambda name: (-named[name], name), default="")


def _describe_unrecorded(prepared: Case, query: EventQuery) -> str:
    gaps = find_gaps(prepared.g, {"channels": query.channel, "types": query.type})
    return f"{describe_gaps(prepared.g, gaps)}." if gaps else ""


def _explain_empty_result(
    prepared: Case, columns: EventColumns, query: EventQuery, masks: Mapping[str, BoolArray]
) -> tuple[EmptyResultReason, ...]:
    words, here = describe_filters(prepared, query), f"/{prepared.id}/events"
    blank = EventQuery()
    fields = {"from": "first", "to": "last"}
    out = []
    for e in measure_filter_effects(columns, masks):
        field = fields.get(e.filter, e.filter)
        without = replace(query, **{field: getattr(blank, field)})
        total = len(columns.events)
        alone = f"by itself {e.alone:,} of {total:,} events" if e.alone else "matches no event"
        out.append(EmptyResultReason(f"{words[e.filter]}: {alone}", e.without, build_query_address(here, without)))
    return tuple(out)


async def handler(request: Request) -> Response:
    """List events by filters; as JSON, `page=all` returns every matching event with all fields."""
    prepared = get_record_case(request)
    columns = await run_in_threadpool(get_event_columns, prepared)
    given = request.query_params.multi_items()
    query, shown_as = parse_event_query(given, columns), parse_event_view(given)
    if wants_json(request) and request.query_params.get("page") == "all":
        return await stream_all_events(request, prepared, query)
    content = await run_in_threadpool(build_events_page, prepared, query, parse_page_number(request), shown_as)
    bars = get_selection_view(prepared, replace(query, sort="newest")).bars
    foot, ground = provenance_footer(prepared), get_basemap(prepared)
    return respond(
        request, "events.html", content, foot=foot, title="Events", ground=ground, bars=bars, edits=may_edit(request)
    )


ROUTES: Sequence[Route] = page_routes(
    "/{case}/events",
    handler,
    page=(EventsPage, AllEventsPage),
    query={**FILTER_DESCRIPTIONS, **VIEW_DESCRIPTIONS, "page": "page number from 1; all: every event, as JSON"},
)
