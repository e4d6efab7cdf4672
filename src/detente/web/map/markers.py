"""Events as signs on a map: one sign for each place and channel, sized for a window of days, and an account of the rest."""

import math
from collections import Counter
from dataclasses import dataclass
from datetime import date

import numpy as np

from detente.api.case import PreparedCase
from detente.api.events.event_row import country, event_address, where
from detente.api.events.filters import Query, address
from detente.api.events.table import KINDS, columns_of
from detente.cases.channel_rule import FORCE_CHANNELS
from detente.web.map.basemap import Ground
from detente.web.map.locations import Held, Kind, Place, Placed, placed

SMALL, GROWS, LARGE = 4.2, 1.1, 24.0  # radius of one event without deaths; per square root of deaths; at most
UNDER_NAME = 34.0  # units from the middle of a country's name to the ring under it
MOST = 1_500  # signs; more would be a heavy page and a black map

# A month: its number from the case's first, how many events, how many deaths told, how many events told any.
Month = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Sign:
    """The events of one channel at one place.

    `months` holds what happened when. `events`, `deaths` and `told` are those of the window that was asked for: how many
    events, the deaths told in them, and how many of them gave a figure. `r`, `dx` and `dy` are size and offset on the screen: signs of several channels at one
    place stand around the largest. `address` is the event's page, or the list of the events.
    """

    channel: str
    months: tuple[Month, ...]
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
            >>> Sign("clash", ((3, 1, 0, 0), (5, 2, 0, 0), (9, 1, 7, 1)), 4, 7, 1, 5.0, 0.0, 0.0, "").code
            '3 5.2 9.1.7.1'
        """
        return " ".join(f"{m}.{n}.{d}.{t}" if t else f"{m}.{n}" if n > 1 else f"{m}" for m, n, d, t in self.months)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place with its signs. `kind` says whether it is a place, or the middle of a province or a country."""

    key: str
    name: str
    kind: Kind
    lon: float
    lat: float
    x: float
    y: float
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class Accounted:
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


def month_of(first: date, day: date) -> int:
    """Months from the first one, 0 for that month itself."""
    return (day.year - first.year) * 12 + day.month - first.month


def spots(study: PreparedCase, ground: Ground, query: Query) -> tuple[tuple[Spot, ...], Accounted]:
    """Signs for all events, sized for the window and the channels that were asked for; and the account of those asked for.

    Args:
        query: its channels and its days are used; channels that were not asked for have signs too, so that a page may
            show them without asking again.
    """
    there = _placed(study, ground)
    out: list[Spot] = []
    at: Counter[str] = Counter()
    signs = 0
    for p in there.places:
        asked = sum(_window(h, query)[0] for h in p.held if h.channel in query.channel)
        if signs + len(p.held) > MOST:
            at["crowded"] += asked
            continue
        signs += len(p.held)
        at[p.kind] += asked
        out.append(_spot(study, ground, query, p))
    elsewhere = Counter[str]()
    for code, held in there.away.items():
        n = sum(_window(h, query)[0] for h in held if h.channel in query.channel)
        if code and n:
            elsewhere[country(study.case, code)] += n
        elif n:
            at["nowhere"] += n
    accounted = Accounted(
        at.total() + elsewhere.total(), at["place"], at["province"], at["country"], elsewhere.total(), at["nowhere"],
        at["crowded"], tuple(elsewhere.most_common()),
    )  # fmt: skip
    # Large ones underneath.
    return tuple(sorted(out, key=lambda s: -_largest(s, query))), accounted


def _largest(s: Spot, query: Query) -> float:
    return max((g.r for g in s.signs if g.channel in query.channel), default=0.0)


_KEPT: dict[str, Placed] = {}


def _placed(study: PreparedCase, ground: Ground) -> Placed:
    if study.key not in _KEPT:
        first = study.case.first
        _KEPT[study.key] = placed(columns_of(study), KINDS, ground, first.year * 12 + first.month - 1)
    return _KEPT[study.key]


def _window(h: Held, query: Query) -> tuple[int, int, int]:
    """Events within the days that were asked for, deaths told in them, and how many gave a figure."""
    inside = np.ones(len(h.day), bool)
    if query.first:
        inside &= h.day >= query.first.toordinal()
    if query.last:
        inside &= h.day <= query.last.toordinal()
    return int(inside.sum()), int(h.deaths[inside].sum()), int(h.told[inside].sum())


def _spot(study: PreparedCase, ground: Ground, query: Query, p: Place) -> Spot:
    x, y = ground.frame.xy(p.lon, p.lat)
    if p.kind == "country":
        y = round(y + UNDER_NAME, 1)
    made = [_sign(study, query, p, h) for h in p.held]
    return Spot(p.key, where(study, p.one), p.kind, p.lon, p.lat, x, y, _around(made, set(query.channel)))


def _sign(study: PreparedCase, query: Query, p: Place, h: Held) -> Sign:
    n, dead, told = _window(h, query)
    key = p.key.split("@")[0]
    precision = () if p.kind == "place" else h.precisions
    listed = Query(
        channel=(h.channel,), place=(key,) if key else (), first=query.first, last=query.last, precision=precision
    )
    to = event_address(study, h.ids[0]) if len(h.ids) == 1 else f"/{study.id}/events?{address(listed)}"
    return Sign(h.channel, _months(h), n, dead, told, radius(h.channel, n, dead), 0.0, 0.0, to)


def _months(h: Held) -> tuple[Month, ...]:
    at, which = np.unique(h.month, return_inverse=True)
    count, dead, told = (np.bincount(which, weights=w).astype(int) for w in (np.ones(len(which)), h.deaths, h.told))
    return tuple(zip(at.tolist(), count.tolist(), dead.tolist(), told.tolist(), strict=True))


def radius(channel: str, events: int, deaths: int) -> float:
    """Of a sign: its area grows with deaths where force is used, with the number of events elsewhere.

    Example:
        >>> radius("clash", 1, 0), radius("clash", 1, 100), radius("dialogue", 5, 0)
        (4.2, 15.2, 6.4)
    """
    much = deaths if channel in FORCE_CHANNELS else max(events - 1, 0)
    return round(min(SMALL + GROWS * math.sqrt(much), LARGE), 1)


# Where signs of further channels stand around the largest: to the right, the left, above, below, and between.
ROUND = ((1, 0), (-1, 0), (0, -1), (0, 1), (0.8, -0.8), (-0.8, 0.8), (0.8, 0.8), (-0.8, -0.8), (1.9, 0), (-1.9, 0))


def _around(signs: list[Sign], shown: set[str]) -> tuple[Sign, ...]:
    seen = sorted((s for s in signs if s.channel in shown and s.events), key=lambda s: -s.r)
    moved: dict[str, tuple[float, float]] = {}
    for s, (ux, uy) in zip(seen[1:], ROUND, strict=False):
        away = seen[0].r + s.r * 0.75
        moved[s.channel] = (round(ux * away, 1), round(uy * away, 1))
    return tuple(_moved(s, moved.get(s.channel, (0.0, 0.0))) for s in sorted(signs, key=lambda s: -s.r))


def _moved(s: Sign, by: tuple[float, float]) -> Sign:
    return Sign(s.channel, s.months, s.events, s.deaths, s.told, s.r, *by, s.address)
