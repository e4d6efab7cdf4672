"""Scores against another program, closed forms, and true forecasts."""

from datetime import date, timedelta
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, poisson

from detente.forecast.backtest import OURS, BacktestRound
from detente.forecast.errors import BadForecast
from detente.forecast.members import MEMBERS
from detente.forecast.scorecard import REFERENCE_MODEL, build_scorecard
from detente.forecast.scores.brier import brier
from detente.forecast.scores.crps import BLOCK, crps
from detente.forecast.scores.ignorance import VIEWS_BINS, ignorance, log_score
from detente.forecast.scores.interval import central_interval, interval_coverage, interval_score
from detente.forecast.scores.pit import pit
from detente.forecast.scores.sign_flip import compare_scores, holm
from detente.forecast.stacking import equal_weights

RNG = np.random.default_rng(5)
X = RNG.negative_binomial(0.3, 0.01, (300, 200)).astype(float)
Y = RNG.negative_binomial(0.3, 0.01, 300).astype(float)


@pytest.fixture(scope="module")
def scoringrules() -> Any:
    """The other program; it compiles for five seconds when it is imported, so only these tests import it."""
    return import_module("scoringrules")


@pytest.mark.parametrize(("fair", "estimator"), [(False, "nrg"), (True, "fair")])
def test_crps_matches_scoringrules(scoringrules: Any, fair: bool, estimator: str) -> None:
    """The CRPS equals that of scoringrules to ten digits."""
    other = scoringrules.crps_ensemble(Y, X, estimator=estimator, backend="numpy")
    np.testing.assert_allclose(crps(X, Y, fair=fair), other, rtol=1e-10)
    logs = scoringrules.crps_ensemble(np.log1p(Y), np.log1p(X), estimator=estimator, backend="numpy")
    np.testing.assert_allclose(crps(X, Y, fair=fair, log=True), logs, rtol=1e-9, atol=1e-12)


def test_crps_is_independent_of_blocks() -> None:
    """The CRPS does not depend on the block of a row."""
    x = RNG.random((BLOCK + 3, 4))
    y = RNG.random(BLOCK + 3)
    np.testing.assert_allclose(crps(x, y)[-5:], crps(x[-5:], y[-5:]), rtol=1e-12)


def test_fair_crps_matches_normal_closed_form(scoringrules: Any) -> None:
    """The fair CRPS of normal draws equals its closed form."""
    x = np.random.default_rng(0).normal(1.0, 2.0, (40_000, 10))
    # The mean over many draws; its own standard error is 0.004.
    assert crps(x, np.full(40_000, 2.5), fair=True).mean() == pytest.approx(
        float(scoringrules.crps_normal(2.5, 1.0, 2.0)), abs=0.02
    )


def test_ignorance_matches_counts_by_hand() -> None:
    """Ignorance equals counts by hand, and its probabilities sum to 1."""
    middles = [0, 1, 4, 8, 20, 40, 80, 200, 400, 900, 5000]
    draws = np.array([0] * 5 + [1, 2, 4, 20, 20, 1000.5, 9999], dtype=float)
    counts = [5, 2, 1, 0, 2, 0, 0, 0, 0, 0, 2]
    bits = ignorance(np.tile(draws, (11, 1)), middles)
    np.testing.assert_allclose(bits, [-np.log2((c + 1) / (12 + 11)) for c in counts])
    assert np.exp2(-bits).sum() == pytest.approx(1)
    as_challenge = ignorance(np.tile(draws, (11, 1)), middles, challenge=True)
    np.testing.assert_allclose(as_challenge, [-np.log2((c + 2 / 3) / (12 + 2 / 3)) for c in counts])


@given(st.permutations(list(range(12))), st.floats(0, 3000))
def test_scores_are_independent_of_draw_order(order: list[int], y: float) -> None:
    """The order of draws does not change a score."""
    draws = np.array([[0, 0, 0, 1, 3, 3, 12, 30, 30, 200, 800, 2000]], dtype=float)
    mixed = draws[:, order]
    for score in (crps, ignorance, interval_score):
        assert score(mixed, [y])[0] == pytest.approx(score(draws, [y])[0], rel=1e-12)


