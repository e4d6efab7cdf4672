"""Sentences with traceable numbers, number formats and the choice of examples."""

import pytest

from detente.cases.case_file import load_case_file
from detente.cases.load import load_case_data
from detente.claims import CLAIMS, evaluate
from detente.claims.context import ClaimContext
from detente.claims.examples import best_documented
from detente.claims.finding import Finding, choose_examples
from detente.core.proper_names import declare_names
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
from detente.text.sentence import ConventionPiece, NamePiece, NumberPiece, collect_quantities, make_sentence


def make_quantity(
    value: float | None, low: float | None = None, high: float | None = None, at: float | None = 0.95
) -> Quantity:
    return Quantity("m", value, "", "", {"kind": "count"}, (), low, high, at)


def test_make_sentence_rejects_untraced_digits() -> None:
    """A digit in plain text raises an error, a superscript digit too."""
    with pytest.raises(ValueError, match="Untraced"):
        make_sentence("Half of the 12 rounds failed.")
    with pytest.raises(ValueError, match="Untraced"):
        make_sentence("From ", ConventionPiece("9 October 2025", "start"), " on, ²")


def test_sentence_lists_quantity_once() -> None:
    """A quantity used twice is listed once, in one sentence and in several."""
    m = make_quantity(3)
    s = make_sentence(NumberPiece(m, "3"), " and again ", NumberPiece(m, "three"))
    assert s.measured == (m,)
    assert collect_quantities((s, s)) == (m,)


@pytest.mark.parametrize(
    ("piece", "text"),
    [
        (count_text(make_quantity(0), "strike", "strikes"), "no strike"),
        (count_text(make_quantity(1), "strike", "strikes"), "1 strike"),
        (count_text(make_quantity(1234), "strike", "strikes"), "1,234 strikes"),
        (count_or_none_text(make_quantity(0)), "none"),
        (share_text(make_quantity(0.656, 0.523, 0.773)), "66 % (95 % limits 52–77 %)"),
        (share_text(make_quantity(0.11)), "11 %"),
        (ratio_text(make_quantity(12.1, 5.71, 27.4)), "12 times as often (95 % limits 5.7–27)"),
        (ratio_text(make_quantity(0.0, 0.0, 0.66)), "none, so at most 0.66 times as often (95 % limit)"),
        (
            ratio_text(make_quantity(float("inf"), 2.0, float("inf"))),
            "more often without bound (95 % limits: at least 2.0 times)",
        ),
        (range_text(make_quantity(None, 69, 1405, None)), "69–1,405"),
        (range_text(make_quantity(167, 167, 167, None)), "167"),
        (index_level_text(make_quantity(-2.74, -3.6, -1.9, 0.9)), "−2.7 (90 % band −3.6 to −1.9)"),
        (median_text(make_quantity(18, 7, 123), "days"), "18 days (95 % limits 7–123)"),
        (median_text(make_quantity(2, 1, None), "days"), "2 days (95 % limits from 1, no upper limit)"),
        (median_text(make_quantity(None, 9, None), "days"), "a time longer than the record can tell"),
    ],
)
def test_number_text_has_fixed_format(piece: NumberPiece, text: str) -> None:
    """Each kind of number has one format, with its limits."""
    assert piece.text.replace("\u00a0", " ") == text


def test_compare_with_nearby_respects_limits() -> None:
    """`more` and `less` need limits that exclude the share of nearby days."""
    assert compare_with_nearby(make_quantity(0.6, 0.4, 0.8), make_quantity(0.3)).startswith("more")
    assert compare_with_nearby(make_quantity(0.6, 0.4, 0.8), make_quantity(0.9)).startswith("less")
    assert compare_with_nearby(make_quantity(0.6, 0.4, 0.8), make_quantity(0.5)).startswith("not clearly")
    assert compare_with_nearby(make_quantity(0.6, 0.4, 0.8), make_quantity(0.4)).startswith("not clearly")


def test_choose_examples_avoids_repeats() -> None:
    """An event that already illustrates a finding is replaced by the next best."""

    def finding(claim: str, *pools: tuple[str, ...]) -> Finding:
        return Finding(claim, "h", (make_sentence("s"),), make_sentence("s"), make_sentence("l"), pools)

    first, second, third = choose_examples(
        [finding("a", ("x", "y")), finding("b", ("x", "z"), ("y",)), finding("c", ("x",))]
    )
    assert first.examples == ("x",)
    assert second.examples == ("z", "y")
    # Where no other event is left, one is used again: a finding without an example would be worse.
    assert third.examples == ("x",)


def test_best_documented_prefers_well_sourced_events() -> None:
    """Severe, undisputed events of high confidence come before disputed ones of low confidence."""
    g = load_case_data(load_case_file("pakistan-afghanistan"))
    force = g.of("attack", "operation", "strike", "clash")
    ranked = best_documented(force, most=len(force))
    order = {i: n for n, i in enumerate(ranked)}
    low = [e for e in force if e.confidence == "low" and e.disputed]
    high = [e for e in force if e.confidence == "high" and not e.disputed and (e.tolls.low or 0) >= 30]
    assert high
    assert low
    assert max(order[e.id] for e in high) < min(order[e.id] for e in low)


@pytest.mark.parametrize("claim", CLAIMS)
def test_finding_has_limits_and_short_form(claim: str) -> None:
    """Every finding has limits, a short form with a quantity, a headline without digits and complete sentences."""
    f = evaluate(claim, ClaimContext(load_case_data(load_case_file("pakistan-afghanistan"))), checks=False)
    assert f.claim == claim
    assert f.kind == "tested"
    assert f.limits.text.endswith(".")
    assert f.short.measured
    assert not any(c.isdigit() for c in f.headline)
    assert all(s.text.endswith(".") and "  " not in s.text for s in (*f.sentences, *f.tests, f.short, f.limits))


def test_sentence_types_names_with_digits() -> None:
    """The digits of a declared name need no quantity; other digits beside it still do."""
    declare_names(["M23"])
    s = make_sentence("Attacks by M23 are on record.")
    assert s.text == "Attacks by M23 are on record."
    assert [type(p) for p in s.pieces] == [str, NamePiece, str]
    with pytest.raises(ValueError, match="Untraced number"):
        make_sentence("Attacks by M23 came 5 times.")
