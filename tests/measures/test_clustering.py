"""Clustered means, design effects and dispersion: closed forms, and the rate of false alarms under a shared level."""

import numpy as np
import pytest

from detente.cases.coverage import ReportingCoverage
from detente.claims.estimate import excess_probability
from detente.measures.clustering import design_effect, dispersion, mean_by_blocks
from detente.measures.follow_up import measure_follow_up
from detente.measures.rate import estimate_rate_ratio, estimate_share
from support.worlds import FIRST, make_event, nth_day


def test_mean_by_blocks_equals_textbook_for_single_values() -> None:
    """With one value a block the error is the usual standard error of a mean."""
    x = np.array([1.0, 4.0, 2.0, 8.0])
    m = mean_by_blocks(x, np.arange(4) * 90)
    assert m.error == pytest.approx(x.std(ddof=1) / 2)
    assert m.freedom == 3


def test_design_effect_of_identical_pairs_is_two() -> None:
    """Occasions that come in pairs with one outcome count half."""
    hits = np.repeat(np.random.default_rng(0).random(500) < 0.4, 2)
    assert design_effect(hits, np.repeat(np.arange(500) * 90, 2)) == pytest.approx(2, rel=0.02)
    assert design_effect(hits[::2], np.arange(500) * 90) == pytest.approx(1, rel=0.02)


def test_dispersion_measures_cluster_size() -> None:
    """Clusters of three have a dispersion of three, single events of one."""
    rng, expected = np.random.default_rng(1), np.full(2000, 6.0)
    assert dispersion(3 * rng.poisson(2.0, 2000), expected, 1) == pytest.approx(3, rel=0.1)
    assert dispersion(rng.poisson(6.0, 2000), expected, 1) == pytest.approx(1, rel=0.1)


def test_limits_widen_with_design_effect() -> None:
    """Half as much information: the limits of 3 of 10 at an effect of 2 are those of 6 of 20 at an effect of 4."""
    wide, narrow = estimate_share(6, 20, effect=4.0), estimate_share(3, 10, effect=2.0)
    assert (wide.low, wide.high) == pytest.approx((narrow.low, narrow.high))
    assert estimate_share(3, 10).low > narrow.low
    assert estimate_rate_ratio(0, 100, 21, 500, effect=3.0).high > estimate_rate_ratio(0, 100, 21, 500).high


@pytest.mark.parametrize("half_life", [0, 30])
def test_follow_up_keeps_its_level_under_shared_level(half_life: int) -> None:
    """Two kinds of event that share a slow level follow one another at most as often as is nominal."""
    rng, days, found = np.random.default_rng(3), 1500, 0
    for _ in range(40):
        level = np.zeros(days)
        for t in range(1, days) if half_life else ():
            level[t] = 0.5 ** (1 / half_life) * level[t - 1] + np.sqrt(1 - 0.25 ** (1 / half_life)) * rng.normal()
        a, b = (rng.random(days) < np.minimum(0.04 * np.exp(0.8 * level), 0.9) for _ in range(2))
        events = [[make_event(nth_day(int(d)), "PAK", "AFG", "ACCUSE") for d in np.flatnonzero(x)] for x in (a, b)]
        f = measure_follow_up(events[0], events[1], 7, ReportingCoverage(FIRST, np.ones(days)))
        found += min(excess_probability(m, "above") for m in (f.excess, f.reversal)) > 0.95
    # Nominal 5 %: seven or more of 40 happen with probability 0.003.
    assert found <= 6
