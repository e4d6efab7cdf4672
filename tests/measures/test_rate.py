"""Exact limits against the distribution that defines them and against SciPy."""

import numpy as np
import pytest
from scipy.stats import binom, binomtest, poisson

from detente.measures.errors import NotObserved
from detente.measures.rate import estimate_rate, estimate_rate_ratio, estimate_share


@pytest.mark.parametrize("count", [0, 1, 5, 40])
def test_rate_limits_have_tail_of_one_fortieth(count: int) -> None:
    """At each limit of a rate the tail probability of the count is 1/40."""
    r = estimate_rate(count, 100.0)
    assert poisson.cdf(count, r.high * 100) == pytest.approx(1 / 40)
    assert poisson.sf(count - 1, r.low * 100) == pytest.approx(1 / 40 if count else 1)
    assert count or r.low == 0
    assert r.value == count / 100


def test_rate_interval_covers_true_rate() -> None:
    """The interval covers the true rate at least as often as its level."""
    true, rng = 0.03, np.random.default_rng(7)
    covered = [
        r.low <= true <= r.high for c in rng.poisson(true * 400, size=4_000) for r in [estimate_rate(int(c), 400.0)]
    ]
    assert np.mean(covered) >= 0.95


@pytest.mark.parametrize(("count", "total"), [(0, 7), (3, 12), (12, 12), (40, 61)])
def test_share_limits_are_clopper_pearson(count: int, total: int) -> None:
    """The limits of a share equal SciPy's Clopper–Pearson limits."""
    s, expected = estimate_share(count, total), binomtest(count, total).proportion_ci(0.95, method="exact")
    assert (s.low, s.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize(("a", "ea", "b", "eb"), [(24, 512.0, 11, 2844.0), (0, 512.0, 21, 2844.0), (5, 10.0, 5, 10.0)])
def test_ratio_limits_have_tail_of_one_fortieth(a: int, ea: float, b: int, eb: float) -> None:
    """At each limit of a ratio the tail probability of the split is 1/40."""
    r = estimate_rate_ratio(a, ea, b, eb)

    def p(times: float) -> float:
        return times * ea / (times * ea + eb)

    assert binom.cdf(a, a + b, p(r.high)) == pytest.approx(1 / 40)
    assert a == 0 or binom.sf(a - 1, a + b, p(r.low)) == pytest.approx(1 / 40)


def test_ratio_without_base_events_is_unbounded() -> None:
    """The ratio to a base without events has an infinite upper limit."""
    assert estimate_rate_ratio(4, 10, 0, 10).high == float("inf")
    assert estimate_rate_ratio(4, 10, 0, 10).low > 0


def test_rate_needs_exposure() -> None:
    """A rate or share without exposure raises NotObserved."""
    with pytest.raises(NotObserved):
        estimate_rate(3, 0.0)
    with pytest.raises(NotObserved):
        estimate_share(0, 0)
