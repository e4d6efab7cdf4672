"""Assignment of reports: one to one, with probabilities; parts, decisions, and the strike of 21-22 February 2026."""

from dataclasses import replace
from datetime import date
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from detente.core.date_range import DateRange
from detente.core.place import Place
from detente.events.event import Event, ReportedDeaths
from detente.events.matching.assignment import (
    NONE_BITS,
    assign_links,
    assign_scores,
    association_probabilities,
    match_events,
    weigh_part_sets,
)
from detente.events.matching.linkage import (
    PROBABLE,
    Decision,
    Link,
    ScorePart,
    candidate_links,
    compared_reports,
    pair_id,
    score_pair,
)
from support.worlds import make_event

KURRAM = Place("PAK", "KP", "Kurram", 33.7, 70.3, "district")
WHOLE = replace(
    make_event(date(2026, 1, 8), "PAK", "TTP", "ASSAULT"),
    id="whole", source="chronology", place=replace(KURRAM, precision="province"), tolls=ReportedDeaths(11, 11, 11),
)  # fmt: skip


def make_report(key: str, deaths: int, of: Event = WHOLE, **changes: object) -> Event:
    made = replace(of, id=key, source="ucdp", place=KURRAM, initiators=("PAK", "TTP"), recipients=())
    return replace(made, tolls=ReportedDeaths(deaths, deaths, deaths), **changes)  # type: ignore[arg-type]


def make_link(a: str, b: str, bits: float, decided: Decision | None = None) -> Link:
    """A link with a chosen score between events that cannot have parts."""
    x, y = (
        replace(WHOLE, id=k, source=s, place=replace(KURRAM, precision="place"))
        for k, s in ((a, "chronology"), (b, "ucdp"))
    )
    return Link(x, y, (ScorePart("who", bits, ""),), decided)


def standings(links: tuple[Link, ...]) -> dict[tuple[str, str], str]:
    return {(n.a.id, n.b.id): n.standing for n in links}


def enumerate_probabilities(score: NDArray[np.float64]) -> NDArray[np.float64]:
    """Exact probabilities: every one-to-one match, weighed by its definition."""
    n, m = score.shape
    total, out = 0.0, np.zeros_like(score)
    for match in product(range(m + 1), repeat=n):  # m is "none"
        used = [j for j in match if j < m]
        if len(used) == len(set(used)):
            weight = 2.0 ** sum(score[i, j] if j < m else NONE_BITS for i, j in enumerate(match))
            total += weight
            for i, j in enumerate(match):
                if j < m:
                    out[i, j] += weight
    return out / total


def test_assignment_differs_from_greedy_choice() -> None:
    """The best single pair would leave the second event without a report."""
    score = np.array([[10.0, 9.5], [9.8, -np.inf]])
    assert assign_scores(score) == [1, 0]
    links = [make_link("a", "x", 10.0), make_link("a", "y", 9.5), make_link("b", "x", 9.8)]
    assert standings(assign_links(links)) == {("a", "y"): "probable", ("b", "x"): "probable", ("a", "x"): "possible"}


def test_lone_candidate_needs_six_bits() -> None:
    """An only candidate has the probability of its odds against none."""
    for bits in (3.0, 6.0, 9.0):
        (n,) = assign_links([make_link("a", "x", bits)])
        assert n.probability == pytest.approx(2**bits / (2**bits + 2**NONE_BITS))
        assert n.standing == ("probable" if bits >= 6 else "possible")


def test_equal_candidates_share_the_probability() -> None:
    """Two reports with equal scores are both possible, since one event has one report."""
    links = assign_links([make_link("a", "x", 12.0), make_link("a", "y", 12.0)])
    assert {n.standing for n in links} == {"possible"}
    assert sum(n.probability for n in links) == pytest.approx(2**13 / (2**13 + 2**NONE_BITS))


