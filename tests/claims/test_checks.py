"""Robustness checks on synthetic data with known truth."""

import numpy as np
import pytest

from detente.cases.case_file import load_case_file
from detente.cases.load import load_case_data
from detente.claims.checks import circular_shift, label_permutation, lead_check, run_checks
from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate, estimate_follow_up, estimate_response
from detente.claims.verdict import decide_part_verdict
from detente.measures.event_filter import EventFilter
from detente.model.fit import FittedModel, fit_model
from detente.model.partial_residuals import residualise
from detente.model.placebo_tests import permute_labels, shifts, shuffled_labels_p, t_values
from detente.model.synthetic import (
    SyntheticData,
    bilateral_response,
    calming_talks,
    one_sided_response,
    shared_background,
)

TERMS = ((1.0, "a", "b"),)


def circular_shift_p(w: SyntheticData) -> float:
    s = fit_model(w.y, w.coverage, channels=w.channels, rng=np.random.default_rng(0), draws=50)
    t = t_values([(1.0, *residualise(s, "a", "b"))])
    shifted = t[list(shifts(len(t)))]
    return float((1 + (shifted >= t[0]).sum()) / (1 + len(shifted)))


def test_circular_shift_keeps_true_response() -> None:
    """The placebo in time has power of at least 75 % against a true response."""
    true = [circular_shift_p(one_sided_response(np.random.default_rng(i), events=900)) for i in range(8)]
    assert np.mean(np.array(true) <= 0.05) >= 0.75


def test_circular_shift_rejects_shared_background() -> None:
    """A shared season and an unnamed change point pass the placebo in time at most at its nominal rate."""
    none = [circular_shift_p(shared_background(np.random.default_rng(i))) for i in range(12)]
    # Nominal 5 %: of 12, three or more happen with probability 0.02.
    assert np.sum(np.array(none) <= 0.05) <= 2


def test_label_permutation_passes_only_responding_channel() -> None:
    """A true response passes; a channel active in the same weeks without response does not."""
    w = one_sided_response(np.random.default_rng(1), events=900)
    # Channel c is active in the same weeks, and no channel responds to it.
    y = np.column_stack([w.y, np.random.default_rng(2).poisson(0.3, len(w.y))])
    s = fit_model(y, channels=("a", "b", "c"), rng=np.random.default_rng(0), draws=50)
    assert shuffled_labels_p(s, TERMS, "above", 0) <= 0.05
    assert shuffled_labels_p(s, ((1.0, "c", "b"),), "above", 0) > 0.05


def test_permute_labels_keeps_quarterly_counts() -> None:
    """Each block of 90 days keeps its number of labels, and no day gets more labels than events."""
    rng = np.random.default_rng(3)
    y, pool = rng.poisson(0.3, 400), rng.poisson(1.0, 400)
    pool = pool + y
    permuted = permute_labels(y, pool, rng)
    for a in range(0, 400, 90):
        assert permuted[a : a + 90].sum() == y[a : a + 90].sum()
    assert (permuted <= pool).all()


@pytest.mark.parametrize("shift", [0, 1, 59])
def test_shifts_exclude_less_than_two_months(shift: int) -> None:
    """Shifts below 60 days in either direction are not tried."""
    assert shift not in shifts(1000)
    assert 1000 - shift not in shifts(1000)


class Claim:
    """A claim of one part, as `run_checks` needs it."""

    id = "made"

    def __init__(self, terms: tuple[tuple[float, str, str], ...]) -> None:
        self.terms = terms

    def estimates(self, view: ClaimContext) -> tuple[Estimate, ...]:
        return (estimate_response(view, "part", "a brings b", self.terms, "b", necessary=True),)


def context_with(s: FittedModel) -> ClaimContext:
    """The flagship's context with another fitted model, without its own events."""
    view = ClaimContext(load_case_data(load_case_file("pakistan-afghanistan")))
    view._cache["fit host"] = s
    return view


def test_contradicted_part_is_attacked_by_same_checks() -> None:
    """Where the contrary is near certain, the deciding checks attack the contrary, and the verdict needs them."""
    w = calming_talks(np.random.default_rng(4), days=3000)
    y = np.column_stack([w.y, np.random.default_rng(5).poisson(0.2, len(w.y))])
    s = fit_model(y, channels=("attack", "strike", "clash"), rng=np.random.default_rng(0), draws=200)
    view, claim = context_with(s), Claim(((1.0, "strike", "attack"),))
    (e,) = claim.estimates(view)
    assert (e.probability or 0.0) < 0.05  # strikes prevent attacks here
    outcomes = run_checks(claim, e, view, (lead_check.CHECK, circular_shift.CHECK, label_permutation.CHECK))
    assert [o.result for o in outcomes] == ["held"] * 3
    assert decide_part_verdict(e, outcomes) == "contradicted"
    assert decide_part_verdict(e, ()) == "not supported"


def test_undecided_mutual_response_is_not_supported() -> None:
    """Mutual responses fail the lead check, and its sentence says that counts of days cannot decide."""
    w = bilateral_response(np.random.default_rng(2), events=2500)
    view = context_with(fit_model(w.y, channels=("attack", "strike"), rng=np.random.default_rng(0), draws=200))
    claim = Claim(((1.0, "attack", "strike"),))
    (e,) = claim.estimates(view)
    (outcome,) = run_checks(claim, e, view, (lead_check.CHECK,))
    assert outcome.result == "failed"
    assert lead_check.UNDECIDABLE in outcome.told.text
    assert decide_part_verdict(e, (outcome,)) == "not supported"


def test_follow_up_without_followers_is_not_applicable() -> None:
    """Against a baseline of zero followers no share is certain: without closures on record the claim has too little data."""
    view = ClaimContext(load_case_data(load_case_file("pakistan-afghanistan")))
    never = EventFilter(modes=("close-crossing",), deaths_from=10**6)
    force = view.channel("strike", "clash")
    e = estimate_follow_up(view, "closures", "closures follow force", force, never, 7, "a closure", necessary=True)
    assert e.chance is None
    assert decide_part_verdict(e, ()) == "too little data"
    assert "nothing to compare" in e.why_not
