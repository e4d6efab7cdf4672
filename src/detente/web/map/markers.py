"""Events as signs on a map: one sign for each place and channel, sized for a window of days, and an account of the rest."""

import math
from collections import Counter
from dataclasses import dataclass
from datetime import date

import numpy as np

from detente.api.case import PreparedCase
from detente.api.events.event_row import build_event_address, format_country_name, format_event_place
from detente.api.events.filters import EventQuery, format_query_string
from detente.api.events.table import CHANNEL_OPTIONS, get_event_columns
from detente.cases.channel_rule import FORCE_CHANNELS
from detente.web.map.basemap import Basemap
from detente.web.map.locations import ChannelEvents, EventLocations, LocationKind, MapPlace, locate_events

MIN_RADIUS, RADIUS_GROWTH, MAX_RADIUS = (
    4.2,
    1.1,
    24.0,
)  # radius of one event without deaths; per square root of deaths; at most
COUNTRY_MARKER_OFFSET = 34.0  # units from the middle of a country's name to the ring under it
MAX_MARKERS = 1_500  # signs; more would be a heavy page and a black map

# A month: its number from the case's first, how many events, how many deaths told, how many events told any.
MonthCounts = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class EventMarker:
    """The events of one channel at one place.

    `months` holds what happened when. `events`, `deaths` and `told` are those of the window that was asked for: how many
    events, the deaths told in them, and how many of them gave a figure. `r`, `dx` and `dy` are size and offset on the screen: signs of several channels at one
    place stand around the largest. `address` is the event's page, or the list of the events.
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
        """The months as the page's module reads them: month, events, deaths and events with a figure between dots; what
        goes without saying is left out.

        Example:
            >>> EventMarker("clash", ((3, 1, 0, 0), (5, 2, 0, 0), (9, 1, 7, 1)), 4, 7, 1, 5.0, 0.0, 0.0, "").code
            '3 5.2 9.1.7.1'
        """
        return " ".join(f"{m}.{n}.{d}.{t}" if t else f"{m}.{n}" if n > 1 else f"{m}" for m, n, d, t in self.months)


@dataclass(frozen=True, slots=True)
class MarkerGroup:
    """A place with its signs. `kind` says whether it is a place, or the middle of a province or a country."""

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
    """Every event that was asked for, by how it is shown; the six counts add up to `events`.

    Drawn: `at_place`, and as rings `at_province` and `at_country`. Not drawn: `outside` the map, by country in `elsewhere`;
    `nowhere`, without any country; `crowded`, at the places with the fewest events where there are more than can be drawn.
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
        """Events that the map shows."""
        return self.at_place + self.at_province + self.at_country


def count_months_since(first: date, day: date) -> int:
    """Months from the first one, 0 for that month itself."""
    return (day.year - first.year) * 12 + day.month - first.month


def build_markers(
    study: PreparedCase, ground: Basemap, query: EventQuery
) -> tuple[tuple[MarkerGroup, ...], MapEventCounts]:
    """Signs for all events, sized for the window and the channels that were asked for; and the account of those asked for.

    Args:
        query: its channels and its days are used; channels that were not asked for have signs too, so that a page may
            show them without asking again.
    """
    there = _get_event_locations(study, ground)
    out: list[MarkerGroup] = []
    at: Counter[str] = Counter()
    signs = 0
    for p in there.places:
        asked = sum(_count_in_window(h, query)[0] for h in p.held if h.channel in query.channel)
        if signs + len(p.held) > MAX_MARKERS:
            at["crowded"] += asked
            continue
        signs += len(p.held)
        at[p.kind] += asked
        out.append(_build_marker_group(study, ground, query, p))
    elsewhere = Counter[str]()
    for code, held in there.away.items():
        n = sum(_count_in_window(h, query)[0] for h in held if h.channel in query.channel)
        if code and n:
            elsewhere[format_country_name(study.case, code)] += n
        elif n:
            at["nowhere"] += n
    accounted = MapEventCounts(
        at.total() + elsewhere.total(), at["place"], at["province"], at["country"], elsewhere.total(), at["nowhere"],
        at["crowded"], tuple(elsewhere.most_common()),
    )  # fmt: skip
    # Large ones underneath.
    return tuple(sorted(out, key=lambda s: -_find_largest_radius(s, query))), accounted


def _find_largest_radius(s: MarkerGroup, query: EventQuery) -> float:
    return max((g.r for g in s.signs if g.channel in query.channel), default=0.0)


