"""Map markers: one for each place and channel, sized for a window of days, and counts of events not drawn."""

import math
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from detente.api.case import Case
from detente.api.events.event_row import build_event_address, format_country_name, format_event_place
from detente.api.events.filters import EventQuery, format_query_string
from detente.api.events.table import CHANNEL_OPTIONS, get_event_columns
from detente.cases.channel_rule import FORCE_CHANNELS
from detente.web.map.basemap import Basemap
from detente.web.map.locations import ChannelEvents, EventLocations, LocationKind, MapPlace, locate_events

# Radius of one event without deaths; growth per square root of deaths; maximum.
MIN_RADIUS, RADIUS_GROWTH, MAX_RADIUS = 4.2, 1.1, 24.0
COUNTRY_MARKER_OFFSET = 34.0  # drawing units from the middle of a country's name to the ring below it
MAX_MARKERS = 1_500  # more would make the page heavy and the map unreadable

# A month: its number from the case's first, events, reported deaths, and events with a reported figure.
MonthCounts = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class EventMarker:
    """The events of one channel at one place.

    `months` holds counts of the whole record. `events`, `deaths` and `told` count the queried window: events, reported deaths,
    and events with a reported figure. `r`, `dx` and `dy` are radius and offset on the screen: markers of several channels at
    one place stand around the largest. `address` is the event's page, or the list of the events.
    """

    channel: str
    months: tuple[MonthCounts, ...]
    events: int
    deaths: int
    told: int
    r: float
    dx: float
    dy: float
    address: str

    @property
    def code(self) -> str:
        """The months in the form that `map.js` parses: month, events, deaths and events with a figure, joined by dots;
        trailing defaults are left out.

        Example:
            >>> EventMarker("clash", ((3, 1, 0, 0), (5, 2, 0, 0), (9, 1, 7, 1)), 4, 7, 1, 5.0, 0.0, 0.0, "").code
            '3 5.2 9.1.7.1'
        """
        return " ".join(f"{m}.{n}.{d}.{t}" if t else f"{m}.{n}" if n > 1 else f"{m}" for m, n, d, t in self.months)


@dataclass(frozen=True, slots=True)
class MarkerGroup:
    """A location with its markers. `kind` says whether it is a place, or represents a province or a country."""

    key: str
    name: str
    kind: LocationKind
    lon: float
    lat: float
    x: float
    y: float
    signs: tuple[EventMarker, ...]


@dataclass(frozen=True, slots=True)
class MapEventCounts:
    """Counts of the queried events by how they are shown; the six counts add up to `events`.

    Drawn: `at_place`, and as rings `at_province` and `at_country`. Not drawn: `outside` the map, by country in `elsewhere`;
    `nowhere`, without a country; `crowded`, at the places with the fewest events if there are more markers than `MAX_MARKERS`.
    """

    events: int
    at_place: int
    at_province: int
    at_country: int
    outside: int
    nowhere: int
    crowded: int
    elsewhere: tuple[tuple[str, int], ...]

    @property
    def drawn(self) -> int:
        """Number of events that the map shows."""
        return self.at_place + self.at_province + self.at_country


def count_months_since(first: date, day: date) -> int:
    """Count months after the first one, 0 for that month itself."""
    return (day.year - first.year) * 12 + day.month - first.month


def build_markers(prepared: Case, ground: Basemap, query: EventQuery) -> tuple[tuple[MarkerGroup, ...], MapEventCounts]:
    """Build markers for all events, sized for the queried window, and count the queried events.

    Args:
        query: its channels and days are used. Other channels have markers too, so that the page can show them without
            another request.
    """
    locations = get_event_locations(prepared, ground)
    out: list[MarkerGroup] = []
    at: Counter[str] = Counter()
    markers = 0
    for p in locations.places:
        n = sum(_count_in_window(h, query)[0] for h in p.held if h.channel in query.channel)
        if markers + len(p.held) > MAX_MARKERS:
            at["crowded"] += n
            continue
        markers += len(p.held)
        at[p.kind] += n
        out.append(_build_marker_group(prepared, ground, query, p))
    elsewhere = Counter[str]()
    for code, held in locations.away.items():
        n = sum(_count_in_window(h, query)[0] for h in held if h.channel in query.channel)
        if code and n:
            elsewhere[format_country_name(prepared.case, code)] += n
        elif n:
            at["nowhere"] += n
    accounted = MapEventCounts(
        at.total() + elsewhere.total(), at["place"], at["province"], at["country"], elsewhere.total(), at["nowhere"],
        at["crowded"], tuple(elsewhere.most_common()),
    )  # fmt: skip
    # Large markers first, so that small ones are drawn over them.
    return tuple(sorted(out, key=lambda s: -_find_largest_radius(s, query))), accounted