@given(st.lists(st.floats(-5, 12), min_size=3, max_size=3))
def test_probabilities_are_exact_without_loop(bits: list[float]) -> None:
    """Candidates without a loop have the probabilities of the enumerated matches."""
    score = np.array([[bits[0], bits[1]], [-np.inf, bits[2]]])
    np.testing.assert_allclose(association_probabilities(score), enumerate_probabilities(score), atol=1e-6)


def test_probabilities_with_loop_are_near_exact() -> None:
    """Candidates in a loop have nearly the enumerated probabilities."""
    score = np.random.default_rng(1).uniform(0, 10, (3, 3))
    found = association_probabilities(score)
    assert np.abs(found - enumerate_probabilities(score)).max() < 0.1
    assert (found.sum(axis=0) <= 1 + 1e-9).all()
    assert (found.sum(axis=1) <= 1 + 1e-9).all()


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.floats(3, 12)), max_size=12))
def test_probable_pairs_are_one_to_one(pairs: list[tuple[int, int, float]]) -> None:
    """No event and no report is in two probable pairs."""
    scores = {(f"a{i}", f"x{j}"): bits for i, j, bits in pairs}
    probable = [
        n for n in assign_links([make_link(*k, bits) for k, bits in scores.items()]) if n.standing == "probable"
    ]
    assert len({n.a.id for n in probable}) == len({n.b.id for n in probable}) == len(probable)


def test_parts_sum_to_event() -> None:
    """Two reports of a wide event whose deaths add up to its toll are its parts, and are not compared with it."""
    other = make_report("other", 2, span=DateRange(date(2026, 1, 9), date(2026, 1, 9)))
    links = match_events([WHOLE], [make_report("six", 6), make_report("five", 5), other])
    assert standings(links) == {("whole", "six"): "part", ("whole", "five"): "part", ("whole", "other"): "possible"}
    assert compared_reports(links, WHOLE) == ()


def test_parts_need_span_or_wide_place() -> None:
    """An event of one day at one place has no parts."""
    point = replace(WHOLE, place=replace(KURRAM, precision="place"))
    reports = [make_report("six", 6), make_report("five", 5)]
    assert "part" not in standings(match_events([point], reports)).values()
    days = replace(point, span=DateRange(date(2026, 1, 8), date(2026, 1, 9)))
    assert set(standings(match_events([days], reports)).values()) == {"part"}


def test_whole_report_excludes_parts() -> None:
    """A report with the event's own toll competes with its parts, so they are not stated beside it."""
    links = match_events([WHOLE], [make_report("all", 11), make_report("six", 6), make_report("five", 5)])
    assert sum(n.standing in ("probable", "part") for n in links) <= 2
    assert not {"probable", "part"} <= {n.standing for n in links}


def test_part_sets_respect_toll() -> None:
    """Only sets whose deaths agree with the event's toll have a weight; a wide toll has none."""
    reports = [make_report(str(n), n) for n in (1, 2, 5, 6)]
    sets = weigh_part_sets(list(candidate_links([WHOLE], reports)))
    assert {tuple(sorted(s)) for s in sets} == {("5", "6")}
    wide = replace(WHOLE, tolls=ReportedDeaths(13, 13, 80))
    assert weigh_part_sets(list(candidate_links([wide], reports))) == {}


def test_parts_are_weighed_by_definition() -> None:
    """Parts, a single report and no report compete with the weights of their definition."""
    reports = [make_report("six", 6), make_report("five", 5), make_report("all", 11)]
    links = candidate_links([WHOLE], reports)
    sets = weigh_part_sets(list(links))
    single = {n.b.id: 2.0**n.score for n in links}
    total = 2.0**NONE_BITS + sum(single.values()) + sum(sets.values())
    (weight,) = sets.values()
    expected = {k: max(single[k], weight if k != "all" else 0.0) / total for k in single}
    assert {n.b.id: n.probability for n in assign_links(links)} == pytest.approx(expected)