_LOCATIONS_CACHE: dict[str, EventLocations] = {}


def _get_event_locations(study: PreparedCase, ground: Basemap) -> EventLocations:
    if study.key not in _LOCATIONS_CACHE:
        first = study.case.first
        _LOCATIONS_CACHE[study.key] = locate_events(
            get_event_columns(study), CHANNEL_OPTIONS, ground, first.year * 12 + first.month - 1
        )
    return _LOCATIONS_CACHE[study.key]


def _count_in_window(h: ChannelEvents, query: EventQuery) -> tuple[int, int, int]:
    """Events within the days that were asked for, deaths told in them, and how many gave a figure."""
    inside = np.ones(len(h.day), bool)
    if query.first:
        inside &= h.day >= query.first.toordinal()
    if query.last:
        inside &= h.day <= query.last.toordinal()
    return int(inside.sum()), int(h.deaths[inside].sum()), int(h.told[inside].sum())


def _build_marker_group(study: PreparedCase, ground: Basemap, query: EventQuery, p: MapPlace) -> MarkerGroup:
    x, y = ground.frame.xy(p.lon, p.lat)
    if p.kind == "country":
        y = round(y + COUNTRY_MARKER_OFFSET, 1)
    made = [_build_marker(study, query, p, h) for h in p.held]
    return MarkerGroup(
        p.key, format_event_place(study, p.one), p.kind, p.lon, p.lat, x, y, _arrange_markers(made, set(query.channel))
    )


def _build_marker(study: PreparedCase, query: EventQuery, p: MapPlace, h: ChannelEvents) -> EventMarker:
    n, dead, told = _count_in_window(h, query)
    key = p.key.split("@")[0]
    precision = () if p.kind == "place" else h.precisions
    listed = EventQuery(
        channel=(h.channel,), place=(key,) if key else (), first=query.first, last=query.last, precision=precision
    )
    to = (
        build_event_address(study, h.ids[0]) if len(h.ids) == 1 else f"/{study.id}/events?{format_query_string(listed)}"
    )
    return EventMarker(h.channel, _count_by_month(h), n, dead, told, compute_radius(h.channel, n, dead), 0.0, 0.0, to)


def _count_by_month(h: ChannelEvents) -> tuple[MonthCounts, ...]:
    at, which = np.unique(h.month, return_inverse=True)
    count, dead, told = (np.bincount(which, weights=w).astype(int) for w in (np.ones(len(which)), h.deaths, h.told))
    return tuple(zip(at.tolist(), count.tolist(), dead.tolist(), told.tolist(), strict=True))


def compute_radius(channel: str, events: int, deaths: int) -> float:
    """Of a sign: its area grows with deaths where force is used, with the number of events elsewhere.

    Example:
        >>> compute_radius("clash", 1, 0), compute_radius("clash", 1, 100), compute_radius("dialogue", 5, 0)
        (4.2, 15.2, 6.4)
    """
    much = deaths if channel in FORCE_CHANNELS else max(events - 1, 0)
    return round(min(MIN_RADIUS + RADIUS_GROWTH * math.sqrt(much), MAX_RADIUS), 1)


# Where signs of further channels stand around the largest: to the right, the left, above, below, and between.
MARKER_OFFSETS = (
    (1, 0),
    (-1, 0),
    (0, -1),
    (0, 1),
    (0.8, -0.8),
    (-0.8, 0.8),
    (0.8, 0.8),
    (-0.8, -0.8),
    (1.9, 0),
    (-1.9, 0),
)


def _arrange_markers(signs: list[EventMarker], shown: set[str]) -> tuple[EventMarker, ...]:
    seen = sorted((s for s in signs if s.channel in shown and s.events), key=lambda s: -s.r)
    moved: dict[str, tuple[float, float]] = {}
    for s, (ux, uy) in zip(seen[1:], MARKER_OFFSETS, strict=False):
        away = seen[0].r + s.r * 0.75
        moved[s.channel] = (round(ux * away, 1), round(uy * away, 1))
    return tuple(_shift_marker(s, moved.get(s.channel, (0.0, 0.0))) for s in sorted(signs, key=lambda s: -s.r))


def _shift_marker(s: EventMarker, by: tuple[float, float]) -> EventMarker:
    return EventMarker(s.channel, s.months, s.events, s.deaths, s.told, s.r, *by, s.address)
