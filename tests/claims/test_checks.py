"""Attacks tell an answer from a shared season: on worlds whose truth was chosen."""

import numpy as np
import pytest

from detente.claims.checks.circular_shift import residualise, shifts, t_values
from detente.claims.checks.label_permutation import p_value, permute_labels
from detente.model.fit import fit_model
from detente.model.synthetic import SyntheticData, one_sided_response, shared_background

TERMS = ((1.0, "a", "b"),)


def p_in_time(w: SyntheticData) -> float:
    s = fit_model(w.y, w.coverage, channels=w.channels, rng=np.random.default_rng(0), draws=50)
    t = t_values([(1.0, *residualise(s, "a", "b"))])
    tried = t[list(shifts(len(t)))]
    return float((1 + (tried >= t[0]).sum()) / (1 + len(tried)))


def test_a_true_answer_survives_the_placebo_in_time() -> None:
    true = [p_in_time(one_sided_response(np.random.default_rng(i), events=900)) for i in range(8)]
    assert np.mean(np.array(true) <= 0.05) >= 0.75


def test_a_shared_season_and_an_upheaval_that_nobody_names_mostly_do_not_survive_it() -> None:
    none = [p_in_time(shared_background(np.random.default_rng(i))) for i in range(12)]
    # Nominal 5 %: of 12, three or more happen with probability 0.02.
    assert np.sum(np.array(none) <= 0.05) <= 2


def test_shuffled_labels_pass_an_answer_to_one_channel_alone() -> None:
    w = one_sided_response(np.random.default_rng(1), events=900)
    # A third channel that lives in the same weeks and is answered by nobody.
    y = np.column_stack([w.y, np.random.default_rng(2).poisson(0.3, len(w.y))])
    s = fit_model(y, channels=("a", "b", "c"), rng=np.random.default_rng(0), draws=50)
    assert p_value(s, TERMS, "above", 0) <= 0.05
    assert p_value(s, ((1.0, "c", "b"),), "above", 0) > 0.05


def test_dealing_labels_keeps_the_number_of_each_quarter() -> None:
    rng = np.random.default_rng(3)
    y, pool = rng.poisson(0.3, 400), rng.poisson(1.0, 400)
    pool = pool + y
    again = permute_labels(y, pool, rng)
    for a in range(0, 400, 90):
        assert again[a : a + 90].sum() == y[a : a + 90].sum()
    assert (again <= pool).all()


@pytest.mark.parametrize("shift", [0, 1, 59])
def test_a_shift_of_less_than_two_months_is_no_placebo(shift: int) -> None:
    assert shift not in shifts(1000)
    assert 1000 - shift not in shifts(1000)
