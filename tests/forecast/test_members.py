"""Members of a forecast: a level that walks, an exponentially weighted rate, uncertain coverage; and their weights."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from detente.cases.case_file import load_case_file
from detente.cases.load import load_case_data
from detente.core.arrays import FloatArray
from detente.core.rng import make_rng
from detente.forecast.backtest import MODELS, BacktestRound, backtest, learned_weights
from detente.forecast.members import (
    HALF_LIFE_DAYS,
    MEMBERS,
    draw_level_errors,
    simulate_fitted,
    simulate_recent_rate,
    walk_on,
    window_on,
)
from detente.forecast.stacking import MIN_ORIGINS, MemberWeights, PastForecast, equal_weights, stack_members
from detente.measures.counts import Counts, daily_counts
from detente.model.fit import FittedModel, fit_model

CASE = load_case_file("pakistan-afghanistan")


def walking_fit(sigma: float, seed: int = 0) -> FittedModel:
    """Fit the background to two channels whose log rate walks with a deviation `sigma` every 60 days."""
    rng = np.random.default_rng(seed)
    knots = np.cumsum(rng.normal(0, sigma, (26, 2)), axis=0)
    t = np.arange(1500) / 60
    log = np.column_stack([np.interp(t, np.arange(26), knots[:, k]) for k in range(2)])
    y = rng.poisson(0.5 * np.exp(log - log.mean(axis=0)))
    return fit_model(y, rng=make_rng(seed), response_sd=0.0, look_for_upheavals=False)


def test_walk_spreads_with_square_root_of_time() -> None:
    """The log level spreads as a random walk does, with the fit's own deviation."""
    walks = [np.log(walk_on(walking_fit(sigma), 360, make_rng(1))) for sigma in (0.05, 0.4)]
    calm, rough = (w.std(axis=(0, 2)) for w in walks)
    assert rough[359] == pytest.approx(0.4 * np.sqrt(6), rel=0.4)
    assert rough[359] / rough[119] == pytest.approx(np.sqrt(3), rel=0.15)
    assert calm[359] < 0.6 * rough[359]


def test_walk_is_extended_by_more_days() -> None:
    """More days extend the same walk."""
    s = walking_fit(0.2)
    np.testing.assert_allclose(walk_on(s, 100, make_rng(3)), walk_on(s, 300, make_rng(3))[:, :100])


def test_level_factor_scales_simulated_counts() -> None:
    """A level three times as high gives three times the events where nothing responds."""
    s = walking_fit(0.05)
    plain, higher = (
        simulate_fitted(s, 60, make_rng(0), paths=2_000, level=np.full((s.draws, 2), x)).y.mean() for x in (1.0, 3.0)
    )
    assert higher / plain == pytest.approx(3, rel=0.05)


def made_counts(y: FloatArray, coverage: FloatArray) -> Counts:
    return Counts(date(2023, 1, 1), ("a",), y.astype(int)[:, None], coverage, np.zeros(1, dtype=int))


def test_recent_rate_forgets_with_its_half_life() -> None:
    """The mean is the exponentially weighted mean at the coverage of the forecast; unobserved days are left out."""
    y = np.repeat([4.0, 0.0, 1.0], 180)
    coverage = np.repeat([2.0, 0.0, 1.0], 180)
    x = simulate_recent_rate(made_counts(y, coverage), np.full(1, 3.0), 40, make_rng(0), paths=20_000)
    w = 0.5 ** (np.arange(540)[::-1] / HALF_LIFE_DAYS)
    seen = coverage > 0
    expected = 40 * 3.0 * ((w * y)[seen].sum() + 0.5) / (w * coverage)[seen].sum()
    assert x.sum(axis=1).mean() == pytest.approx(expected, rel=0.03)


def test_recent_rate_is_wider_after_bursts() -> None:
    """Events in bursts give a wider forecast than the same number spread evenly."""
    even, bursts = np.zeros(720), np.zeros(720)
    even[::8] = 1
    bursts[np.repeat(np.arange(9) * 80, 10) + np.tile(np.arange(10), 9)] = 1
    spread = [
        simulate_recent_rate(made_counts(y, np.ones(720)), np.ones(1), 60, make_rng(0), paths=5_000).sum(axis=1).std()
        for y in (even, bursts)
    ]
    assert spread[1] > 1.5 * spread[0]