def _find_largest_radius(s: MarkerGroup, query: EventQuery) -> float:
    return max((g.r for g in s.signs if g.channel in query.channel), default=0.0)


_LOCATIONS_CACHE: dict[str, EventLocations] = {}


def get_event_locations(prepared: Case, ground: Basemap) -> EventLocations:
    """Return the locations of all events of a case, computed once."""
    if prepared.key not in _LOCATIONS_CACHE:
        first = prepared.case.first
        _LOCATIONS_CACHE[prepared.key] = locate_events(
            get_event_columns(prepared), CHANNEL_OPTIONS, ground, first.year * 12 + first.month - 1
        )
    return _LOCATIONS_CACHE[prepared.key]


def _count_in_window(h: ChannelEvents, query: EventQuery) -> tuple[int, int, int]:
    """Count events in the queried days, their reported deaths, and events with a reported figure."""
    inside = np.ones(len(h.day), bool)
    if query.first:
        inside &= h.day >= query.first.toordinal()
    if query.last:
        inside &= h.day <= query.last.toordinal()
    return int(inside.sum()), int(h.deaths[inside].sum()), int(h.told[inside].sum())


def _build_marker_group(prepared: Case, ground: Basemap, query: EventQuery, p: MapPlace) -> MarkerGroup:
    x, y = ground.frame.xy(p.lon, p.lat)
    if p.kind == "country":
        y = round(y + COUNTRY_MARKER_OFFSET, 1)
    markers = _arrange_markers([_build_marker(prepared, query, p, h) for h in p.held], set(query.channel))
    return MarkerGroup(p.key, format_event_place(prepared, p.one), p.kind, p.lon, p.lat, x, y, markers)


def _build_marker(prepared: Case, query: EventQuery, p: MapPlace, h: ChannelEvents) -> EventMarker:
    n, dead, told = _count_in_window(h, query)
    key = p.key.split("@")[0]
    precision = () if p.kind == "place" else h.precisions
    place = (key,) if key else ()
    listed = EventQuery(channel=(h.channel,), place=place, first=query.first, last=query.last, precision=precision)
    events = f"/{prepared.id}/events?{format_query_string(listed)}"
    to = build_event_address(prepared, h.ids[0]) if len(h.ids) == 1 else events
    return EventMarker(h.channel, _count_by_month(h), n, dead, told, compute_radius(h.channel, n, dead), 0.0, 0.0, to)


def _count_by_month(h: ChannelEvents) -> tuple[MonthCounts, ...]:
    at, which = np.unique(h.month, return_inverse=True)
    count, dead, told = (np.bincount(which, weights=w).astype(int) for w in (np.ones(len(which)), h.deaths, h.told))
    return tuple(zip(at.tolist(), count.tolist(), dead.tolist(), told.tolist(), strict=True))


def compute_radius(channel: str, events: int, deaths: int) -> float:
    """Compute a marker's radius: its area grows with deaths in channels of force, with events in others.

    Example:
        >>> compute_radius("clash", 1, 0), compute_radius("clash", 1, 100), compute_radius("dialogue", 5, 0)
        (4.2, 15.2, 6.4)
    """
    size = deaths if channel in FORCE_CHANNELS else max(events - 1, 0)
    return round(min(MIN_RADIUS + RADIUS_GROWTH * math.sqrt(size), MAX_RADIUS), 1)


# Directions of further channels' markers around the largest: right, left, above, below, diagonals, then farther out.
MARKER_OFFSETS = (
    (1, 0), (-1, 0), (0, -1), (0, 1), (0.8, -0.8), (-0.8, 0.8), (0.8, 0.8), (-0.8, -0.8), (1.9, 0), (-1.9, 0),
)  # fmt: skip


def _arrange_markers(signs: list[EventMarker], shown: set[str]) -> tuple[EventMarker, ...]:
    visible = sorted((s for s in signs if s.channel in shown and s.events), key=lambda s: -s.r)
    offsets: dict[str, tuple[float, float]] = {}
    for s, (ux, uy) in zip(visible[1:], MARKER_OFFSETS, strict=False):
        distance = visible[0].r + s.r * 0.75
        offsets[s.channel] = (round(ux * distance, 1), round(uy * distance, 1))
    out = []
    for s in sorted(signs, key=lambda s: -s.r):
        dx, dy = offsets.get(s.channel, (0.0, 0.0))
        out.append(replace(s, dx=dx, dy=dy))
    return tuple(out)