def test_part_counts_by_share_left_over() -> None:
    """A report that another event claims in part counts by the share that is left to the event."""
    rival = replace(WHOLE, id="rival", place=replace(KURRAM, precision="place"), tolls=ReportedDeaths(90, 90, 90))
    reports = [make_report("six", 6), make_report("five", 5)]
    links = candidate_links([WHOLE, rival], reports)
    score = np.array([[next((n.score for n in links if (n.a.id, n.b.id) == (a, b)), -np.inf) for b in ("six", "five")]
                      for a in ("whole", "rival")])  # fmt: skip
    share = 1 - association_probabilities(score)[1]
    assert (share < 0.999).any()
    mine = [n for n in links if n.a.id == "whole"]
    single = {n.b.id: 2.0**n.score * share[("six", "five").index(n.b.id)] for n in mine}
    (weight,) = (w * share.prod() for w in weigh_part_sets(mine).values())
    total = 2.0**NONE_BITS + sum(single.values()) + weight
    found = {n.b.id: n.probability for n in assign_links(links) if n.a.id == "whole"}
    assert found == pytest.approx({k: max(x, weight) / total for k, x in single.items()})


def test_part_has_fewer_deaths_and_meets_event() -> None:
    """A part has some deaths, surely fewer than the event, and is not days away; its days may be imprecise."""
    six, week = make_report("six", 6), DateRange(date(2026, 1, 5), date(2026, 1, 11), "week")

    def has_sets(five: Event) -> bool:
        pair = (six, five)
        return bool(weigh_part_sets([Link(WHOLE, r, score_pair(WHOLE, r)) for r in pair]))

    def five(low: int, high: int, **changes: object) -> Event:
        return replace(make_report("five", 5, WHOLE, **changes), tolls=ReportedDeaths(low, None, high))

    assert has_sets(five(5, 5))
    assert has_sets(five(0, 5))
    assert has_sets(five(5, 5, span=week))
    assert not has_sets(five(3, 20))
    assert not has_sets(five(5, 5, span=DateRange(date(2026, 1, 10), date(2026, 1, 10))))
    assert not has_sets(five(5, 5, initiators=("ISKP",), recipients=("AFG",)))


def test_part_sets_meet_any_figure_of_toll() -> None:
    """Parts agree with an event whose toll is a range if their sum lies in it, at either end."""
    for low, high, sets in ((10, 12, 1), (11, 14, 1), (8, 11, 1), (12, 14, 0), (8, 10, 0)):
        whole = replace(WHOLE, tolls=ReportedDeaths(low, None, high))
        reports = [make_report("six", 6), make_report("five", 5)]
        assert len(weigh_part_sets([Link(whole, r, score_pair(whole, r)) for r in reports])) == sets


def test_best_candidates_stay_among_many_parts() -> None:
    """Of more candidates than are tried, those with the best scores are kept."""
    week = DateRange(date(2026, 1, 5), date(2026, 1, 11), "week")
    weak = [make_report(f"weak{n:02d}", 1, span=week) for n in range(14)]
    reports = [*weak, make_report("x", 6), make_report("y", 5)]
    sets = weigh_part_sets([Link(WHOLE, r, score_pair(WHOLE, r)) for r in reports])
    assert frozenset({"x", "y"}) in sets


def test_event_with_two_deaths_may_have_parts() -> None:
    """Two deaths may be two reports of one death each; one death may not."""
    pair = [make_report("one", 1), make_report("other", 1)]
    for deaths, sets in ((2, 1), (1, 0)):
        whole = replace(WHOLE, tolls=ReportedDeaths(deaths, deaths, deaths))
        assert len(weigh_part_sets([Link(whole, r, score_pair(whole, r)) for r in pair])) == sets


def test_assignment_holds_for_many_candidates() -> None:
    """The best of three hundred candidates is chosen, wherever it stands."""
    links = [make_link("a", f"x{i}", 12.0 if i == 299 else 0.0) for i in range(300)]
    assert [n.b.id for n in assign_links(links) if n.assigned] == ["x299"]


