"""Sentences whose numbers can be traced, and the words that numbers become."""

import pytest

from detente.cases.case_file import load_case_file
from detente.cases.load import load_case_data
from detente.claims import CLAIMS, evaluate
from detente.claims.context import ClaimContext
from detente.claims.finding import Finding, best_documented, choose_examples
from detente.measures.quantity import Quantity
from detente.text.numbers import (
    compare_with_nearby,
    count_or_none_text,
    count_text,
    index_level_text,
    median_text,
    range_text,
    ratio_text,
    share_text,
)
from detente.text.sentence import ConventionPiece, NumberPiece, collect_quantities, make_sentence


def made(value: float | None, low: float | None = None, high: float | None = None, at: float | None = 0.95) -> Quantity:
    return Quantity("m", value, "", "", {"kind": "count"}, (), low, high, at)


def test_a_number_that_nobody_can_trace_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="untraced"):
        make_sentence("Half of the 12 rounds failed.")
    with pytest.raises(ValueError, match="untraced"):
        make_sentence("From ", ConventionPiece("9 October 2025", "start"), " on, ²")


def test_a_number_said_twice_is_listed_once() -> None:
    m = made(3)
    s = make_sentence(NumberPiece(m, "3"), " and again ", NumberPiece(m, "three"))
    assert s.measured == (m,)
    assert collect_quantities((s, s)) == (m,)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (count_text(made(0), "strike", "strikes"), "no strike"),
        (count_text(made(1), "strike", "strikes"), "1 strike"),
        (count_text(made(1234), "strike", "strikes"), "1,234 strikes"),
        (count_or_none_text(made(0)), "none"),
        (share_text(made(0.656, 0.523, 0.773)), "66 % (95 % limits 52–77 %)"),
        (share_text(made(0.11)), "11 %"),
        (ratio_text(made(12.1, 5.71, 27.4)), "12 times as often (95 % limits 5.7–27)"),
        (ratio_text(made(0.0, 0.0, 0.66)), "none, so at most 0.66 times as often (95 % limit)"),
        (
            ratio_text(made(float("inf"), 2.0, float("inf"))),
            "more often without bound (95 % limits: at least 2.0 times)",
        ),
        (range_text(made(None, 69, 1405, None)), "69–1,405"),
        (range_text(made(167, 167, 167, None)), "167"),
        (index_level_text(made(-2.74, -3.6, -1.9, 0.9)), "−2.7 (90 % band −3.6 to −1.9)"),
        (median_text(made(18, 7, 123), "days"), "18 days (95 % limits 7–123)"),
        (median_text(made(2, 1, None), "days"), "2 days (95 % limits from 1, no upper limit)"),
        (median_text(made(None, 9, None), "days"), "a time longer than the record can tell"),
    ],
)
def test_each_kind_of_number_has_one_way_of_being_written(said: NumberPiece, text: str) -> None:
    assert said.text.replace("\u00a0", " ") == text


def test_more_often_is_said_only_when_the_limits_leave_no_other_reading() -> None:
    assert compare_with_nearby(made(0.6, 0.4, 0.8), made(0.3)).startswith("more")
    assert compare_with_nearby(made(0.6, 0.4, 0.8), made(0.9)).startswith("less")
    assert compare_with_nearby(made(0.6, 0.4, 0.8), made(0.5)).startswith("not clearly")
    assert compare_with_nearby(made(0.6, 0.4, 0.8), made(0.4)).startswith("not clearly")


def test_an_example_is_taken_from_the_next_best_when_the_best_has_served_already() -> None:
    def finding(claim: str, *pools: tuple[str, ...]) -> Finding:
        return Finding(claim, "h", (make_sentence("s"),), make_sentence("s"), make_sentence("l"), pools)

    first, second, third = choose_examples(
        [finding("a", ("x", "y")), finding("b", ("x", "z"), ("y",)), finding("c", ("x",))]
    )
    assert first.examples == ("x",)
    assert second.examples == ("z", "y")
    # Where no other would do, an event serves again: a point without an example would be worse.
    assert third.examples == ("x",)


def test_the_best_event_is_well_sourced_undisputed_severe_and_recent() -> None:
    g = load_case_data(load_case_file("pakistan-afghanistan"))
    ranked = best_documented(g.of("attack"), most=61)
    order = {i: n for n, i in enumerate(ranked)}
    low = [e for e in g.of("attack") if e.confidence == "low" and e.disputed]
    high = [e for e in g.of("attack") if e.confidence == "high" and not e.disputed and (e.tolls.low or 0) >= 30]
    assert high
    assert low
    assert max(order[e.id] for e in high) < min(order[e.id] for e in low)


@pytest.mark.parametrize("claim", CLAIMS)
def test_every_claim_says_what_it_cannot_show_and_gives_its_short_form(claim: str) -> None:
    f = evaluate(claim, ClaimContext(load_case_data(load_case_file("pakistan-afghanistan"))), checks=False)
    assert f.claim == claim
    assert f.kind == "tested"
    assert f.limits.text.endswith(".")
    assert f.short.measured
    assert not any(c.isdigit() for c in f.headline)
    assert all(s.text.endswith(".") and "  " not in s.text for s in (*f.sentences, *f.tests, f.short, f.limits))
