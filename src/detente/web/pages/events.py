"""The events of a case: filtered, counted, sorted, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente.api.case import PreparedCase
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
from detente.web.rendering.responses import get_case, page_routes, provenance_footer, respond, wants_json

PAGE_SIZE = 50
SORT_TEXT: Mapping[SortOrder, str] = {"newest": "newest first", "oldest": "oldest first", "deaths": "most deaths first"}


@dataclass(frozen=True, slots=True)
class EmptyResultReason:
    """What a filter of an empty question does, in words, and where the list without it is."""

    said: str
    without: int
    address: str


@dataclass(frozen=True, slots=True)
class EventsPage:
    """A page of events.

    Fields:
        query: what was asked. said: the same in words, one entry a filter.
        found, total: events found and in the record. first, last: which of those found stand on this page, from 1.
        page, pages: which page this is, from 1, and how many there are.
        channels, types, actors, places, precisions: the words of each filter with their counts.
        rows: the events of the page. emptied: for an empty result, what each filter does.
        sorts: the orders, each with the address of the list in it. files: what was found, to take along.
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


def build_events_page(study: PreparedCase, query: EventQuery, page: int = 1) -> EventsPage:
    """The page's content.

    Raises:
        HTTPException: 404, there is no such page.
    """
    columns = get_event_columns(study)
    through = build_filter_masks(columns, query)
    order = find_event_positions(columns, query, through)
    pages = max(-(-len(order) // PAGE_SIZE), 1)
    if not 1 <= page <= pages:
        raise HTTPException(404, f"There is no page {page}: what was found fills {pages} of {PAGE_SIZE} events each.")
    here = f"/{study.id}/events"
    shown = order[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return EventsPage(
        query=query,
        said=tuple(describe_filters(study, query).values()),
        found=len(order),
        total=len(columns.events),
        first=(page - 1) * PAGE_SIZE + 1 if len(order) else 0,
        last=(page - 1) * PAGE_SIZE + len(shown),
        page=page,
        pages=pages,
        channels=facets.count_channels(columns, query, through),
        types=facets.count_types(columns, query, through),
        actors=facets.count_actors(study, columns, query, through),
        places=facets.count_places(study, columns, query, through),
        precisions=facets.count_precisions(columns, query, through),
        rows=tuple(build_event_row(study, columns.events[i]) for i in shown),
        emptied=() if len(order) else _explain_empty_result(study, columns, query, through),
        sorts=tuple(
            (SORT_TEXT[s], build_query_address(here, replace(query, sort=s)), s == query.sort) for s in SORT_ORDERS
        ),
        files=build_export_links(here, query),
        before=build_query_address(here, query, page=page - 1) if page > 1 else "",
        after=build_query_address(here, query, page=page + 1) if page < pages else "",
        all=here,
    )


def _explain_empty_result(
    study: PreparedCase, columns: EventColumns, query: EventQuery, through: Mapping[str, BoolArray]
) -> tuple[EmptyResultReason, ...]:
    words, here = describe_filters(study, query), f"/{study.id}/events"
    blank = EventQuery()
    fields = {"from": "first", "to": "last"}
    out = []
    for e in measure_filter_effects(columns, through):
        field = fields.get(e.filter, e.filter)
        without = replace(query, **{field: getattr(blank, field)})
        alone = (
            f"lets through {e.alone:,} of {len(columns.events):,} events by itself"
            if e.alone
            else "fits no event at all"
        )
        out.append(EmptyResultReason(f"{words[e.filter]}: {alone}", e.without, build_query_address(here, without)))
    return tuple(out)


def parse_page_number(request: Request) -> int:
    """The page in the address, the first if none is named.

    Raises:
        HTTPException: 404, it is no number.
    """
    text = request.query_params.get("page", "1").strip() or "1"
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise HTTPException(404, f"There is no page {text[:20]!r}. Pages are numbered from 1.")
    return int(text)


async def handler(request: Request) -> Response:
    """`/{case}/events`; as JSON, `page=all` gives every event found with all its fields."""
    study = get_case(request)
    columns = await run_in_threadpool(get_event_columns, study)
    query = parse_event_query(request.query_params.multi_items(), columns)
    if wants_json(request) and request.query_params.get("page") == "all":
        return await stream_all_events(study, query)
    content = build_events_page(study, query, parse_page_number(request))
    return respond(request, "events.html", content, foot=provenance_footer(study), title="Events")


ROUTES: Sequence[Route] = page_routes(
    "/{case}/events",
    handler,
    page=(EventsPage, AllEventsPage),
    query={**FILTER_DESCRIPTIONS, "page": "from 1; all: every event, as JSON"},
)