def test_level_errors_follow_coverage_interval() -> None:
    """A window's error has the spread of its interval, and none in a forecast at the coverage of the same window."""
    g = load_case_data(CASE, date(2022, 12, 31))  # all covered days lie in the first window
    counts = daily_counts(g)
    first, channel = CASE.windows[0], counts.channels.index("operation")
    errors = np.log(draw_level_errors(g, counts, make_rng(0), draws=20_000)[:, channel])
    kind = first.kind_of("operation")
    assert kind is not None
    assert kind.interval is not None
    assert errors.std() == pytest.approx(np.log(kind.interval[1] / kind.interval[0]) / (2 * 1.96), rel=0.03)
    window = window_on(g, len(counts.y) - 1)
    assert window is first
    assert np.allclose(draw_level_errors(g, counts, make_rng(0), draws=50, target=window), 1)
    # A kind whose coverage is assumed has no interval, so no error.
    assert np.allclose(draw_level_errors(g, counts, make_rng(0), draws=50)[:, counts.channels.index("dialogue")], 1)


def made_past(best: int, origins: int, rng: np.random.Generator) -> list[PastForecast]:
    """Past forecasts of which one member knows the rate."""
    out = []
    for i in range(origins):
        rates = np.full(3, 12.0)
        rates[best] = 4.0
        draws = {m: rng.poisson(r, (5, 250)).astype(float) for m, r in zip(MEMBERS, rates, strict=True)}
        out.append(PastForecast(date(2020, 1, 31) + timedelta(days=30 * i), draws, rng.poisson(4.0, 5).astype(float)))
    return out


@pytest.mark.parametrize("best", [0, 1, 2])
def test_stacking_favours_better_member(best: int) -> None:
    """The member that knows the rate gets most weight, and more of it with more origins."""
    weights = [stack_members(made_past(best, n, np.random.default_rng(best)), date(2026, 1, 1)) for n in (12, 48)]
    for w in weights:
        assert sum(w.of.values()) == pytest.approx(1)
        assert min(w.of.values()) >= 0
        assert w.learned
    shares = [w.of[MEMBERS[best]] for w in weights]
    assert 0.5 < shares[0] < shares[1]


def test_stacking_needs_enough_origins() -> None:
    """With fewer than twelve origins the weights are equal, and say so."""
    w = stack_members(made_past(0, MIN_ORIGINS - 1, np.random.default_rng(0)), date(2021, 1, 1))
    assert (w.learned, w.origins) == (False, MIN_ORIGINS - 1)
    assert w.of == equal_weights(w.day).of


@pytest.mark.parametrize("n", [1, 7, 1_000])
def test_weights_divide_all_paths(n: int) -> None:
    """Every path belongs to one member."""
    w = MemberWeights({"a": 0.335, "b": 0.333, "c": 0.332}, 20, True, date(2024, 1, 1))
    assert sum(w.paths(n).values()) == n


def test_learned_weights_ignore_later_outcomes() -> None:
    """An outcome after the day changes no weight."""
    rng, rounds = np.random.default_rng(0), []
    for p in made_past(1, 30, rng):
        draws = {m: np.tile(p.draws[m], 1) for m in MEMBERS}
        rounds.append(
            BacktestRound(p.origin, 30, 1.0, draws, p.came.astype(int), {}, np.zeros(2, int), True, equal_weights(p.origin), None)
        )  # fmt: skip
    day = rounds[20].origin
    changed = [r if r.origin + timedelta(days=30) <= day else replace(r, came=r.came + 50) for r in rounds]
    assert learned_weights(rounds, day) == learned_weights(changed, day)
    assert learned_weights(rounds, day).origins == 20


def test_backtest_scores_each_member() -> None:
    """A backtest keeps draws of the forecast and of each member."""
    (r,) = backtest(CASE, (30,), draws=200, tell=lambda days: [d for d in days if d == date(2024, 6, 30)])
    assert set(MEMBERS) < set(r.draws) <= set(MODELS)
    assert not r.weights.learned  # no earlier forecast was made
    each = np.concatenate([r.draws[m][:, : r.weights.paths(200)[m]] for m in MEMBERS], axis=1)
    np.testing.assert_array_equal(r.draws["forecast"], each)
