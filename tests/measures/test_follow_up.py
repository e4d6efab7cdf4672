"""Follow-up in worlds with and without a response, and with a shared season."""

import numpy as np

from detente.cases.coverage import ReportingCoverage
from detente.events.event import Event
from detente.measures.follow_up import measure_follow_up
from support.worlds import FIRST, make_event, nth_day


def acts(days: list[int]) -> list[Event]:
    return [make_event(nth_day(d), "PAK", "AFG", "ACCUSE", n=i % 90 + 1) for i, d in enumerate(days)]


def test_share_counts_days_after_occasion() -> None:
    """The share counts distinct days, and the same day does not count as after."""
    f = measure_follow_up(acts([10, 10, 50, 90]), acts([10, 55, 91]), 7, ReportingCoverage(FIRST, np.ones(200)))
    assert (len(f.occasions), len(f.followed)) == (3, 2)
    assert f.after.value == 2 / 3


def test_occasion_near_end_is_left_out() -> None:
    """An occasion too close to the end of observation is left out and counted."""
    f = measure_follow_up(acts([10, 96]), acts([12]), 7, ReportingCoverage(FIRST, np.ones(100)))
    assert (len(f.occasions), f.left_out) == (1, 1)


def test_occasion_before_uncovered_days_is_left_out() -> None:
    """An occasion before days without coverage is left out."""
    coverage = np.ones(200)
    coverage[40:60] = 0
    f = measure_follow_up(acts([10, 38]), acts([12]), 7, ReportingCoverage(FIRST, coverage))
    assert (f.occasions, f.left_out) == ((nth_day(10),), 1)


def test_nearby_share_matches_hand_count() -> None:
    """The share of nearby days matches a count by hand."""
    # One follower on day 20: it follows within 7 days of days 13 to 19, of the 20 other days within 10 of day 15.
    f = measure_follow_up(acts([15]), acts([20]), 7, ReportingCoverage(FIRST, np.ones(100)), reach=10)
    assert f.after.value == 1.0
    assert f.nearby == 6 / 20


def test_shared_season_gives_no_response() -> None:
    """Two independent actors with a shared season show no response against nearby days."""
    # Both act often in the same half of the year, independently. Compared with all days the second seems to follow
    # the first; compared with nearby days it does not.
    rng, apparent, near = np.random.default_rng(3), [], []
    for _ in range(60):
        t = np.arange(730)
        p = 0.06 * (1 + 0.95 * np.sin(2 * np.pi * t / 365.25))
        a, b = (np.flatnonzero(rng.random(730) < p).tolist() for _ in range(2))
        f = measure_follow_up(acts(a), acts(b), 7, ReportingCoverage(FIRST, np.ones(730)))
        days = set(b)
        base = np.mean([any(int(i) + k in days for k in range(1, 8)) for i in t])
        apparent.append(f.after.value - base)
        near.append(f.after.value - f.nearby)
    assert np.mean(apparent) > 0.05
    assert abs(float(np.mean(near))) < 0.015


def test_true_response_exceeds_nearby_days() -> None:
    """A true response exceeds the share of nearby days."""
    rng = np.random.default_rng(5)
    a = sorted(rng.choice(700, 40, replace=False).tolist())
    b = [d + 2 for d in a if rng.random() < 0.8]
    f = measure_follow_up(acts(a), acts(b), 7, ReportingCoverage(FIRST, np.ones(730)))
    assert f.after.low > f.nearby
