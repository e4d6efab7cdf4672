"""Quantities of the flagship, each recomputed from the chronology by other code, and edge cases whose answer is known."""

import math
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pytest

from detente.cases.geography import load_geography
from detente.events.event import ReportedDeaths
from detente.measures.deaths import sum_civilian_deaths, sum_deaths
from detente.measures.errors import NotObserved
from detente.measures.event_filter import EventFilter
from detente.measures.quantity import (
    Quantity,
    count_quantity,
    deaths_quantity,
    expected_count,
    follow_up_share,
    rate_quantity,
    rate_ratio_quantity,
    share_quantity,
    tally_quantity,
)
from detente.measures.quantity_places import median_distance, median_limits, near_border_share
from detente.measures.quantity_times import (
    closed_days_quantity,
    index_change,
    index_level,
    median_duration_quantity,
    words_change,
)
from detente.measures.relation_index import RelationIndex, fit_relation_index
from detente.measures.stated_quantity import stated_recipe
from detente.measures.truces import find_mediated_rounds, find_truces, fit_duration_curve
from support.recompute import RecomputedCase, parse_day, recompute, recompute_dispersion, recompute_rate
from support.worlds import FLAGSHIP, make_event, make_world, nth_day

G = FLAGSHIP
STRIKES, ATTACKS = EventFilter(channels=("strike",)), EventFilter(channels=("attack",))
LATE, EARLY = (date(2024, 1, 1), date(2025, 12, 31)), (date(2022, 1, 1), date(2023, 12, 31))
BORDER = G.case.names.border


@cache
def index() -> RelationIndex:
    return fit_relation_index(G)


@cache
def recomputed_case() -> RecomputedCase:
    return RecomputedCase(G.as_of)


def border() -> Any:
    return load_geography(G.case).border


QUANTITIES: dict[str, Callable[[], Quantity]] = {
    "count": lambda: count_quantity(G, "n", ATTACKS, "attacks"),
    "deaths": lambda: deaths_quantity(G, "n", STRIKES),
    "civilian deaths": lambda: deaths_quantity(G, "n", STRIKES, civilian=True),
    "share": lambda: share_quantity(G, "n", EventFilter(channels=("strike",), civilians=True), STRIKES, "with civilians"),
    "ratio": lambda: rate_ratio_quantity(G, "n", ATTACKS, LATE, EARLY),
    "ratio of two kinds": lambda: rate_ratio_quantity(G, "n", EventFilter(channels=("strike", "attack")), LATE, EARLY),
    "expected": lambda: expected_count(G, "n", ATTACKS, LATE, EARLY),
    "follow-up": lambda: follow_up_share(G, "n", STRIKES, ATTACKS, 7, "an attack")[0],
    "follow-up nearby": lambda: follow_up_share(G, "n", STRIKES, ATTACKS, 7, "an attack")[1],
    "near the border": lambda: near_border_share(G, "n", ATTACKS, border(), BORDER, 50),
    "index": lambda: index_level(G, "n", index(), date(2024, 6, 1)),
    "index change": lambda: index_change(G, "n", index(), date(2023, 6, 1), date(2025, 10, 1)),
    "words": lambda: words_change(G, "n"),
    "rounds": lambda: median_duration_quantity(
        "n", find_mediated_rounds(G), fit_duration_curve(find_mediated_rounds(G)), "rounds"
    ),
    "truces": lambda: median_duration_quantity(
        "n", state_truces(), fit_duration_curve(state_truces()), "truces"
    ),
    **{f"shut {c.key}": lambda c=c: closed_days_quantity(G, "n", c) for c in G.case.crossings},  # type: ignore[misc]
}  # fmt: skip


def state_truces() -> list[Any]:
    return [h for h in find_truces(G) if h.pair == "target–host"]


def same(ours: float | None, theirs: float | None, tolerance: float) -> bool:
    if ours is None or theirs is None:
        return ours is theirs
    return ours == pytest.approx(theirs, rel=tolerance, abs=tolerance)


