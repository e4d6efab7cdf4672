"""Locations of events on the map: a place, the middle of a province or country, or off the map.

An event located to a town or district is drawn there. An event located only to a province or country is drawn as a ring in
the middle of it, which is not a point where anything happened. Events outside the frame or without a country are counted
separately. Locations do not depend on the query, so they are computed once for each prepared case.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detente.api.events.table import EventColumns, build_place_key
from detente.api.known_places import SAME_PLACE_KM
from detente.core.place import great_circle_km
from detente.events.event import Event
from detente.measures.distance import LOCATED_PRECISIONS
from detente.web.map.basemap import Basemap

LocationKind = Literal["place", "province", "country"]


@dataclass(frozen=True)
class ChannelEvents:
    """Events of one channel at one place, one entry for each event: `day` as an ordinal, `month` from the case's first,
    reported `deaths` (0 if none were reported) and `told`, whether a figure was. `precisions` are those that occur."""

    channel: str
    ids: tuple[str, ...]
    day: NDArray[np.int32]
    month: NDArray[np.int32]
    deaths: NDArray[np.int64]
    told: NDArray[np.bool_]
    precisions: tuple[str, ...]


@dataclass(frozen=True)
class MapPlace:
    """A place on the map with its events by channel; `one` is any of its events, used for its name."""

    key: str
    kind: LocationKind
    lon: float
    lat: float
    one: Event
    held: tuple[ChannelEvents, ...]

    @property
    def events(self) -> int:
        """Number of events of all channels."""
        return sum(len(h.ids) for h in self.held)


@dataclass(frozen=True)
class EventLocations:
    """All events of a case: places with most events first, and by country the events `away` from the map."""

    places: tuple[MapPlace, ...]
    away: Mapping[str, tuple[ChannelEvents, ...]]


@dataclass
class _RowGroup:
    """Rows at one place, while they are collected."""

    lon: list[float] = field(default_factory=list)
    lat: list[float] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)


def locate_events(
    columns: EventColumns, channels: tuple[str, ...], ground: Basemap, first_month: int
) -> EventLocations:
    """Locate every event of a record on its basemap.

    Args:
        channels: names of `columns.kind`. first_month: of the case, as twelve times the year plus the month from 0.
    """
    groups: dict[tuple[str, LocationKind, int], _RowGroup] = {}
    away: dict[str, list[int]] = {}
    for row, e in enumerate(columns.events):
        location = _locate_event(e, ground)
        if location is None:
            away.setdefault(e.place.country, []).append(row)
            continue
        key, kind, lon, lat = location
        g = groups.setdefault((key, kind, _find_place_number(key, kind, lon, lat, groups)), _RowGroup())
        g.lon.append(lon)
        g.lat.append(lat)
        g.rows.append(row)
    by_channel = _ChannelEventsBuilder(columns, channels, first_month)
    places = [
        MapPlace(key, kind, median(g.lon), median(g.lat), columns.events[g.rows[0]], by_channel(g.rows))
        for (key, kind, _), g in groups.items()
    ]
    places.sort(key=lambda p: -p.events)
    return EventLocations(tuple(places), {country: by_channel(rows) for country, rows in away.items()})


def get_reported_deaths(event: Event) -> int | None:
    """Return the best reported figure, else the lowest, else the highest; None if there is none."""
    t = event.tolls
    return next((n for n in (t.best, t.low, t.high) if n is not None), None)


def _locate_event(e: Event, ground: Basemap) -> tuple[str, LocationKind, float, float] | None:
    p, point = e.place, e.place.point
    if p.precision in LOCATED_PRECISIONS and point is not None:
        if not ground.frame.holds(point[1], point[0]):
            return None
        # Places without a name are distinguished by their point; a tenth of a degree is a district or less.
        key = build_place_key(e) if p.name else f"{build_place_key(e)}@{point[0]:.1f},{point[1]:.1f}"
        return key, "place", point[1], point[0]
    key = f"{p.country}/{p.province}" if p.province and p.precision != "country" else p.country
    middle = ground.middles.get(key) or ground.middles.get(p.country)
    if middle is None or not ground.frame.holds(*middle):
        return None
    # A province that the geometry lacks is drawn at its country.
    return key, "province" if "/" in key and key in ground.middles else "country", *middle


def _find_place_number(
    key: str, kind: LocationKind, lon: float, lat: float, groups: Mapping[tuple[str, LocationKind, int], _RowGroup]
) -> int:
    """Number places of one name: two towns may share it, and a point between them would be neither."""
    n = 0
    while (key, kind, n) in groups:
        other = groups[key, kind, n].lat[0], groups[key, kind, n].lon[0]
        if other == (lat, lon) or great_circle_km((lat, lon), other) <= SAME_PLACE_KM:
            return n
        n += 1
    return n


class _ChannelEventsBuilder:
    """Groups rows of a record by channel; the columns of the whole record are computed once."""

    def __init__(self, columns: EventColumns, channels: tuple[str, ...], first_month: int) -> None:
        self.columns, self.channels = columns, channels
        deaths = [get_reported_deaths(e) for e in columns.events]
        self.told = np.array([d is not None for d in deaths], bool)
        self.deaths = np.array([d or 0 for d in deaths], np.int64)
        self.month = np.array([e.day.year * 12 + e.day.month - 1 - first_month for e in columns.events], np.int32)

    def __call__(self, rows: Iterable[int]) -> tuple[ChannelEvents, ...]:
        at = np.array(list(rows), np.int64)
        kinds = self.columns.kind[at]
        return tuple(self._channel_events(k, at[kinds == k]) for k in np.unique(kinds))

    def _channel_events(self, kind: int, at: NDArray[np.int64]) -> ChannelEvents:
        events = [self.columns.events[i] for i in at]
        return ChannelEvents(
            self.channels[kind], tuple(e.id for e in events), self.columns.day[at], self.month[at], self.deaths[at],
            self.told[at], tuple(sorted({e.place.precision for e in events})),
        )  # fmt: skip
