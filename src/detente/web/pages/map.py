"""The map of a case with its crossings, and every kind of event by month."""

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from detente.api.case import Case
from detente.api.case_cache import cached_per_case
from detente.api.events.filters import EventQuery, parse_event_query
from detente.api.events.table import get_event_columns
from detente.cases.channel_rule import FORCE_CHANNELS
from detente.charts.event_timeline import draw_event_timeline
from detente.charts.inline.longer_view import draw_year_bars
from detente.charts.longer_view_data import YearBar, describe_longer_view
from detente.charts.picture import Picture, inline_svg
from detente.web.map.markers import MARKER_OFFSETS, MAX_RADIUS, MIN_RADIUS, RADIUS_GROWTH
from detente.web.map.page import EventMap, get_basemap, get_event_map
from detente.web.rendering.page_help import MAP_WITHOUT_CROSSINGS, MONTHS_WITHOUT_MAP, PageHelp
from detente.web.rendering.responses import get_record_case, page_routes, provenance_footer, respond

# Sizes and positions of markers, for the template and `map.js`.
SIZES = {
    "small": MIN_RADIUS, "grows": RADIUS_GROWTH, "large": MAX_RADIUS, "round": MARKER_OFFSETS, "force": FORCE_CHANNELS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MapPage:
    """The map of a query, the timeline of all events, and the longer view.

    Fields:
        map: None if the case has no geometry.
        years: another source's deaths by year in both states; empty where the case has none. cite: that source. marked: kinds of named period that its chart marks.
    """

    query: EventQuery
    map: EventMap | None
    timeline: Picture
    years: tuple[YearBar, ...]
    cite: str
    marked: tuple[str, ...]


@cached_per_case()
def _timeline(prepared: Case) -> Picture:
    return draw_event_timeline(prepared.view)


@cached_per_case()
def _timeline_svg(prepared: Case) -> str:
    return inline_svg(_timeline(prepared))


def build_map_page(prepared: Case, query: EventQuery = EventQuery()) -> MapPage:  # noqa: B008
    """Build the page; the map uses the query's kinds of event and days."""
    view = prepared.longer_view
    years, cite = (view.bars, view.figures.cite) if view else ((), "")
    marked = tuple(sorted({m.kind for m in view.marks})) if view else ()
    return MapPage(query, get_event_map(prepared, query), _timeline(prepared), years, cite, marked)


@cached_per_case()
def _draw_years(prepared: Case) -> dict[str, str]:
    view = prepared.longer_view
    if view is None:
        return {}
    states = {b.country: [x for x in view.bars if x.country == b.country] for b in view.bars}
    return {
        name: draw_year_bars(bars, view.marks, describe_longer_view(bars, view.figures.source))
        for name, bars in states.items()
    }


def _choose_help(prepared: Case, content: MapPage) -> PageHelp | None:
    if content.map is None:
        return MONTHS_WITHOUT_MAP
    return None if prepared.case.crossings else MAP_WITHOUT_CROSSINGS


async def handler(request: Request) -> Response:
    """Return the map of a case: events by place and kind, crossings, and events by month."""
    prepared = get_record_case(request)
    columns = await run_in_threadpool(get_event_columns, prepared)
    query = parse_event_query(request.query_params.multi_items(), columns)
    content = await run_in_threadpool(build_map_page, prepared, query)
    svg = await run_in_threadpool(_timeline_svg, prepared)
    return respond(
        request, "map.html", content, foot=provenance_footer(prepared), title="Map", ground=get_basemap(prepared), sizes=SIZES,
        svg=svg, help_text=_choose_help(prepared, content), drawn=_draw_years(prepared), roles={name: role for role, name in (("target", prepared.case.names.target), ("host", prepared.case.names.host))},
    )  # fmt: skip


ROUTES = page_routes("/{case}/map", handler, page=MapPage)
