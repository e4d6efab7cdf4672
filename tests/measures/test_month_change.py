"""A month's figures beside their usual ranges, alone and together."""

import numpy as np
import pytest
from scipy import stats

from detente.measures.errors import NotObserved
from detente.measures.month_change import combine_changes, compare_count, compare_deaths, compare_mean

CALM = [8, 12, 9, 11, 10, 7, 13, 10, 9, 12, 8, 11]


def test_compare_count_equals_prediction_interval() -> None:
    """The range is Student's prediction interval of one new value on the root scale."""
    wild = [12, 30, 19, 41, 20, 17, 25, 13, 19, 22, 60, 21]
    z = np.sqrt(np.array(wild) + 0.375)
    half = stats.t.ppf(0.95, 11) * z.std(ddof=1) * np.sqrt(13 / 12)
    r = compare_count(20, wild, 0.9)
    assert r.high == pytest.approx((z.mean() + half) ** 2 - 0.375)
    assert r.low == pytest.approx((z.mean() - half) ** 2 - 0.375)
    assert r.expected == pytest.approx(np.mean(wild))


def test_compare_count_is_never_narrower_than_poisson() -> None:
    """Equal earlier months do not make any other number remarkable."""
    r = compare_count(13, [10] * 12, 0.9)
    assert r.low < 8
    assert r.high > 12


def test_compare_deaths_survives_zero_months() -> None:
    """A month without deaths among the earlier ones leaves a finite, usable range."""
    r = compare_deaths(500, [40, 90, 0, 60, 250, 30, 80, 55, 20, 130, 70, 45], 0.9)
    assert 0 <= r.low < r.expected < r.high < 500


def test_compare_mean_of_equal_months_varies_by_acts_alone() -> None:
    """Earlier months that are all equal vary by their acts alone: range and z follow in closed form."""
    r = compare_mean(-3.0, 16, [-2.0] * 8, [5] * 8, 4.0, 0.9)
    half = stats.t.ppf(0.95, 7) * np.sqrt(4 / 16 + 4 / 40)
    assert (r.expected, r.score) == pytest.approx((-2.0, -1.0 / np.sqrt(4 / 16)))
    assert (r.low, r.high) == pytest.approx((-2.0 - half, -2.0 + half))


def test_compare_mean_adds_variance_between_months() -> None:
    """Months that differ by more than their acts explain add the variance of DerSimonian and Laird (1986)."""
    before = np.array([-4.0, 0.0] * 4)
    r = compare_mean(-2.0, 5, before, [5] * 8, 1.0, 0.9)
    # Equal weights 5: Q = 5 * 8 * 4 = 160, c = 40 - 8 * 25 / 40 = 35, so (160 - 7) / 35 between months.
    between = 153 / 35
    half = stats.t.ppf(0.95, 7) * np.sqrt((1 / 5 + between) * 9 / 8)
    assert (r.low, r.high) == pytest.approx((-2.0 - half, -2.0 + half))
    assert list(r.scores) == pytest.approx((before + 2.0) / np.sqrt(1 / 5 + between))


def test_compare_mean_widens_with_few_acts() -> None:
    """The mean of few acts is compared less sharply than that of many."""
    before, acts = [-2, -1, -3, -2, -1, -2, -3, -2, -2, -1], [6] * 10
    few, many = (compare_mean(-5.0, n, before, acts, 9.0, 0.9) for n in (1, 50))
    assert few.low < many.low
    assert few.high > many.high


def test_compare_mean_needs_eight_months() -> None:
    """Months without acts have no mean, and fewer than eight with acts are too few."""
    with pytest.raises(NotObserved):
        compare_mean(-5.0, 3, [-2] * 7 + [float("nan")] * 5, [4] * 7 + [0] * 5, 4.0, 0.9)
    with pytest.raises(NotObserved):
        compare_mean(float("nan"), 0, [-2] * 12, [4] * 12, 4.0, 0.9)


def test_combine_changes_turns_signs() -> None:
    """A measure that is turned round counts the other way."""
    up = compare_count(31, CALM, 0.9)
    both, against = (combine_changes([up], [s], 0.9) for s in (1, -1))
    assert both.t == pytest.approx(-against.t)
    assert both.t > both.limit
    assert both.probability == pytest.approx(stats.t.cdf(both.t, 11))


def test_combine_changes_ignores_repeated_measures() -> None:
    """A measure given twice is no more evidence than once."""
    up = compare_count(18, CALM, 0.9)
    assert combine_changes([up, up], [1, 1], 0.9).t == pytest.approx(combine_changes([up], [1], 0.9).t)
