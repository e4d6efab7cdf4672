"""Scores are held to another program, to closed forms, and to what a true forecast must get."""

import numpy as np
import pytest
import scoringrules as judge
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, poisson

from detente.forecast.errors import BadForecast
from detente.forecast.scores.brier import brier
from detente.forecast.scores.crps import BLOCK, crps
from detente.forecast.scores.diebold_mariano import diebold_mariano
from detente.forecast.scores.ignorance import VIEWS_BINS, ignorance, log_score
from detente.forecast.scores.interval import central_interval, interval_coverage, interval_score
from detente.forecast.scores.pit import pit

RNG = np.random.default_rng(5)
X = RNG.negative_binomial(0.3, 0.01, (300, 200)).astype(float)
Y = RNG.negative_binomial(0.3, 0.01, 300).astype(float)


@pytest.mark.parametrize(("fair", "estimator"), [(False, "nrg"), (True, "fair")])
def test_crps_is_what_scoringrules_finds_to_ten_digits(fair: bool, estimator: str) -> None:
    other = judge.crps_ensemble(Y, X, estimator=estimator, backend="numpy")
    np.testing.assert_allclose(crps(X, Y, fair=fair), other, rtol=1e-10)
    logs = judge.crps_ensemble(np.log1p(Y), np.log1p(X), estimator=estimator, backend="numpy")
    np.testing.assert_allclose(crps(X, Y, fair=fair, log=True), logs, rtol=1e-9, atol=1e-12)


def test_crps_is_the_same_across_the_edge_of_a_block() -> None:
    x = RNG.random((BLOCK + 3, 4))
    y = RNG.random(BLOCK + 3)
    np.testing.assert_allclose(crps(x, y)[-5:], crps(x[-5:], y[-5:]), rtol=1e-12)


def test_fair_crps_of_draws_from_a_normal_is_its_closed_form() -> None:
    x = np.random.default_rng(0).normal(1.0, 2.0, (40_000, 10))
    # The mean over many draws; its own standard error is 0.004.
    assert crps(x, np.full(40_000, 2.5), fair=True).mean() == pytest.approx(
        float(judge.crps_normal(2.5, 1.0, 2.0)), abs=0.02
    )


def test_ignorance_counts_by_hand_in_every_bin_and_its_probabilities_add_up_to_one() -> None:
    middles = [0, 1, 4, 8, 20, 40, 80, 200, 400, 900, 5000]
    draws = np.array([0] * 5 + [1, 2, 4, 20, 20, 1000.5, 9999], dtype=float)
    counts = [5, 2, 1, 0, 2, 0, 0, 0, 0, 0, 2]
    bits = ignorance(np.tile(draws, (11, 1)), middles)
    np.testing.assert_allclose(bits, [-np.log2((c + 1) / (12 + 11)) for c in counts])
    assert np.exp2(-bits).sum() == pytest.approx(1)
    as_challenge = ignorance(np.tile(draws, (11, 1)), middles, challenge=True)
    np.testing.assert_allclose(as_challenge, [-np.log2((c + 2 / 3) / (12 + 2 / 3)) for c in counts])


@given(st.permutations(list(range(12))), st.floats(0, 3000))
def test_no_score_of_draws_depends_on_their_order(order: list[int], y: float) -> None:
    draws = np.array([[0, 0, 0, 1, 3, 3, 12, 30, 30, 200, 800, 2000]], dtype=float)
    mixed = draws[:, order]
    for score in (crps, ignorance, interval_score):
        assert score(mixed, [y])[0] == pytest.approx(score(draws, [y])[0], rel=1e-12)


def test_the_edges_of_a_bin_belong_to_the_bin_above() -> None:
    assert VIEWS_BINS[1:4] == (0.5, 2.5, 5.5)
    one_in_two = ignorance([[0.5, 2.5]], [1.0])
    assert one_in_two[0] == pytest.approx(-np.log2(2 / 13))


def test_log_score_and_brier_score_are_what_scoringrules_finds() -> None:
    p = RNG.random(500)
    o = (RNG.random(500) < p).astype(int)
    np.testing.assert_allclose(log_score(p, o), judge.log_score(o, p, backend="numpy"), rtol=1e-12)
    b = brier(p, o)
    assert b.score == pytest.approx(float(np.mean(judge.brier_score(o, p, backend="numpy"))), rel=1e-12)
    assert b.reliability - b.resolution + b.uncertainty + b.within == pytest.approx(b.score, rel=1e-12)


