"""Relation index against limiting cases and worlds with a known level."""

from datetime import date

import numpy as np
import pytest

from detente.cases.case_file import load_case_file
from detente.cases.load import load_case_data
from detente.measures.relation_index import Variances, fit_relation_index, monday, smooth_level


def test_level_without_drift_is_weighted_mean() -> None:
    """Without drift the level is the weighted mean of all weeks."""
    acts, score = np.array([1, 0, 4, 2]), np.array([3.0, np.nan, -2.0, 1.0])
    level, _ = smooth_level(acts, score, Variances(within=4.0, between=0.0, drift=1e-9))
    mean = (1 * 3 + 4 * -2 + 2 * 1) / 7
    assert level == pytest.approx([mean] * 4, abs=1e-4)


def test_level_with_infinite_drift_is_weekly_mean() -> None:
    """With unlimited drift the level is each week's own mean."""
    acts, score = np.array([1, 5, 2]), np.array([3.0, -2.0, 1.0])
    level, _ = smooth_level(acts, score, Variances(within=1.0, between=0.0, drift=1e9))
    assert level == pytest.approx(score, abs=1e-4)


def test_week_without_acts_is_interpolated() -> None:
    """A week without acts is interpolated with a larger variance."""
    acts, score = np.array([3, 0, 3]), np.array([2.0, np.nan, -2.0])
    level, cov = smooth_level(acts, score, Variances(within=1.0, between=0.1, drift=1.0))
    assert level[1] == pytest.approx(0.0, abs=1e-9)
    assert cov[1, 1] > cov[0, 0]


def test_band_covers_true_level() -> None:
    """The band covers the true level as often as its probability."""
    rng, v = np.random.default_rng(11), Variances(within=9.0, between=1.0, drift=0.2)
    covered = []
    for _ in range(200):
        truth = np.cumsum(rng.normal(0, np.sqrt(v.drift), 80))
        acts = rng.poisson(2.0, 80)
        noise = np.sqrt(v.within / np.maximum(acts, 1) + v.between)
        level, cov = smooth_level(acts, truth + rng.normal(0, noise), v)
        half = 1.6449 * np.sqrt(np.diag(cov))
        covered.append(np.mean(np.abs(level - truth) <= half))
    # With 200 worlds of 80 autocorrelated weeks the standard error of this mean is near 0.01.
    assert np.mean(covered) == pytest.approx(0.90, abs=0.02)


def test_change_band_uses_covariance() -> None:
    """The band of a change is that of the difference, not of two separate levels."""
    r = fit_relation_index(load_case_data(load_case_file("pakistan-afghanistan")))
    a, b = date(2025, 9, 1), date(2025, 9, 8)
    moved, low, high = r.change(a, b)
    assert moved == pytest.approx(r.at(b)[0] - r.at(a)[0])
    # Neighbouring weeks share nearly all of their evidence.
    assert high - low < 0.5 * (r.at(b)[2] - r.at(b)[1])
    assert r.change(a, a) == (0.0, 0.0, 0.0)


def test_level_ignores_number_of_reports() -> None:
    """Doubling every report does not lower the level."""
    # With twice the reporting coverage a sum would fall; a mean must not.
    acts, score = np.array([2, 3, 1, 4]), np.array([-1.0, -3.0, 2.0, -2.0])
    v = Variances(within=4.0, between=1e6, drift=1.0)
    once, _ = smooth_level(acts, score, v)
    twice, _ = smooth_level(acts * 2, score, v)
    assert twice == pytest.approx(once, abs=1e-3)


def test_monday_starts_week() -> None:
    """Weeks start on Monday."""
    assert monday(date(2025, 10, 9)) == date(2025, 10, 6)
    assert monday(date(2025, 10, 6)) == date(2025, 10, 6)
