"""The map of a case as a page shows it: signs, crossings, months, and what was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from detente.api.case import PreparedCase
from detente.api.crossings import CrossingOn, crossings_on
from detente.api.events.filters import EventQuery
from detente.api.events.table import CHANNEL_OPTIONS, UNASSIGNED
from detente.cases.channel_rule import FORCE_CHANNELS
from detente.core.date_range import format_date
from detente.web.map.basemap import Basemap, build_basemap
from detente.web.map.markers import MapEventCounts, MarkerGroup, build_markers, count_months_since
from detente.web.map.projection import MAP_WIDTH


@dataclass(frozen=True, slots=True)
class RecordMonth:
    """A month of the record: events by channel, in the order of `KINDS`, and how densely it was collected.

    `density` is the mean over its days, 0 where nobody watched systematically. `shown` counts the events of the channels
    that were asked for; `inside`: does the window that was asked for touch the month? `day` is that of the crossings' states
    where a map is moved to end here: the month's last, or the last that was watched if that is earlier.
    """

    name: str
    first: date
    events: tuple[int, ...]
    coverage: float
    shown: int
    inside: bool
    day: date


@dataclass(frozen=True, slots=True)
class EventMap:
    """The map.

    Fields:
        width, height, km: of the drawing in its units, and how many of these are a kilometre.
        channels: those shown. kinds: all that there are, in order. window: the same days in words.
        first, last: the days between which an event began; both ends of the record if none was asked for.
        spots: places with their signs, large ones first. accounted: every event asked for, by how it is shown.
        day: of the crossings' states: the last of the window, or the last that was watched if that is earlier.
        watched_to: the last day that was collected systematically. crossings: their states on that day. months: the whole record. source: of the boundaries.
    """

    width: float
    height: float
    km: float
    channels: tuple[str, ...]
    kinds: tuple[str, ...]
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


# A large record takes a moment to be put on a map, and most readers look at the same one.
_MAP_CACHE: dict[tuple[str, EventQuery], EventMap] = {}
MAX_CACHED_MAPS = 64
_BASEMAP_CACHE: dict[str, Basemap | None] = {}


def get_basemap(study: PreparedCase) -> Basemap | None:
    """The study's ground, simplified once; None where the case has no geometry."""
    if study.key not in _BASEMAP_CACHE:
        _BASEMAP_CACHE[study.key] = build_basemap(study.view)
    return _BASEMAP_CACHE[study.key]


def get_event_map(study: PreparedCase, query: EventQuery) -> EventMap | None:
    """The map for a question, or None where the case has no geometry.

    Args:
        query: channels and days; without channels those in which force is used are shown.
    """
    under = get_basemap(study)
    if under is None:
        return None
    shown = query.channel or FORCE_CHANNELS
    asked = EventQuery(channel=shown, first=query.first, last=query.last)
    made = _MAP_CACHE.get((study.key, asked))
    if made is None:
        made = _MAP_CACHE[study.key, asked] = _build_event_map(study, under, asked)
        if len(_MAP_CACHE) > MAX_CACHED_MAPS:
            del _MAP_CACHE[next(iter(_MAP_CACHE))]
    return made


def _build_event_map(study: PreparedCase, under: Basemap, query: EventQuery) -> EventMap:
    g = study.g
    signs, accounted = build_markers(study, under, query)
    first, last = query.first or g.case.first, query.last or g.as_of
    day = min(last, g.watched_to)
    by_month = build_record_months(study, query)
    return EventMap(
        width=MAP_WIDTH,
        height=round(under.frame.height, 1),
        km=round(under.frame.km, 3),
        channels=query.channel,
        kinds=CHANNEL_OPTIONS,
        window=f"{format_date(first)} to {format_date(last)}",
        first=first,
        last=last,
        spots=signs,
        accounted=accounted,
        day=day,
        watched_to=g.watched_to,
        crossings=crossings_on(study, day, [m.day for m in by_month]),
        months=by_month,
        source=under.source,
    )


def build_record_months(study: PreparedCase, query: EventQuery) -> tuple[RecordMonth, ...]:
    """The record month by month, from the case's first to the day of knowledge; the query's channels and days are marked."""
    g = study.g
    first = g.case.first
    n = count_months_since(first, min(g.as_of, g.case.last)) + 1
    count = [[0] * len(CHANNEL_OPTIONS) for _ in range(n)]
    for e in g.events:
        m = count_months_since(first, e.day)
        if m < n:
            count[m][CHANNEL_OPTIONS.index(g.channel(e) or UNASSIGNED)] += 1
    return tuple(_build_record_month(study, query, i, count[i]) for i in range(n))


def _build_record_month(study: PreparedCase, query: EventQuery, i: int, count: Sequence[int]) -> RecordMonth:
    start = study.case.first.year * 12 + study.case.first.month - 1 + i
    first = date(start // 12, start % 12 + 1, 1)
    after = date((start + 1) // 12, (start + 1) % 12 + 1, 1)
    last = after - timedelta(days=1)
    effort = study.g.coverage.effort(max(first, study.g.coverage.first), last)
    inside = (query.first is None or last >= query.first) and (query.last is None or first <= query.last)
    shown = sum(n for k, n in zip(CHANNEL_OPTIONS, count, strict=True) if k in query.channel)
    coverage, day = round(effort / (after - first).days, 3), min(last, study.g.watched_to)
    return RecordMonth(f"{first:%B %Y}", first, tuple(count), coverage, shown, inside, day)
