"""Quantity: a traceable number with its limits, its derivation and the events behind it.

Every number of a brief is a quantity. `recipe` says how to compute it, so that a reader can reproduce it from the
chronology without this package; a test does so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from detente.cases.load import CaseData
from detente.events.event import Event
from detente.measures import follow_up
from detente.measures import rate as rates
from detente.measures.clustering import dispersion
from detente.measures.deaths import sum_civilian_deaths, sum_deaths
from detente.measures.errors import NotObserved
from detente.measures.event_filter import EventFilter

YEAR, DISPERSION_DAYS = 365.25, 30


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number.

    `value` is None where only a range is known. `low` and `high` are confidence limits at `level`, or the ends of a
    reported range where `level` is None; both are None if the number is exact. `events` are the ids of the events
    behind it, in order; `recipe` has a `kind` and that kind's arguments.
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
    """Return the ids of events, in order."""
    return tuple(e.id for e in events)


def count_quantity(g: CaseData, key: str, sel: EventFilter, what: str) -> Quantity:
    """Count the events of a selection."""
    ids = event_ids(sel.of(g))
    return Quantity(key, len(ids), what, f"events counted: {what}", {"kind": "count", "of": sel.as_data()}, ids)


def deaths_quantity(g: CaseData, key: str, sel: EventFilter, *, civilian: bool = False) -> Quantity:
    """Sum deaths in the events of a selection as a range; `how` states the number of events without a figure."""
    events = sel.of(g)
    d = sum_civilian_deaths(events) if civilian else sum_deaths(events)
    unit = "civilian deaths" if civilian else "deaths"
    how = (
        f"{unit} added over the events that give a figure ({d.told}), lowest figures and highest figures; "
        f"events without one: {d.untold}"
    )
    value = d.low if d.low == d.high else None
    recipe = {"kind": unit, "of": sel.as_data(), "untold": d.untold}
    return Quantity(key, value, unit, how, recipe, event_ids(events), d.low, d.high)


def share_quantity(g: CaseData, key: str, part: EventFilter, whole: EventFilter, what: str) -> Quantity:
    """Compute the share of one selection's events that are in a narrower one, with exact limits."""
    inner, outer = part.of(g), whole.of(g)
    s = rates.estimate_share(len(inner), len(outer))
    how = f"{what}: {len(inner)} of {len(outer)}, exact (Clopper–Pearson) limits"
    recipe = {"kind": "share", "of": whole.as_data(), "part": part.as_data()}
    return Quantity(key, s.value, "share", how, recipe, event_ids(outer), s.low, s.high, s.level)


def rate_quantity(g: CaseData, key: str, sel: EventFilter, first: date, last: date) -> Quantity:
    """Estimate events per year over the covered days of a period, weighted by reporting coverage."""
    events = [e for e in sel.of(g) if first <= e.day <= last and g.coverage.watched(e.day)]
    years = g.coverage.effort(first, last, sel.channels) / YEAR
    effect = dispersion_of(g, events, ((first, last),), sel.channels)
    r = rates.estimate_rate(len(events), years, effect=effect)
    how = f"{len(events)} events over {years:.2f} coverage-weighted years, Garwood limits at dispersion {effect:.1f}"
    recipe = {"kind": "rate", "of": sel.as_data(), "first": str(first), "last": str(last), "years": years}
    return Quantity(key, r.value, "a year", how, recipe, event_ids(events), r.low, r.high, r.level)


def rate_ratio_quantity(
    g: CaseData, key: str, sel: EventFilter, now: tuple[date, date], then: tuple[date, date]
) -> Quantity:
    """Estimate the ratio of event rates between two periods, adjusted for reporting coverage.

    Raises:
        NotObserved: one period has no covered day, or neither has an event.
    """
    covered = [e for e in sel.of(g) if g.coverage.watched(e.day)]
    a, b = ([e for e in covered if s[0] <= e.day <= s[1]] for s in (now, then))
    ea, eb = g.coverage.effort(*now, sel.channels), g.coverage.effort(*then, sel.channels)
    if not a and not b:
        raise NotObserved([f"{key}: no event in either period"])
    effect = dispersion_of(g, covered, (now, then), sel.channels)
    r = rates.estimate_rate_ratio(len(a), ea, len(b), eb, effect=effect)
    how = (
        f"{len(a)} events in {ea:.0f} coverage-weighted days against {len(b)} in {eb:.0f}, conditional limits at "
        f"dispersion {effect:.1f}"
    )
    recipe = {**_two_period_recipe("ratio", sel, now, then, [ea, eb]), "dispersion": effect}
    return Quantity(key, r.value, "times as often", how, recipe, event_ids((*b, *a)), r.low, r.high, r.level)


