"""Same event, two reports? Pairs across sources that may tell one event, each with a score whose parts can be read.

Nothing is merged. A link says how alike two reports are and why; a person accepts or refuses it, and what the two say
differently (the toll, who began) is kept as data. The score adds weights of evidence in bits, as in record linkage:

    score = when + where + who + deaths,    each about log2( P(seen | same event) / P(seen | two events) )

The weights were set by hand and are not fitted, since labels are few; the rule for parts of larger events was made with
the labelled ones in view, so their figures (`docs/replications/same_event.md`) flatter it.

Source: Fellegi & Sunter 1969, Journal of the American Statistical Association 64, 1183-1210.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from detente.core.place import great_circle_km
from detente.events.event import Event

LIKELY, POSSIBLE = 6.0, 3.0  # bits; 6 is 64 times as probable under one event as under two

DAYS_APART = 3
# Kilometres within which a point of each precision stands for the place: a town, a district, a province, a country.
WITHIN_KM = {"place": 10.0, "district": 35.0, "province": 150.0, "country": 600.0}
COARSE = ("place", "district", "province", "country")

Decision = Literal["accept", "refuse"]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score: what was compared, its weight in bits, and the reason in words."""

    what: Literal["when", "where", "who", "deaths"]
    bits: float
    why: str


@dataclass(frozen=True, slots=True)
class Link:
    """Two reports that may tell one event. `decided` is None until a person has said."""

    a: Event
    b: Event
    parts: tuple[Part, ...]
    decided: Decision | None = None

    @property
    def score(self) -> float:
        """The sum of the parts, in bits."""
        return sum(p.bits for p in self.parts)

    @property
    def standing(self) -> str:
        """`accepted` or `refused` by a person, else `likely` or `possible` by the score."""
        if self.decided:
            return {"accept": "accepted", "refuse": "refused"}[self.decided]
        return "likely" if self.score >= LIKELY else "possible"


def links(
    a: Iterable[Event], b: Iterable[Event], decisions: Mapping[frozenset[str], Decision] | None = None
) -> tuple[Link, ...]:
    """Links between the events of two sources, most alike first.

    Args:
        a, b: events with their actors resolved. Pairs of one country, one quad class and at most three days apart, or
            as far as the days are known, are compared.
        decisions: what a person said of pairs, by `pair_key`; see `decisions.py`.

    Returns:
        Every pair that scores `POSSIBLE` or was decided. An event may stand in several.
    """
    told = decisions or {}
    ordered = sorted(b, key=lambda e: e.span.earliest)
    starts = [e.span.earliest for e in ordered]
    longest = max(((e.span.latest - e.span.earliest) for e in ordered), default=timedelta())
    out = []
    for x in a:
        slack = timedelta(days=DAYS_APART)
        low = bisect_left(starts, x.span.earliest - slack - longest)
        high = bisect_right(starts, x.span.latest + slack)
        for y in ordered[low:high]:
            if y.span.latest < x.span.earliest - slack or x.quad != y.quad or x.place.country != y.place.country:
                continue
            link = Link(x, y, compare(x, y), told.get(pair_key(x, y)))
            if link.score >= POSSIBLE or link.decided:
                out.append(link)
    return tuple(sorted(out, key=lambda n: (-n.score, n.a.id, n.b.id)))


def compare(a: Event, b: Event) -> tuple[Part, ...]:
    """The four parts of the score of a pair."""
    return when(a, b), where(a, b), who(a, b), deaths(a, b)


def when(a: Event, b: Event) -> Part:
    """Days between the two: on one day 2 bits, one apart 0, down to -5 at three; a day that is in doubt says less."""
    gap = max((max(a.span.first, b.span.first) - min(a.span.last, b.span.last)).days, 0)
    doubt = a.span.precision != "day" or b.span.precision != "day"
    bits = {0: 2.0, 1: 0.0, 2: -3.0}.get(gap, -5.0)
    told = "on one day" if gap == 0 else f"{gap} day{'s' * (gap > 1)} apart"
    if doubt:
        return Part("when", 1.0 if gap == 0 else 0.0, f"{told}, as far as the days are known")
    return Part("when", bits, told)


def where(a: Event, b: Event) -> Part:
    """Kilometres between the points against what their precision allows; finer places weigh more."""
    if a.place.point is None or b.place.point is None:
        return Part("where", 0.0, "one of the places is unknown")
    km = great_circle_km(a.place.point, b.place.point)
    allowed = math.hypot(WITHIN_KM[a.place.precision], WITHIN_KM[b.place.precision])
    told = f"{km:.0f} km apart where {allowed:.0f} are allowed"
    if km <= allowed:
        return Part("where", max(math.log2(400 / allowed), 0.0), told)
    return Part("where", 0.0 if km <= 2 * allowed else -4.0, told)


def who(a: Event, b: Event) -> Part:
    """Parties in common: one 2 bits, two or more 3; none of those known, -4; an unknown party says nothing."""
    x, y = (e.actors - {"UNK"} for e in (a, b))
    both = x & y
    if both:
        return Part("who", 3.0 if len(both) > 1 else 2.0, f"both name {', '.join(sorted(both))}")
    if not x or not y or "UNK" in a.actors | b.actors:
        return Part("who", 0.0, "a party is unknown")
    return Part("who", -4.0, f"{', '.join(sorted(x))} against {', '.join(sorted(y))}")


def deaths(a: Event, b: Event) -> Part:
    """Tolls: ranges that meet weigh log2(1 + deaths), at most 3 bits; far apart, -3; a part of a larger event, 0."""
    x, y = a.tolls.range, b.tolls.range
    if x is None or y is None:
        return Part("deaths", 0.0, "a toll is unknown")
    told = f"{between(x)} and {between(y)} deaths"
    if x[0] <= y[1] and y[0] <= x[1]:
        return Part("deaths", min(math.log2(1 + min(x[1], y[1])), 3.0), told)
    larger, smaller = (a, b) if x[0] > y[1] else (b, a)
    if COARSE.index(larger.place.precision) > COARSE.index(smaller.place.precision):
        return Part("deaths", 0.0, f"{told}: the smaller may be a part of the larger, whose place is wider")
    low, high = sorted((x, y))
    return Part("deaths", -1.0 if high[0] <= 2 * max(low[1], 1) else -3.0, told)


def key_of(e: Event) -> str:
    """An event among those of all sources: `ucdp:611281`."""
    return f"{e.source}:{e.id}"


def pair_key(a: Event, b: Event) -> frozenset[str]:
    """A pair, whichever comes first."""
    return frozenset((key_of(a), key_of(b)))


def linked(found: Iterable[Link], event: Event) -> tuple[Link, ...]:
    """The links of one event that a person accepted or the score calls likely, most alike first; none that was refused."""
    key = key_of(event)
    return tuple(n for n in found if n.standing in ("accepted", "likely") and key in (key_of(n.a), key_of(n.b)))


def between(told: Sequence[int]) -> str:
    """A toll as a range, or one figure where both ends agree."""
    return f"{told[0]}–{told[1]}" if told[0] != told[1] else str(told[0])