@pytest.mark.parametrize("name", QUANTITIES)
def test_quantity_equals_recomputation(name: str) -> None:
    """Value, limits and events agree with the recomputation from the recipe alone."""
    q = QUANTITIES[name]()
    (value, low, high), events = recompute(recomputed_case(), {"recipe": q.recipe, "key": q.key})
    tolerance = 2e-3 if name.startswith("index") else 1e-9
    assert [same(*pair, tolerance) for pair in ((q.value, value), (q.low, low), (q.high, high))] == [True] * 3
    if events is not None:
        assert sorted(q.events) == sorted(events)


def test_rate_quantity_equals_recomputation() -> None:
    """A rate per year, its limits and its dispersion agree with the recomputation."""
    for sel, (first, last) in ((ATTACKS, LATE), (STRIKES, EARLY), (ATTACKS, (date(2025, 6, 1), date(2026, 7, 15)))):
        q, a = rate_quantity(G, "n", sel, first, last), recomputed_case()
        rows = [r for r in a.select(sel.as_data()) if first <= r["first"] <= last and a.coverage(r["first"]) > 0]
        years = a.effort(first, last, sel.channels) / 365.25
        effect = recompute_dispersion(a, [r["first"] for r in rows], [[first, last]], sel.channels)
        scaled = recompute_rate(0, years) if not rows else recompute_rate(len(rows) / effect, years / effect)  # type: ignore[arg-type]
        assert q.value == pytest.approx(len(rows) / years)
        assert [q.low, q.high] == pytest.approx(scaled[1:], rel=1e-6)
        assert list(q.events) == [r["event_id"] for r in rows]
        assert (parse_day(q.recipe["first"]), parse_day(q.recipe["last"])) == (first, last)


def test_median_distance_equals_recomputation() -> None:
    """The median distance is that of the brute-force distances, and its limits are two of them."""
    q, a = median_distance(G, "n", STRIKES, border(), BORDER), recomputed_case()
    far = [a.distance_km(r, BORDER) for r in a.select(STRIKES.as_data())]
    known = sorted(x for x in far if x is not None)
    assert q.value == pytest.approx(np.median(known), abs=0.3)
    assert [q.low, q.high] == pytest.approx(median_limits(known), abs=0.3)
    assert len(q.events) == len(known)
    assert q.level == 0.95


@pytest.mark.parametrize("count", [1, 5, 6, 9, 17, 40])
def test_median_limits_are_the_narrowest_that_hold(count: int) -> None:
    """The limits hold the median in 95 % of samples, and the next narrower pair does not."""
    from scipy import stats

    values = [float(i) for i in range(count)]
    low, high = median_limits(values)
    if low is None:
        assert high is None
        assert stats.binom(count, 0.5).cdf(0) > 0.025
    else:
        k = int(low)
        assert high == count - 1 - k
        assert stats.binom(count, 0.5).cdf(k) <= 0.025 < stats.binom(count, 0.5).cdf(k + 1)


# ---- Filters


FILTERS = {
    "channels": EventFilter(channels=("attack", "clash")),
    "types": EventFilter(types=("ASSAULT", "PROTEST")),
    "modes": EventFilter(modes=("airstrike",)),
    "contexts": EventFilter(contexts=("military",)),
    "countries": EventFilter(countries=("AFG",)),
    "confidence": EventFilter(confidence=("low", "medium")),
    "initiators": EventFilter(initiators=("TTP",)),
    "recipients": EventFilter(recipients=("TTP",)),
    "actors": EventFilter(actors=("TTP", "BLA")),
    "every": EventFilter(every=("PAK", "TTP")),
    "without": EventFilter(without=("PAK",)),
    "first": EventFilter(first=date(2025, 10, 9)),
    "last": EventFilter(last=date(2021, 8, 26)),
    "deaths": EventFilter(deaths_from=10),
    "civilians": EventFilter(civilians=True),
    "no civilians": EventFilter(civilians=False),
}


@pytest.mark.parametrize("name", FILTERS)
def test_filter_selects_recomputed_events(name: str) -> None:
    """Each condition selects the events that the recomputation selects from the filter's data, and not all."""
    found = [e.id for e in FILTERS[name].of(G)]
    assert sorted(found) == sorted(r["event_id"] for r in recomputed_case().select(FILTERS[name].as_data()))
    assert 0 < len(found) < len(G.events)