def dispersion_of(
    g: CaseData, events: Iterable[Event], periods: Iterable[tuple[date, date]], channels: Sequence[str] = ()
) -> float:
    """Dispersion of events by blocks of 30 covered days about the rate of each period, at the coverage of `channels`."""
    days = [e.day for e in events]
    counts: list[int] = []
    expected: list[float] = []
    used = 0
    for first, last in periods:
        inside, effort = [d for d in days if first <= d <= last], g.coverage.effort(first, last, channels)
        used += bool(inside)
        start = first
        while start <= last and effort > 0:
            end = min(start + timedelta(days=DISPERSION_DAYS - 1), last)
            counts.append(sum(start <= d <= end for d in inside))
            expected.append(len(inside) * g.coverage.effort(start, end, channels) / effort)
            start = end + timedelta(days=1)
    return dispersion(counts, expected, used)


def _two_period_recipe(
    kind: str, sel: EventFilter, now: tuple[date, date], then: tuple[date, date], effort: list[float]
) -> dict[str, Any]:
    days = {"now": [str(d) for d in now], "then": [str(d) for d in then]}
    return {"kind": kind, "of": sel.as_data(), **days, "effort": effort}


def expected_count(
    g: CaseData, key: str, sel: EventFilter, now: tuple[date, date], then: tuple[date, date]
) -> Quantity:
    """Compute the events expected in a period at an earlier period's rate, adjusted for reporting coverage.

    Raises:
        NotObserved: the earlier period has no covered day.
    """
    before = [e for e in sel.of(g) if then[0] <= e.day <= then[1] and g.coverage.watched(e.day)]
    ea, eb = g.coverage.effort(*now, sel.channels), g.coverage.effort(*then, sel.channels)
    if not eb > 0:
        raise NotObserved([f"{key}: the earlier period"])
    how = f"{len(before)} events in {eb:.0f} days weighted by coverage, scaled to {ea:.0f}"
    recipe = _two_period_recipe("expected", sel, now, then, [ea, eb])
    return Quantity(key, len(before) * ea / eb, "events expected", how, recipe, event_ids(before))


def follow_up_share(
    g: CaseData, key: str, first: EventFilter, then: EventFilter, within: int, what: str
) -> tuple[Quantity, Quantity]:
    """Estimate the share of occasions followed within some days, and the same share for nearby days."""
    occasions, followers = first.of(g), then.of(g)
    f = follow_up.measure_follow_up(occasions, followers, within, g.coverage)
    ids, s = event_ids((*occasions, *followers)), f.after
    recipe = {"kind": "following", "of": first.as_data(), "then": then.as_data(), "within": within}
    how = f"days with {what} in the {within} days after: {len(f.followed)} of {len(f.occasions)}, limits with occasions of the same 90 days dependent"
    after = Quantity(key, s.value, "share", how, recipe, ids, s.low, s.high, s.level)
    how = (
        f"observed days with {what} in the {within} days after, of days within {follow_up.NEARBY_DAYS} days of each "
        "occasion, averaged over occasions"
    )
    recipe = {**recipe, "kind": "nearby days", "reach": follow_up.NEARBY_DAYS}
    return after, Quantity(f"{key}_nearby", f.nearby, "share", how, recipe, ids)


def tally_quantity(
    key: str, things: int, unit: str, how: str, recipe: dict[str, Any], events: tuple[str, ...]
) -> Quantity:
    """Wrap a count of things other than events, such as episodes or truces."""
    return Quantity(key, things, unit, how, recipe, events)
