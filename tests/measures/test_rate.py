"""Exact limits are exact: each is held against the distribution that defines it, and against scipy."""

import numpy as np
import pytest
from scipy.stats import binom, binomtest, poisson

from detente.measures.errors import NotObserved
from detente.measures.rate import estimate_rate, estimate_rate_ratio, estimate_share


@pytest.mark.parametrize("count", [0, 1, 5, 40])
def test_beyond_each_limit_the_count_would_be_a_one_in_forty_surprise(count: int) -> None:
    r = estimate_rate(count, 100.0)
    assert poisson.cdf(count, r.high * 100) == pytest.approx(1 / 40)
    assert poisson.sf(count - 1, r.low * 100) == pytest.approx(1 / 40 if count else 1)
    assert count or r.low == 0
    assert r.value == count / 100


def test_the_interval_holds_the_true_rate_at_least_as_often_as_it_says() -> None:
    true, rng = 0.03, np.random.default_rng(7)
    held = [
        r.low <= true <= r.high for c in rng.poisson(true * 400, size=4_000) for r in [estimate_rate(int(c), 400.0)]
    ]
    assert np.mean(held) >= 0.95


@pytest.mark.parametrize(("count", "total"), [(0, 7), (3, 12), (12, 12), (40, 61)])
def test_limits_of_a_share_are_those_of_clopper_and_pearson(count: int, total: int) -> None:
    s, judge = estimate_share(count, total), binomtest(count, total).proportion_ci(0.95, method="exact")
    assert (s.low, s.high) == pytest.approx((judge.low, judge.high), abs=1e-12)


@pytest.mark.parametrize(("a", "ea", "b", "eb"), [(24, 512.0, 11, 2844.0), (0, 512.0, 21, 2844.0), (5, 10.0, 5, 10.0)])
def test_at_each_limit_of_a_ratio_the_split_would_be_a_one_in_forty_surprise(
    a: int, ea: float, b: int, eb: float
) -> None:
    r = estimate_rate_ratio(a, ea, b, eb)

    def p(times: float) -> float:
        return times * ea / (times * ea + eb)

    assert binom.cdf(a, a + b, p(r.high)) == pytest.approx(1 / 40)
    assert a == 0 or binom.sf(a - 1, a + b, p(r.low)) == pytest.approx(1 / 40)


def test_a_ratio_to_nothing_is_unbounded_and_not_a_large_number() -> None:
    assert estimate_rate_ratio(4, 10, 0, 10).high == float("inf")
    assert estimate_rate_ratio(4, 10, 0, 10).low > 0


def test_time_that_nobody_watched_has_no_rate() -> None:
    with pytest.raises(NotObserved, match="unknown, not zero"):
        estimate_rate(3, 0.0)
    with pytest.raises(NotObserved):
        estimate_share(0, 0)