def test_filter_bounds_include_both_days() -> None:
    """The first and last day of a filter are included, and so is the lowest toll."""
    events = [make_event(nth_day(n), "PAK", "TTP", "ASSAULT", tolls=ReportedDeaths(5, None, 9), n=n) for n in range(3)]
    g = make_world(events)
    assert len(EventFilter(first=nth_day(1), last=nth_day(1), deaths_from=5).of(g)) == 1
    assert EventFilter(deaths_from=6).of(g) == ()
    assert EventFilter().as_data() == {}


# ---- Deaths


def test_deaths_are_added_as_a_range() -> None:
    """Lowest and highest figures are added apart, and events without a figure are counted, not added as 0."""
    tolls = [ReportedDeaths(2, 3, 5), ReportedDeaths(None, 4, None), ReportedDeaths(), ReportedDeaths(civilian=1)]
    events = [make_event(nth_day(n), "PAK", "TTP", "ASSAULT", tolls=t, n=n) for n, t in enumerate(tolls)]
    some, civilian = sum_deaths(events), sum_civilian_deaths(events)
    assert (some.low, some.high, some.told, some.untold) == (6, 9, 2, 2)
    assert (civilian.low, civilian.high, civilian.told, civilian.untold) == (1, 1, 1, 3)


def test_deaths_quantity_has_a_value_only_without_range() -> None:
    """A sum has a value where its lowest and highest figure agree, else only the range."""

    def total(low: int, high: int) -> Quantity:
        toll = ReportedDeaths(low, None, high)
        return deaths_quantity(
            make_world([make_event(nth_day(1), "PAK", "TTP", "ASSAULT", tolls=toll)]), "n", EventFilter()
        )

    assert (total(4, 4).value, total(4, 4).low) == (4, 4)
    assert (total(4, 6).value, total(4, 6).low, total(4, 6).high) == (None, 4, 6)
    assert total(4, 6).level is None


# ---- What was not observed


def test_numbers_without_observed_days_are_rejected() -> None:
    """A ratio without events, an expectation without covered days and a distance without places are rejected."""
    never = (date(1999, 1, 1), date(1999, 12, 31))
    nothing = EventFilter(channels=("strike",), first=date(2030, 1, 1))
    with pytest.raises(NotObserved):
        rate_ratio_quantity(G, "n", nothing, LATE, EARLY)
    with pytest.raises(NotObserved):
        expected_count(G, "n", ATTACKS, LATE, never)
    with pytest.raises(NotObserved):
        median_distance(G, "n", nothing, border(), BORDER)


def test_one_period_with_events_is_enough_for_a_ratio() -> None:
    """A ratio needs events in one period only: zero now is a ratio of 0, zero before an infinite one."""
    before, after = (nth_day(0), nth_day(99)), (nth_day(100), nth_day(199))
    g = make_world([make_event(nth_day(n), "PAK", "TTP", "ASSAULT", "airstrike", n=n) for n in range(5)], days=200)
    assert rate_ratio_quantity(g, "n", EventFilter(), after, before).value == 0
    assert rate_ratio_quantity(g, "n", EventFilter(), before, after).value == math.inf


def test_dispersion_counts_blocks_of_thirty_days() -> None:
    """Events on one day of the first of two blocks give a dispersion known by hand; blocks do not overlap."""
    period = (nth_day(0), nth_day(59))
    g = make_world([make_event(nth_day(29), "PAK", "TTP", "ASSAULT", "airstrike", n=n) for n in range(8)], days=62)
    # 8 and 0 events where 4 and 4 are expected: (16 + 16) / 4 / (2 - 1) = 8.
    assert rate_ratio_quantity(g, "n", EventFilter(), period, (nth_day(60), nth_day(61))).recipe["dispersion"] == 8


def test_tally_and_stated_quantities_keep_their_parts() -> None:
    """A tally has no limits; a stated number is the count of stated acts, with its recipe and events."""
    q = tally_quantity("n", 3, "truces", "counted", {"kind": "truces"}, ("a", "b", "c"))
    assert (q.value, q.unit, q.events, q.low, q.high, q.level) == (3, "truces", ("a", "b", "c"), None, None, None)
    assert stated_recipe("reactions", ["attack"], STRIKES)["kind"] == "stated reactions"
