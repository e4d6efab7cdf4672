"""Baselines: what their names say, from the history alone; unknown is never zero."""

from collections import Counter

import numpy as np
import pytest
from scipy.stats import nbinom

from detente.forecast.baselines import (
    BASELINES,
    _fit_nb_regression,
    climatology,
    conflictology,
    draw_negative_binomial,
    exponential,
    last_value,
)
from detente.forecast.errors import HistoryTooShort
from detente.forecast.training_data import History, systematic_resample

RNG = np.random.default_rng(0)
AHEAD = np.array([3, 14])
ROWS = np.vstack([np.arange(120.0), RNG.poisson(3, 120), np.zeros(120)])
H = History(("rising", "steady", "quiet"), ROWS, 12)


@pytest.mark.parametrize("name", BASELINES)
def test_baseline_keeps_protocol_and_seed(name: str) -> None:
    """Every baseline returns whole counts of the right shape, the same from one seed."""
    x = BASELINES[name](H, AHEAD, 240, np.random.default_rng(1))
    assert x.shape == (3, 2, 240)
    assert np.isfinite(x).all()
    assert (x >= 0).all()
    assert (x == np.floor(x)).all()
    np.testing.assert_array_equal(x, BASELINES[name](H, AHEAD, 240, np.random.default_rng(1)))


@pytest.mark.parametrize("name", BASELINES)
def test_baseline_ignores_unknown_months(name: str) -> None:
    """An unknown month does not count as zero."""
    rows = np.full((4, 120), np.nan)
    rows[:, ::2] = 40.0  # every second month unknown, 40 in each known one
    x = BASELINES[name](History(tuple("abcd"), rows, 12), np.array([2]), 400, np.random.default_rng(1))
    # `zero` forecasts 0; all others know months of 40 only.
    assert x.mean() == pytest.approx(0 if name == "zero" else 40, abs=1.5)


def test_conflictology_weights_months_equally() -> None:
    """Each of the last twelve months has the same share of the draws."""
    x = conflictology(12)(H, np.array([3]), 1200, RNG)[0, 0]
    assert Counter(x.tolist()) == {float(v): 100 for v in range(108, 120)}


def test_climatology_draws_same_month() -> None:
    """Climatology draws the same month of earlier years."""
    x = climatology(H, np.array([3]), 1000, RNG)[0, 0]
    assert set(x.tolist()) == {float(v) for v in range(2, 120, 12)}  # three ahead of month 119 is month 122


def test_last_value_skips_unknown_month() -> None:
    """The last value skips an unknown month at the end."""
    assert last_value(History(("a",), np.array([[5.0, np.nan]]), 12), AHEAD, 3, RNG).tolist() == [[[5.0] * 3] * 2]


def test_exponential_matches_weighted_moments() -> None:
    """Mean and variance equal the weighted moments of the past."""
    y = RNG.negative_binomial(1.0, 0.1, 60).astype(float)
    w = 0.5 ** (np.arange(60)[::-1] / 6)
    w /= w.sum()
    mean = float(w @ y)
    x = exponential(6.0)(History(("a",), y[None], 12), np.array([1]), 200_000, RNG)
    assert x.mean() == pytest.approx(mean, rel=0.02)
    assert x.var() == pytest.approx(float(w @ (y - mean) ** 2), rel=0.05)


def test_negative_binomial_falls_back_to_poisson() -> None:
    """Counts are Poisson if the variance is not above the mean."""
    x = draw_negative_binomial(4.0, 1.0, (100_000,), RNG)
    assert x.var() == pytest.approx(4.0, rel=0.03)


def test_nb_regression_recovers_coefficients() -> None:
    """The regression recovers known coefficients and size."""
    x = np.column_stack([np.ones(20_000), RNG.normal(1.0, 0.8, 20_000)])
    mean = np.exp(x @ [0.3, 0.7])
    y = np.asarray(nbinom.rvs(0.6, 0.6 / (0.6 + mean), random_state=RNG), dtype=float)
    beta, size = _fit_nb_regression(x, y)
    # The ridge of 1e-3 and 20,000 counts leave about 2 %.
    np.testing.assert_allclose(beta, [0.3, 0.7], atol=0.05)
    assert size == pytest.approx(0.6, rel=0.05)


def test_systematic_resample_keeps_weights() -> None:
    """Draws have exactly the shares of the weighted sample."""
    x = systematic_resample(np.array([7.0, 1.0, 3.0]), 1000, RNG, np.array([0.5, 0.2, 0.3]))
    assert Counter(x.tolist()) == {1.0: 200, 3.0: 300, 7.0: 500}


def test_conflictology_rejects_unknown_unit() -> None:
    """A unit without known periods is rejected by name."""
    with pytest.raises(HistoryTooShort, match="mute"):
        conflictology(12)(History(("mute",), np.full((1, 24), np.nan), 12), AHEAD, 10, RNG)


def test_nb_regression_rejects_short_history() -> None:
    """A history of three years is too short for the regression."""
    with pytest.raises(HistoryTooShort, match="36"):
        BASELINES["nb regression"](History(("a",), np.ones((1, 36)), 12), AHEAD, 10, RNG)
