"""The map of a case as a page model: markers, crossings, months and the query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from detente.api.case import Case
from detente.api.case_cache import cached_per_case
from detente.api.crossings import CrossingOn, crossings_on
from detente.api.events.facets import find_unrecorded_choices
from detente.api.events.filters import EventQuery
from detente.api.events.table import CHANNEL_OPTIONS, UNASSIGNED
from detente.cases.channel_rule import FORCE_CHANNELS
from detente.charts.inline.projection import MAP_WIDTH
from detente.core.date_range import format_date
from detente.web.map.basemap import Basemap, build_basemap
from detente.web.map.markers import MapEventCounts, MarkerGroup, build_markers, count_months_since
from detente.web.map.outline_basemap import build_outline_basemap


@dataclass(frozen=True, slots=True)
class RecordMonth:
    """A month of the record: events by channel, in the order of `CHANNEL_OPTIONS`, None for a channel that no source of the case
    records and of which no event is known; and its reporting coverage.

    `coverage` is the mean over its days, 0 without systematic collection. `shown` counts the events of the queried channels;
    `inside` is True if the queried window overlaps the month. `day` is the day of the crossings' states when the map's window
    ends in this month: the month's last day, or the last covered day if that is earlier.
    """

    name: str
    first: date
    events: tuple[int | None, ...]
    coverage: float
    shown: int
    inside: bool
    day: date


@dataclass(frozen=True, slots=True)
class EventMap:
    """The map of a query.

    Fields:
        width, height, km: of the drawing in its units, and drawing units per kilometre.
        channels: those shown. kinds: all channels, in order. unrecorded: those of which no source of the case could tell. window: the queried days in words.
        first, last: the queried first days of events; the ends of the record by default.
        spots: places with their markers, large ones first. accounted: every queried event, by how it is shown.
        day: of the crossings' states: the last day of the window, or the last covered day if that is earlier.
        watched_to: the last day of systematic collection. crossings: their states on `day`.
        months: of the whole record. source: of the boundaries.
    """

    width: float
    height: float
    km: float
    channels: tuple[str, ...]
    kinds: tuple[str, ...]
    unrecorded: tuple[str, ...]
    window: str
    first: date
    last: date
    spots: tuple[MarkerGroup, ...]
    accounted: MapEventCounts
    day: date
    watched_to: date
    crossings: tuple[CrossingOn, ...]
    months: tuple[RecordMonth, ...]
    source: str


@cached_per_case()
def get_basemap(prepared: Case) -> Basemap | None:
    """Return the basemap of a case, built once: from its geometry, else from country outlines; None without either."""
    return build_basemap(prepared.view) or build_outline_basemap(prepared.view)


def list_unrecorded_channels(prepared: Case) -> tuple[str, ...]:
    """List the channels that no source of the case records and of which no event is known: their zero is unknown."""
    unknown = find_unrecorded_choices(prepared)
    return tuple(c for c in CHANNEL_OPTIONS if c in unknown)


def get_event_map(prepared: Case, query: EventQuery) -> EventMap | None:
    """Return the map of a query, or None if the case has no basemap.

    Args:
        query: its channels and days are used; the default channels are those of force.
    """
    if get_basemap(prepared) is None:
        return None
    used = EventQuery(channel=query.channel or FORCE_CHANNELS, first=query.first, last=query.last)
    return _build_event_map(prepared, used)


@cached_per_case()  # most readers request the same map
def _build_event_map(prepared: Case, query: EventQuery) -> EventMap:
    g, basemap = prepared.g, get_basemap(prepared)
    assert basemap is not None
    spots, accounted = build_markers(prepared, basemap, query)
    first, last = query.first or g.case.first, query.last or g.as_of
    day = min(last, g.watched_to)
    by_month = build_record_months(prepared, query)
    crossings = crossings_on(prepared, day, [m.day for m in by_month])
    return EventMap(
        width=MAP_WIDTH, height=round(basemap.frame.height, 1), km=round(basemap.frame.km, 3), channels=query.channel,
        kinds=CHANNEL_OPTIONS, unrecorded=list_unrecorded_channels(prepared), window=f"{format_date(first)} to {format_date(last)}", first=first, last=last, spots=spots,
        accounted=accounted, day=day, watched_to=g.watched_to, crossings=crossings, months=by_month, source=basemap.source,
    )  # fmt: skip


def build_record_months(prepared: Case, query: EventQuery) -> tuple[RecordMonth, ...]:
    """Count the record by month, from the case's first to the day of knowledge, marking the query's channels and days."""
    g = prepared.g
    first = g.case.first
    n = count_months_since(first, min(g.as_of, g.case.last)) + 1
    count = [[0] * len(CHANNEL_OPTIONS) for _ in range(n)]
    for e in g.events:
        m = count_months_since(first, e.day)
        if m < n:
            count[m][CHANNEL_OPTIONS.index(g.channel(e) or UNASSIGNED)] += 1
    return tuple(_build_record_month(prepared, query, i, count[i]) for i in range(n))


def _build_record_month(prepared: Case, query: EventQuery, i: int, count: Sequence[int]) -> RecordMonth:
    start = prepared.case.first.year * 12 + prepared.case.first.month - 1 + i
    first = date(start // 12, start % 12 + 1, 1)
    after = date((start + 1) // 12, (start + 1) % 12 + 1, 1)
    last = after - timedelta(days=1)
    effort = prepared.g.coverage.effort(max(first, prepared.g.coverage.first), last)
    inside = (query.first is None or last >= query.first) and (query.last is None or first <= query.last)
    shown = sum(n for k, n in zip(CHANNEL_OPTIONS, count, strict=True) if k in query.channel)
    coverage, day = round(effort / (after - first).days, 3), min(last, prepared.g.watched_to)
    unknown = list_unrecorded_channels(prepared)
    events = tuple(None if k in unknown else n for k, n in zip(CHANNEL_OPTIONS, count, strict=True))
    return RecordMonth(f"{first:%B %Y}", first, events, coverage, shown, inside, day)
