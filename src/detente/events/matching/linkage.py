"""Record linkage: scores of pairs of reports from two sources that may describe the same event.

Nothing is merged. A link states how similar two reports are and why; a person accepts or refuses it, and the differences
(deaths, initiator) are kept as data. The score adds weights of evidence in bits. It is the log odds of a pair alone, before prior
and competing candidates; `assignment.py` makes it a probability:

    score = when + where + who + deaths,    each about log2( P(observed | same event) / P(observed | two events) )

The weights were set by hand, since labels are few: see `docs/replications/same_event.md` for what they achieve.

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

POSSIBLE_BITS = 3.0  # 8 times as probable under one event as under two: pairs below are not listed
PROBABLE = 0.8  # probability from which a pair is stated and compared

MAX_DAYS_APART = 3
# Radius in km of the area that a point represents: a town, a district, a province, a country.
PRECISION_RADIUS_KM = {"place": 10.0, "district": 35.0, "province": 150.0, "country": 600.0}
PRECISION_ORDER = ("place", "district", "province", "country")

Decision = Literal["accept", "refuse"]
Relation = Literal["same", "part"]
REPORTED = ("accepted", "probable", "part")  # standings of links that texts state; the others are only listed
COMPARED = ("accepted", "probable")  # a part has fewer deaths and a narrower place, which are no differences


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One part of a score: the attribute compared, its weight in bits, and the reason in words."""

    what: Literal["when", "where", "who", "deaths"]
    bits: float
    why: str


@dataclass(frozen=True, slots=True)
class Link:
    """Two reports that may describe one event.

    Fields:
        parts: of the score. decided: None until a person decides.
        probability: 0 to 1, that b describes a (`relation` same) or one of several parts of it (`relation` part).
        assigned: whether b is in the best assignment for a.
    """

    a: Event
    b: Event
    parts: tuple[ScorePart, ...]
    decided: Decision | None = None
    probability: float = 0.0
    relation: Relation = "same"
    assigned: bool = False

    @property
    def score(self) -> float:
        """The sum of the parts, in bits."""
        return sum(p.bits for p in self.parts)

    @property
    def standing(self) -> str:
        """`accepted` or `refused` by a person; otherwise `probable`, `part` or `possible`."""
        if self.decided:
            return {"accept": "accepted", "refuse": "refused"}[self.decided]
        if not self.assigned or self.probability < PROBABLE - 1e-9:
            return "possible"
        return "probable" if self.relation == "same" else "part"


def candidate_links(
    a: Iterable[Event], b: Iterable[Event], decisions: Mapping[frozenset[str], Decision] | None = None
) -> tuple[Link, ...]:
    """Find links between the events of two sources, highest score first.

    Args:
        a, b: events with resolved actors. Pairs are compared if country and quad class are equal and the dates,
            with their precision, are at most three days apart.
        decisions: decisions of people by `pair_id`; see `decisions.py`.

    Returns:
        Every pair that scores at least `POSSIBLE_BITS`, may be a part or was decided. An event may be in several pairs, and
        probabilities are not computed yet.
    """
    decisions = decisions or {}
    ordered = sorted(b, key=lambda e: e.span.earliest)
    starts = [e.span.earliest for e in ordered]
    longest = max(((e.span.latest - e.span.earliest) for e in ordered), default=timedelta())
    out = []
    for x in a:
        slack = timedelta(days=MAX_DAYS_APART)
        low = bisect_left(starts, x.span.earliest - slack - longest)
        high = bisect_right(starts, x.span.latest + slack)
        for y in ordered[low:high]:
            if y.span.latest < x.span.earliest - slack or x.quad != y.quad or x.place.country != y.place.country:
                continue
            link = Link(x, y, score_pair(x, y), decisions.get(pair_id(x, y)))
            if link.decided or link.score >= POSSIBLE_BITS or (may_have_parts(x) and _resembles_part(link)):
                out.append(link)
    return tuple(sorted(out, key=lambda n: (-n.score, n.a.id, n.b.id)))


def may_have_parts(e: Event) -> bool:
    """Return whether several reports may be inside an event: it spans days, or its place is a district or wider."""
    return e.span.days > 1 or e.span.precision != "day" or e.place.precision != "place"


