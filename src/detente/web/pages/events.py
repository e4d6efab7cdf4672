"""The list of a case's events: filtered, counted, sorted and paginated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente.api.case import Case
from detente.api.events import facets
from detente.api.events.event_row import EventRow, build_event_row
from detente.api.events.facets import FacetChoice, FacetGroup
from detente.api.events.filter_text import describe_filters
from detente.api.events.filters import (
    FILTER_DESCRIPTIONS,
    SORT_ORDERS,
    EventQuery,
    SortOrder,
    build_filter_masks,
    build_query_address,
    find_event_positions,
    measure_filter_effects,
    parse_event_query,
)
from detente.api.events.table import BoolArray, EventColumns, get_event_columns
from detente.web.event_export import AllEventsPage, ExportLink, build_export_links, stream_all_events
from detente.web.record.access import may_edit
from detente.web.rendering.responses import get_record_case, page_routes, provenance_footer, respond, wants_json

PAGE_SIZE = 50
SORT_TEXT: Mapping[SortOrder, str] = {"newest": "newest first", "oldest": "oldest first", "deaths": "most deaths first"}


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
        query: the filters. said: the same in words, one entry for each filter.
        found, total: matching events and all events. first, last: range of the matches on this page, from 1.
        page, pages: number of this page, from 1, and of pages.
        channels, types, actors, places, precisions: the values of each filter with their counts.
        rows: the events of the page. emptied: for an empty result, the effect of each filter.
        sorts: sort orders with the address of the sorted list. files: downloads of the matching events.
        before, after: addresses of the neighbouring pages, empty at the ends. all: the address without filters.
    """

    query: EventQuery
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
    places: tuple[FacetGroup, ...]
    precisions: tuple[FacetChoice, ...]
    rows: tuple[EventRow, ...]
    emptied: tuple[EmptyResultReason, ...]
    sorts: tuple[tuple[str, str, bool], ...]
    files: tuple[ExportLink, ...]
    before: str
    after: str
    all: str


def build_events_page(prepared: Case, query: EventQuery, page: int = 1) -> EventsPage:
    """Build a page of the list.

    Raises:
        HTTPException: 404, if there is no such page.
    """
    columns = get_event_columns(prepared)
    masks = build_filter_masks(columns, query)
    order = find_event_positions(columns, query, masks)
    pages = max(-(-len(order) // PAGE_SIZE), 1)
    if not 1 <= page <= pages:
        raise HTTPException(
            404, f"There is no page {page}. The list has {pages} page{'s' if pages != 1 else ''} of {PAGE_SIZE} events."
        )
    here = f"/{prepared.id}/events"
    shown = order[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return EventsPage(
        query=query,
        said=tuple(describe_filters(prepared, query).values()),
        found=len(order),
        total=len(columns.events),
        first=(page - 1) * PAGE_SIZE + 1 if len(order) else 0,
        last=(page - 1) * PAGE_SIZE + len(shown),
        page=page,
        pages=pages,
        channels=facets.count_channels(columns, query, masks),
        types=facets.count_types(columns, query, masks),
        actors=facets.count_actors(prepared, columns, query, masks),
        places=facets.count_places(prepared, columns, query, masks),
        precisions=facets.count_precisions(columns, query, masks),
        rows=tuple(build_event_row(prepared, columns.events[i]) for i in shown),
        emptied=() if len(order) else _explain_empty_result(prepared, columns, query, masks),
        sorts=tuple(
            (SORT_TEXT[s], build_query_address(here, replace(query, sort=s)), s == query.sort) for s in SORT_ORDERS
        ),
        files=build_export_links(here, query),
        before=build_query_address(here, query, page=page - 1) if page > 1 else "",
        after=build_query_address(here, query, page=page + 1) if page < pages else "",
        all=here,
    )


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


def parse_page_number(request: Request) -> int:
    """Parse the query parameter `page`, 1 by default.

    Raises:
        HTTPException: 404, if it is not a number.
    """
    text = request.query_params.get("page", "1").strip() or "1"
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise HTTPException(404, f"There is no page {text[:20]!r}. Write a number from 1.")
    return int(text)


async def handler(request: Request) -> Response:
    """List events by filters; as JSON, `page=all` returns every matching event with all fields."""
    prepared = get_record_case(request)
    columns = await run_in_threadpool(get_event_columns, prepared)
    query = parse_event_query(request.query_params.multi_items(), columns)
    if wants_json(request) and request.query_params.get("page") == "all":
        return await stream_all_events(prepared, query)
    content = build_events_page(prepared, query, parse_page_number(request))
    return respond(
        request, "events.html", content, foot=provenance_footer(prepared), title="Events", edits=may_edit(request)
    )


ROUTES: Sequence[Route] = page_routes(
    "/{case}/events",
    handler,
    page=(EventsPage, AllEventsPage),
    query={**FILTER_DESCRIPTIONS, "page": "page number from 1; all: every event, as JSON"},
)
