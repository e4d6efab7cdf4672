"""Robustness checks on synthetic data with known truth."""

import numpy as np
import pytest

from detente.model.fit import fit_model
from detente.model.partial_residuals import residualise
from detente.model.placebo_tests import permute_labels, shifts, shuffled_labels_p, t_values
from detente.model.synthetic import SyntheticData, one_sided_response, shared_background

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
