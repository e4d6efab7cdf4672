"""Events as signs on a map: one sign for each place and channel, and an account of what cannot be drawn.

An event whose place is known to the town or district stands there. One known only to the province or the country has no
place: it is told by a ring in the middle of that province or country, which is no point where anything happened. Events
outside the frame and events without any country are counted and not drawn.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Literal

from detente.case.rule import FORCE
from detente.events.event import Event
from detente.ground.place import great_circle_km
from detente.measures.distance import PRECISE
from detente.web.map.ground import Ground
from detente.web.record.columns import KINDS, UNASSIGNED, place_key
from detente.web.record.query import Query, address
from detente.web.record.row import country, event_address, where
from detente.web.study import Study

Kind = Literal["place", "province", "country"]
SMALL, GROWS, LARGE = 4.2, 1.1, 24.0  # radius of one event without deaths; per square root of deaths; at most
UNDER_NAME = 34.0  # units from the middle of a country's name to the ring under it
SAME_KM = 15.0  # points of one name that are no farther apart are one place
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


@dataclass(frozen=True, slots=True)
class _Put:
    event: Event
    channel: str
    key: str
    kind: Kind
    lon: float
    lat: float


def month_of(first: date, day: date) -> int:
    """Months from the first one, 0 for that month itself."""
    return (day.year - first.year) * 12 + day.month - first.month


def spots(study: Study, ground: Ground, query: Query) -> tuple[tuple[Spot, ...], Accounted]:
    """Signs for all events, sized for the window and the channels that were asked for; and the account of those asked for.

    Args:
        query: its channels and its days are used; channels that were not asked for have signs too, so that a page may
            show them without asking again.
    """
    g = study.g
    put: list[_Put] = []
    asked = outside = nowhere = 0
    elsewhere = Counter[str]()
    for e in g.events:
        channel = g.channel(e) or UNASSIGNED
        counts = channel in query.channel and _within(query, e.day)
        asked += counts
        p = _placed(e, channel, ground)
        if p is not None:
            put.append(p)
        elif counts and e.place.country:
            outside += 1
            elsewhere[country(g.case, e.place.country)] += 1
        elif counts:
            nowhere += 1
    made = _spots(study, ground, query, put)
    at: Counter[Kind] = Counter()
    for s in made:
        at[s.kind] += sum(x.events for x in s.signs if x.channel in query.channel)
    crowded = asked - at.total() - outside - nowhere
    return made, Accounted(
        asked, at["place"], at["province"], at["country"], outside, nowhere, crowded, tuple(elsewhere.most_common())
    )


def _within(query: Query, day: date) -> bool:
    return (query.first is None or day >= query.first) and (query.last is None or day <= query.last)


def _placed(e: Event, channel: str, ground: Ground) -> _Put | None:
    p, point = e.place, e.place.point
    if p.precision in PRECISE and point is not None:
        if not ground.frame.holds(point[1], point[0]):
            return None
        # Without a name only the point tells two places apart; a tenth of a degree is a district or less.
        key = place_key(e) if p.name else f"{place_key(e)}@{point[0]:.1f},{point[1]:.1f}"
        return _Put(e, channel, key, "place", point[1], point[0])
    kind: Kind = "province" if p.province and p.precision != "country" else "country"
    key = f"{p.country}/{p.province}" if kind == "province" else p.country
    middle = ground.middles.get(key) or ground.middles.get(p.country)
    if middle is None or not ground.frame.holds(*middle):
        return None
    # A province that the geometry does not hold is told by its country.
    return _Put(e, channel, key, kind if key in ground.middles else "country", *middle)


def _spots(study: Study, ground: Ground, query: Query, put: Iterable[_Put]) -> tuple[Spot, ...]:
    by_place: dict[tuple[str, Kind, int], list[_Put]] = {}
    for p in put:
        by_place.setdefault((p.key, p.kind, _which(p, by_place)), []).append(p)
    largest = sorted(by_place.items(), key=lambda item: -len(item[1]))
    out: list[Spot] = []
    signs = 0
    for (key, kind, _), here in largest:
        lon, lat = median(p.lon for p in here), median(p.lat for p in here)
        x, y = ground.frame.xy(lon, lat)
        if kind == "country":
            y = round(y + UNDER_NAME, 1)
        by_channel: dict[str, list[Event]] = {}
        for p in here:
            by_channel.setdefault(p.channel, []).append(p.event)
        if signs + len(by_channel) > MOST:
            continue
        signs += len(by_channel)
        made = [_sign(study, query, key, c, by_channel[c]) for c in KINDS if c in by_channel]
        out.append(Spot(key, where(study, here[0].event), kind, lon, lat, x, y, _around(made, set(query.channel))))
    # Large ones underneath.
    return tuple(sorted(out, key=lambda s: -max((g.r for g in s.signs if g.channel in query.channel), default=0.0)))


def _which(p: _Put, there: Mapping[tuple[str, Kind, int], list[_Put]]) -> int:
    """Which place of that name: two towns may share one, and the middle between them would be neither."""
    n = 0
    while (p.key, p.kind, n) in there:
        other = there[p.key, p.kind, n][0]
        if great_circle_km((p.lat, p.lon), (other.lat, other.lon)) <= SAME_KM:
            return n
        n += 1
    return n


def _sign(study: Study, query: Query, key: str, channel: str, events: list[Event]) -> Sign:
    first = study.case.first
    months: dict[int, list[int]] = {}
    n = dead = told = 0
    for e in events:
        m = months.setdefault(month_of(first, e.day), [0, 0, 0])
        one = (1, deaths_told(e) or 0, int(deaths_told(e) is not None))
        for i, v in enumerate(one):
            m[i] += v
        if _within(query, e.day):
            n, dead, told = n + one[0], dead + one[1], told + one[2]
    place = key.split("@")[0]
    listed = Query(channel=(channel,), place=(place,) if place else (), first=query.first, last=query.last)
    to = event_address(study, events[0].id) if len(events) == 1 else f"/{study.id}/events?{address(listed)}"
    return Sign(
        channel,
        tuple((m, v[0], v[1], v[2]) for m, v in sorted(months.items())),
        n,
        dead,
        told,
        radius(channel, n, dead),
        0.0,
        0.0,
        to,
    )


def deaths_told(event: Event) -> int | None:
    """The best figure told, else the lowest, else the highest; None where nobody gave one."""
    t = event.tolls
    return next((n for n in (t.best, t.low, t.high) if n is not None), None)


def radius(channel: str, events: int, deaths: int) -> float:
    """Of a sign: its area grows with deaths where force is used, with the number of events elsewhere.

    Example:
        >>> radius("clash", 1, 0), radius("clash", 1, 100), radius("dialogue", 5, 0)
        (4.2, 15.2, 6.4)
    """
    much = deaths if channel in FORCE else max(events - 1, 0)
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