def _resembles_part(n: Link) -> bool:
    # Deaths of a part are fewer than the event's, so they are no evidence against it.
    bits = [p.bits for p in n.parts if p.what != "deaths"]
    return min(bits) >= 0 and sum(bits) >= POSSIBLE_BITS


def score_pair(a: Event, b: Event) -> tuple[ScorePart, ...]:
    """Compute the four parts of a pair's score."""
    return score_days(a, b), score_distance(a, b), score_actors(a, b), score_deaths(a, b)


def score_days(a: Event, b: Event) -> ScorePart:
    """Score the days between two events: 2 bits for the same day, down to -5 at three; 1 or 0 for imprecise dates."""
    gap = max((max(a.span.first, b.span.first) - min(a.span.last, b.span.last)).days, 0)
    why = "on one day" if gap == 0 else f"{gap} day{'s' * (gap > 1)} apart"
    if a.span.precision != "day" or b.span.precision != "day":
        return ScorePart("when", 1.0 if gap == 0 else 0.0, f"{why}, as far as the days are known")
    return ScorePart("when", {0: 2.0, 1: 0.0, 2: -3.0}.get(gap, -5.0), why)


def score_distance(a: Event, b: Event) -> ScorePart:
    """Score the km between two points against the distance that their precision allows."""
    if a.place.point is None or b.place.point is None:
        return ScorePart("where", 0.0, "one of the places is unknown")
    km = great_circle_km(a.place.point, b.place.point)
    allowed = math.hypot(PRECISION_RADIUS_KM[a.place.precision], PRECISION_RADIUS_KM[b.place.precision])
    why = f"{km:.0f} km apart where {allowed:.0f} are allowed"
    if km <= allowed:
        return ScorePart("where", max(math.log2(400 / allowed), 0.0), why)
    return ScorePart("where", 0.0 if km <= 2 * allowed else -4.0, why)


def score_actors(a: Event, b: Event) -> ScorePart:
    """Score the common actors: one 2 bits, two or more 3; none -4; 0 if an actor is unknown."""
    x, y = (e.actors - {"UNK"} for e in (a, b))
    both = x & y
    if both:
        return ScorePart("who", 3.0 if len(both) > 1 else 2.0, f"both name {', '.join(sorted(both))}")
    if not x or not y or "UNK" in a.actors | b.actors:
        return ScorePart("who", 0.0, "a party is unknown")
    return ScorePart("who", -4.0, f"{', '.join(sorted(x))} against {', '.join(sorted(y))}")


def score_deaths(a: Event, b: Event) -> ScorePart:
    """Score the death ranges: log2(1 + deaths), at most 3 bits, if they overlap; -1 or -3 if not."""
    x, y = a.tolls.range, b.tolls.range
    if x is None or y is None:
        return ScorePart("deaths", 0.0, "a toll is unknown")
    why = f"{format_death_range(x)} and {format_death_range(y)} deaths"
    if x[0] <= y[1] and y[0] <= x[1]:
        return ScorePart("deaths", min(math.log2(1 + min(x[1], y[1])), 3.0), why)
    low, high = sorted((x, y))
    return ScorePart("deaths", -1.0 if high[0] <= 2 * max(low[1], 1) else -3.0, why)


def report_id(e: Event) -> str:
    """Return an event's id across all sources: `ucdp:611281`."""
    return f"{e.source}:{e.id}"


def pair_id(a: Event, b: Event) -> frozenset[str]:
    """Return the id of a pair, independent of its order."""
    return frozenset((report_id(a), report_id(b)))


def probable_links(links: Iterable[Link], event: Event) -> tuple[Link, ...]:
    """Select the accepted and probable links of one event and its probable parts, in the given order."""
    key = report_id(event)
    return tuple(n for n in links if n.standing in REPORTED and key in (report_id(n.a), report_id(n.b)))


def compared_reports(links: Iterable[Link], event: Event) -> tuple[Event, ...]:
    """Select the other reports of one event with which it is compared: accepted and probable ones, no parts."""
    key = report_id(event)
    return tuple(n.b if report_id(n.a) == key else n.a for n in probable_links(links, event) if n.standing in COMPARED)


def format_death_range(deaths: Sequence[int]) -> str:
    """Format (low, high) as a range, or as one number if both are equal."""
    return f"{deaths[0]}–{deaths[1]}" if deaths[0] != deaths[1] else str(deaths[0])