def test_ambiguous_parts_are_only_possible() -> None:
    """Where two sets of reports add up equally, the reports in which they differ are possible."""
    whole = replace(WHOLE, tolls=ReportedDeaths(8, 8, 8))
    found = standings(
        match_events([whole], [make_report(k, n, whole) for k, n in (("six", 6), ("two", 2), ("too", 2))])
    )
    assert found["whole", "two"] == found["whole", "too"] == "possible"


def test_report_is_part_of_one_event() -> None:
    """A report that is another event's own report is no part."""
    own = replace(WHOLE, id="own", place=replace(KURRAM, precision="place"), tolls=ReportedDeaths(6, 6, 6))
    links = match_events([WHOLE, own], [make_report("six", 6, place=own.place), make_report("five", 5)])
    stated = [n for n in links if n.standing in ("probable", "part")]
    assert [(n.a.id, n.b.id) for n in stated] == [("own", "six")]


def test_decisions_bind_before_assignment() -> None:
    """An accepted pair is fixed first, a refused pair is removed, and the others are assigned without them."""
    pairs = {("a", "x"): 10.0, ("a", "y"): 9.5, ("b", "x"): 9.8}
    links = [make_link(*k, bits, "accept" if k == ("a", "x") else None) for k, bits in pairs.items()]
    assert standings(assign_links(links)) == {("a", "x"): "accepted", ("a", "y"): "possible", ("b", "x"): "possible"}
    links = [make_link(*k, bits, "refuse" if k == ("b", "x") else None) for k, bits in pairs.items()]
    assert standings(assign_links(links))["b", "x"] == "refused"
    links = [make_link("a", "x", 12.0, "refuse"), make_link("a", "y", 12.0)]
    assert standings(assign_links(links)) == {("a", "x"): "refused", ("a", "y"): "probable"}


def test_weak_accepted_pair_stays_accepted() -> None:
    """A person may accept any pair, however unlike."""
    far = make_report("far", 90, span=DateRange(date(2026, 1, 11), date(2026, 1, 11)))
    links = match_events([WHOLE], [far, make_report("all", 11)], {pair_id(WHOLE, far): "accept"})
    assert standings(links) == {("whole", "far"): "accepted", ("whole", "all"): "possible"}
    assert [e.id for e in compared_reports(links, WHOLE)] == ["far"]


def test_february_strike_has_one_report_at_most() -> None:
    """Made rows near the strike of 21-22 February 2026: at most one is its report, and none is a part."""
    nangarhar = Place("AFG", "Nangarhar", "", 34.25, 70.5, "province")
    strike = replace(
        WHOLE, id="DL-20260221-03", span=DateRange(date(2026, 2, 21), date(2026, 2, 22)), place=nangarhar,
        recipients=("TTP", "ISKP", "AFG"), tolls=ReportedDeaths(13, 13, 80),
    )  # fmt: skip
    day = DateRange(date(2026, 2, 22), date(2026, 2, 22))
    rows = [
        ("behsud", 34.4, 70.4, 18),
        ("khogyani", 34.2, 70.2, 17),
        ("paktika", 32.6, 69.4, 5),
        ("province", 34.25, 70.5, 70),
    ]
    reports = [
        make_report(key, deaths, strike, span=day, place=Place("AFG", "Nangarhar", key, lat, lon, "place"),
                    initiators=("PAK", second))
        for second in ("TTP", "AFG", "ISKP") for key, lat, lon, deaths in [(f"{k} {second}", a, o, d) for k, a, o, d in rows]
    ]  # fmt: skip
    for n in range(1, len(reports) + 1):
        links = match_events([strike], reports[:n])
        assert sum(link.probability >= PROBABLE for link in links) <= 1
        assert "part" not in standings(links).values()
    assert standings(match_events([strike], reports[:1])) == {("DL-20260221-03", "behsud TTP"): "probable"}
    smaller = [replace(e, tolls=ReportedDeaths(n, n, n)) for e, n in zip(reports, (9, 8), strict=False)]
    assert set(standings(match_events([strike], smaller)).values()) == {"possible"}