def test_a_forecaster_who_knows_the_chance_is_reliable_and_one_who_says_the_base_rate_resolves_nothing() -> None:
    rng = np.random.default_rng(2)
    p = rng.choice([0.05, 0.35, 0.75], 60_000)
    o = (rng.random(60_000) < p).astype(int)
    knows, dull = brier(p, o), brier(np.full(60_000, o.mean()), o)
    assert knows.reliability < 2e-4
    assert knows.within == pytest.approx(0, abs=1e-9)  # equal forecasts inside each class
    assert knows.score == pytest.approx(np.mean(p * (1 - p)), abs=0.003)
    assert dull.resolution == pytest.approx(0, abs=1e-12)
    assert dull.skill == pytest.approx(0, abs=1e-9)


def test_interval_score_is_what_scoringrules_finds() -> None:
    low, high = central_interval(X, 0.9)
    other = judge.interval_score(Y, low, high, 0.1, backend="numpy")
    np.testing.assert_allclose(interval_score(X, Y, level=0.9), other, rtol=1e-10)


def test_a_true_forecast_of_counts_has_uniform_transforms_and_holds_at_least_its_levels() -> None:
    rng = np.random.default_rng(3)
    mean = rng.gamma(0.5, 4.0, 4_000)
    x, y = rng.poisson(mean[:, None], (4_000, 400)), rng.poisson(mean)
    c = pit(x, y, rng)
    # A share of 4,000 cases near 0.1 has a standard error of 0.005.
    np.testing.assert_allclose(c.share, 0.1, atol=0.02)
    for level, held in c.held.items():
        assert held == pytest.approx(level, abs=4 * np.sqrt(level * (1 - level) / 4_000))
        assert interval_coverage(x, y, level=level) > level - 0.01


def test_with_four_draws_from_the_truth_the_outcome_takes_each_of_five_places_alike() -> None:
    rng = np.random.default_rng(7)
    u = pit(rng.normal(size=(20_000, 4)), rng.normal(size=20_000), rng, classes=5)
    # A share of 20,000 near 0.2 has a standard error of 0.003.
    np.testing.assert_allclose(u.share, 0.2, atol=0.012)
    assert u.u.max() > 0.98


def test_too_narrow_a_forecast_heaps_its_transforms_at_the_ends() -> None:
    rng = np.random.default_rng(4)
    y = rng.negative_binomial(1, 0.1, 3_000)
    c = pit(rng.poisson(9, (3_000, 200)), y, rng)
    assert c.share[0] + c.share[-1] > 0.5
    assert c.held[0.9] < 0.6


def test_the_transform_of_a_poisson_outcome_is_its_distribution_function() -> None:
    x = np.random.default_rng(6).poisson(3.0, (1, 200_000))
    u = pit(np.repeat(x, 50, axis=0), np.full(50, 2.0), np.random.default_rng(0)).u
    assert poisson.cdf(1, 3) - 0.005 < u.min()
    assert u.max() < poisson.cdf(2, 3) + 0.005


def test_a_lead_that_is_not_there_is_found_in_about_one_case_of_twenty() -> None:
    rng = np.random.default_rng(8)
    found = 0
    for _ in range(300):
        # Differences that last: an autoregression of 0.6, which a test of single months would take for evidence.
        e = rng.normal(size=(160, 2))
        d = np.zeros((160, 2))
        for t in range(1, 160):
            d[t] = 0.6 * d[t - 1] + e[t]
        found += diebold_mariano(d[:, 0], d[:, 1], rng, block=16, samples=300).p < 0.05
    # Ten blocks reject a little too often; binomial 99.9 % limits about 8 %.
    assert binom.ppf(0.0005, 300, 0.03) <= found <= binom.ppf(0.9995, 300, 0.09)


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda: crps([[1.0, np.nan]], [1.0]), "unknown"),
        (lambda: crps([[1.0]], [1.0, 2.0]), "one outcome for each case"),
        (lambda: crps([[1.0]], [1.0], fair=True), "two draws or more"),
        (lambda: crps([[-1.0, 2.0]], [1.0], log=True), "negative"),
        (lambda: ignorance([[-1.0, 2.0]], [1.0]), "below the first bin"),
        (lambda: brier([1.2], [1]), "between 0 and 1"),
        (lambda: brier([], []), "one outcome for each forecast"),
        (lambda: diebold_mariano(np.ones(10), np.ones(10), np.random.default_rng(0)), "two blocks"),
        (lambda: diebold_mariano(np.ones(30), np.full(30, np.nan), np.random.default_rng(0)), "same cases"),
    ],
)
def test_what_cannot_be_scored_is_refused_with_the_reason(act: object, told: str) -> None:
    with pytest.raises(BadForecast, match=told):
        act()  # type: ignore[operator]