def test_ignorance_bins_include_lower_edge() -> None:
    """A bin includes its lower edge."""
    assert VIEWS_BINS[1:4] == (0.5, 2.5, 5.5)
    one_in_two = ignorance([[0.5, 2.5]], [1.0])
    assert one_in_two[0] == pytest.approx(-np.log2(2 / 13))


def test_log_and_brier_scores_match_scoringrules(scoringrules: Any) -> None:
    """Log and Brier scores equal those of scoringrules."""
    p = RNG.random(500)
    o = (RNG.random(500) < p).astype(int)
    np.testing.assert_allclose(log_score(p, o), scoringrules.log_score(o, p, backend="numpy"), rtol=1e-12)
    b = brier(p, o)
    assert b.score == pytest.approx(float(np.mean(scoringrules.brier_score(o, p, backend="numpy"))), rel=1e-12)
    assert b.reliability - b.resolution + b.uncertainty + b.within == pytest.approx(b.score, rel=1e-12)


def test_brier_parts_of_true_and_constant_forecasts() -> None:
    """A true forecast is reliable; a constant one has zero resolution and skill."""
    rng = np.random.default_rng(2)
    p = rng.choice([0.05, 0.35, 0.75], 60_000)
    o = (rng.random(60_000) < p).astype(int)
    true_forecast, constant = brier(p, o), brier(np.full(60_000, o.mean()), o)
    assert true_forecast.reliability < 2e-4
    assert true_forecast.within == pytest.approx(0, abs=1e-9)  # equal forecasts inside each class
    assert true_forecast.score == pytest.approx(np.mean(p * (1 - p)), abs=0.003)
    assert constant.resolution == pytest.approx(0, abs=1e-12)
    assert constant.skill == pytest.approx(0, abs=1e-9)


def test_interval_score_matches_scoringrules(scoringrules: Any) -> None:
    """The interval score equals that of scoringrules."""
    low, high = central_interval(X, 0.9)
    other = scoringrules.interval_score(Y, low, high, 0.1, backend="numpy")
    np.testing.assert_allclose(interval_score(X, Y, level=0.9), other, rtol=1e-10)


def test_pit_of_true_forecast_is_uniform() -> None:
    """A true forecast has uniform transforms and covers at least its levels."""
    rng = np.random.default_rng(3)
    mean = rng.gamma(0.5, 4.0, 4_000)
    x, y = rng.poisson(mean[:, None], (4_000, 400)), rng.poisson(mean)
    c = pit(x, y, rng)
    # A share of 4,000 cases near 0.1 has a standard error of 0.005.
    np.testing.assert_allclose(c.share, 0.1, atol=0.02)
    for level, held in c.held.items():
        assert held == pytest.approx(level, abs=4 * np.sqrt(level * (1 - level) / 4_000))
        assert interval_coverage(x, y, level=level) > level - 0.01


def test_pit_of_four_draws_is_uniform() -> None:
    """With four true draws the outcome takes each of five places equally often."""
    rng = np.random.default_rng(7)
    u = pit(rng.normal(size=(20_000, 4)), rng.normal(size=20_000), rng, classes=5)
    # A share of 20,000 near 0.2 has a standard error of 0.003.
    np.testing.assert_allclose(u.share, 0.2, atol=0.012)
    assert u.u.max() > 0.98


def test_pit_detects_narrow_forecast() -> None:
    """Transforms of a too narrow forecast concentrate at the ends."""
    rng = np.random.default_rng(4)
    y = rng.negative_binomial(1, 0.1, 3_000)
    c = pit(rng.poisson(9, (3_000, 200)), y, rng)
    assert c.share[0] + c.share[-1] > 0.5
    assert c.held[0.9] < 0.6


def test_pit_matches_poisson_distribution() -> None:
    """Transforms of a Poisson outcome lie between its distribution function's values."""
    x = np.random.default_rng(6).poisson(3.0, (1, 200_000))
    u = pit(np.repeat(x, 50, axis=0), np.full(50, 2.0), np.random.default_rng(0)).u
    assert poisson.cdf(1, 3) - 0.005 < u.min()
    assert u.max() < poisson.cdf(2, 3) + 0.005


