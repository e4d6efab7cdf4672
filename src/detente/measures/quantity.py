"""A number that can be traced: what it is, its limits, how it was made, and the events it was made from.

Every number of a brief is one of these. `recipe` says what to do with the events so that somebody else,
with the chronology and no code of ours, arrives at the same figure; a test does just that.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from detente.cases.load import CaseData
from detente.events.event import Event
from detente.measures import follow_up
from detente.measures import rate as rates
from detente.measures.deaths import sum_civilian_deaths, sum_deaths
from detente.measures.errors import NotObserved
from detente.measures.event_filter import EventFilter

YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number.

    `value` is None where only a range is known. `low` and `high` are limits that hold with probability
    `level`, or, where `level` is None, the ends of a reported range; both None if the number is exact.
    `events` are the ids it was made from, in order; `recipe` has a `kind` and that kind's arguments.
    """

    key: str
    value: float | None
    unit: str
    how: str
    recipe: dict[str, Any] = field(hash=False)
    events: tuple[str, ...]
    low: float | None = None
    high: float | None = None
    level: float | None = None


def event_ids(events: Iterable[Event]) -> tuple[str, ...]:
    """The ids of events, in order."""
    return tuple(e.id for e in events)


def count_quantity(g: CaseData, key: str, sel: EventFilter, what: str) -> Quantity:
    """How many events a selection holds."""
    events = sel.of(g)
    return Quantity(
        key, len(events), what, f"events counted: {what}", {"kind": "count", "of": sel.as_data()}, event_ids(events)
    )


def deaths_quantity(g: CaseData, key: str, sel: EventFilter, *, civilian: bool = False) -> Quantity:
    """Deaths in the events of a selection, as a range; events without a figure are named in `how`."""
    events = sel.of(g)
    d = sum_civilian_deaths(events) if civilian else sum_deaths(events)
    who = "civilian deaths" if civilian else "deaths"
    how = (
        f"{who} added over the events that give a figure ({d.told}), lowest figures and highest figures; "
        f"events without one: {d.untold}"
    )
    kind = "civilian deaths" if civilian else "deaths"
    return Quantity(
        key=key,
        value=d.low if d.low == d.high else None,
        unit=who,
        how=how,
        recipe={"kind": kind, "of": sel.as_data(), "untold": d.untold},
        events=event_ids(events),
        low=d.low,
        high=d.high,
    )


def share_quantity(g: CaseData, key: str, part: EventFilter, whole: EventFilter, what: str) -> Quantity:
    """The share of one selection's events that a narrower one holds, with exact limits."""
    inner, outer = part.of(g), whole.of(g)
    s = rates.estimate_share(len(inner), len(outer))
    return Quantity(
        key=key,
        value=s.value,
        unit="share",
        how=f"{what}: {len(inner)} of {len(outer)}, exact (Clopper–Pearson) limits",
        recipe={"kind": "share", "of": whole.as_data(), "part": part.as_data()},
        events=event_ids(outer),
        low=s.low,
        high=s.high,
        level=s.level,
    )


def rate_quantity(g: CaseData, key: str, sel: EventFilter, first: date, last: date) -> Quantity:
    """Events a year over the watched days of a stretch, weighted by how densely they were collected."""
    events = [e for e in sel.of(g) if first <= e.day <= last and g.coverage.watched(e.day)]
    effort = g.coverage.effort(first, last)
    r = rates.estimate_rate(len(events), effort / YEAR)
    return Quantity(
        key=key,
        value=r.value,
        unit="a year",
        how=f"{len(events)} events over {effort / YEAR:.2f} density-weighted years, exact (Garwood) limits",
        recipe={
            "kind": "rate",
            "of": sel.as_data(),
            "first": str(first),
            "last": str(last),
            "years": effort / YEAR,
        },
        events=event_ids(events),
        low=r.low,
        high=r.high,
        level=r.level,
    )


def rate_ratio_quantity(
    g: CaseData, key: str, sel: EventFilter, now: tuple[date, date], then: tuple[date, date]
) -> Quantity:
    """How many times as often events came in one stretch as in another, collection density allowed for.

    Raises:
        NotWatched: no day of one stretch was watched, or no event fell in either.
    """
    kept = [e for e in sel.of(g) if g.coverage.watched(e.day)]
    a, b = ([e for e in kept if s[0] <= e.day <= s[1]] for s in (now, then))
    ea, eb = g.coverage.effort(*now), g.coverage.effort(*then)
    if not a and not b:
        raise NotObserved([f"{key}: no event in either stretch"])
    r = rates.estimate_rate_ratio(len(a), ea, len(b), eb)
    return Quantity(
        key=key,
        value=r.value,
        unit="times as often",
        how=(
            f"{len(a)} events in {ea:.0f} density-weighted days against {len(b)} in {eb:.0f}, exact conditional limits"
        ),
        recipe={
            "kind": "ratio",
            "of": sel.as_data(),
            "now": [str(d) for d in now],
            "then": [str(d) for d in then],
            "effort": [ea, eb],
        },
        events=event_ids((*b, *a)),
        low=r.low,
        high=r.high,
        level=r.level,
    )


def expected_count(
    g: CaseData, key: str, sel: EventFilter, now: tuple[date, date], then: tuple[date, date]
) -> Quantity:
    """How many events a stretch would have held at an earlier stretch's rate, density allowed for."""
    before = [e for e in sel.of(g) if then[0] <= e.day <= then[1] and g.coverage.watched(e.day)]
    ea, eb = g.coverage.effort(*now), g.coverage.effort(*then)
    if not eb > 0:
        raise NotObserved([f"{key}: the earlier stretch"])
    return Quantity(
        key=key,
        value=len(before) * ea / eb,
        unit="events expected",
        how=f"{len(before)} events in {eb:.0f} density-weighted days, scaled to {ea:.0f}",
        recipe={
            "kind": "expected",
            "of": sel.as_data(),
            "now": [str(d) for d in now],
            "then": [str(d) for d in then],
            "effort": [ea, eb],
        },
        events=event_ids(before),
    )


def follow_up_share(
    g: CaseData, key: str, first: EventFilter, then: EventFilter, within: int, what: str
) -> tuple[Quantity, Quantity]:
    """The share of occasions followed within some days, and the same share for days nearby."""
    occasions, followers = first.of(g), then.of(g)
    f = follow_up.measure_follow_up(occasions, followers, within, g.coverage)
    recipe = {"kind": "following", "of": first.as_data(), "then": then.as_data(), "within": within}
    after = Quantity(
        key=key,
        value=f.after.value,
        unit="share",
        how=(f"days with {what} in the {within} days after: {len(f.followed)} of {len(f.occasions)}, exact limits"),
        recipe=recipe,
        events=event_ids((*occasions, *followers)),
        low=f.after.low,
        high=f.after.high,
        level=f.after.level,
    )
    base = Quantity(
        key=f"{key}_nearby",
        value=f.nearby,
        unit="share",
        how=(
            f"watched days with {what} in the {within} days after, of days within {follow_up.NEARBY_DAYS} days of each "
            "occasion, averaged over occasions"
        ),
        recipe={**recipe, "kind": "nearby days", "reach": follow_up.NEARBY_DAYS},
        events=event_ids((*occasions, *followers)),
    )
    return after, base


def tally_quantity(
    key: str, things: int, unit: str, how: str, recipe: dict[str, Any], events: tuple[str, ...]
) -> Quantity:
    """A count of things other than events, such as episodes or truces."""
    return Quantity(key, things, unit, how, recipe, events)