@pytest.mark.parametrize(("months", "horizon", "block"), [(43, 1, 1), (41, 3, 6)])
def test_sign_flip_has_nominal_size(months: int, horizon: int, block: int) -> None:
    """Without a true difference, overlapping scores are rejected no more often than the nominal one in twenty."""
    rng = np.random.default_rng(8)
    rejections = 0
    for _ in range(400):
        # A forecast of `horizon` months shares all but one month with the next.
        d = np.convolve(rng.standard_t(4, months + horizon - 1), np.ones(horizon), "valid")
        rejections += compare_scores(np.zeros(months), d, block=block).p <= 0.05
    assert binom.ppf(0.0005, 400, 0.03) <= rejections <= binom.ppf(0.9995, 400, 0.05)


def test_sign_flip_interval_agrees_with_p() -> None:
    """A 90 % interval excludes 0 exactly if p is at most 0.1."""
    rng = np.random.default_rng(1)
    seen = set()
    for _ in range(60):
        lead = compare_scores(np.zeros(9), rng.normal(0.5, 1.0, 9), block=1)
        assert (lead.low > 0 or lead.high < 0) == (lead.p <= 0.1)
        seen.add(lead.p <= 0.1)
    assert seen == {True, False}


def test_sign_flip_tells_nothing_from_three_blocks() -> None:
    """Three blocks give no p below a quarter, and no interval."""
    lead = compare_scores(np.zeros(36), np.ones(36), block=12)
    assert (lead.blocks, lead.p) == (3, 0.25)
    assert (lead.low, lead.high) == (-np.inf, np.inf)


def test_holm_equals_published_example() -> None:
    """The adjustment equals R's p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm")."""
    assert holm([0.05, 0.01, 0.03, 0.02, 0.04]) == pytest.approx([0.09, 0.05, 0.09, 0.08, 0.09])


def test_scorecard_adjusts_nine_comparisons_together() -> None:
    """Counts, lowest and highest deaths at three horizons are nine comparisons, and Holm's allowance counts them all."""
    rng, rounds = np.random.default_rng(0), []
    for i in range(40):
        for days in (30, 90, 180):
            origin, weights = date(2022, 8, 31) + timedelta(days=30 * i), equal_weights(date(2022, 8, 31))
            draws = {
                m: rng.poisson(6.0 if m == REFERENCE_MODEL else 3.0, (5, 50)).astype(float)
                for m in (OURS, REFERENCE_MODEL, *MEMBERS)
            }
            dead = {m: x[:2] for m, x in draws.items()}
            rounds.append(
                BacktestRound(
                    origin, days, 1.0, draws, rng.poisson(3.0, 5), dead, rng.poisson(3.0, 2), True, weights, None
                )
            )
    c = build_scorecard("made", rounds)
    leads = [*c.leads.values(), *c.deaths_leads.values()]
    assert len(leads) == 9
    assert [x.p_holm for x in leads] == holm([x.p for x in leads])
    assert [x.blocks for x in c.leads.values()] == [40, 6, 3]
    assert c.leads[30].p_holm == 9 * min(x.p for x in leads)


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (lambda: crps([[1.0, np.nan]], [1.0]), "unknown"),
        (lambda: crps([[1.0]], [1.0, 2.0]), "one outcome"),
        (lambda: crps([[1.0]], [1.0], fair=True), "two draws or more"),
        (lambda: crps([[-1.0, 2.0]], [1.0], log=True), "negative"),
        (lambda: ignorance([[-1.0, 2.0]], [1.0]), "below the first bin"),
        (lambda: brier([1.2], [1]), "between 0 and 1"),
        (lambda: brier([], []), "one outcome"),
        (lambda: compare_scores(np.ones(10), np.ones(10), block=6), "two blocks"),
        (lambda: compare_scores(np.ones(30), np.full(30, np.nan), block=1), "same cases"),
    ],
)
def test_scores_reject_bad_input(act: object, reason: str) -> None:
    """Input that cannot be scored is rejected with the reason."""
    with pytest.raises(BadForecast, match=reason):
        act()  # type: ignore[operator]
