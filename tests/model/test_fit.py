"""The system against closed forms and against worlds whose truth we chose."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from detente.model import synthetic
from detente.model.background import build_background
from detente.model.diagnostics import diagnose_fit, quantile_residuals
from detente.model.errors import BadCounts, DidNotConverge, TooFewEvents
from detente.model.fit import fit_model
from detente.model.interventions import estimate_without_channels
from detente.model.kernels import branching_matrix, compute_memories, daily_response_matrix, same_day_share
from detente.model.laplace import laplace
from detente.model.likelihood import ChannelData, log_likelihoods, log_posterior
from detente.model.psis import pareto_fit, pareto_smooth
from detente.model.simulate import simulate, simulate_past
from detente.model.summaries import crisis_half_life, criticality, direct_responses, impulse_response

rng = np.random.default_rng


def small_problem() -> tuple[ChannelData, NDArray[np.float64], NDArray[np.float64]]:
    g, w = rng(1), synthetic.one_sided_response(rng(2), events=400)
    y, bg = w.y[:300], build_background(300, {"surge": np.arange(300) < 100}, gap=100)
    coverage = np.where(np.arange(300) < 50, 3.0, 1.0)
    z = compute_memories(y, coverage, [2.0, 10.0])
    n = bg.X.shape[1] + z.shape[1] + 1
    p = ChannelData(bg.X, z, y[:, 1].astype(float), coverage, 0.02)
    theta = g.normal(0, 0.2, n)
    theta[0], theta[-1] = -1.5, 0.5
    return p, theta, np.eye(n)


def test_the_gradient_is_the_slope_of_the_log_posterior() -> None:
    p, theta, precision = small_problem()
    gradient = log_posterior(p, theta, 0 * theta, precision)[1]
    for i in range(len(theta)):
        step = np.zeros_like(theta)
        step[i] = 1e-5
        slope = (
            log_posterior(p, theta + step, 0 * theta, precision)[0]
            - log_posterior(p, theta - step, 0 * theta, precision)[0]
        ) / 2e-5
        assert gradient[i] == pytest.approx(slope, rel=1e-5, abs=1e-5)


def test_the_hessian_is_the_slope_of_the_gradient() -> None:
    p, theta, precision = small_problem()
    hessian = log_posterior(p, theta, 0 * theta, precision)[2]
    for i in range(len(theta)):
        step = np.zeros_like(theta)
        step[i] = 1e-5
        slope = (
            log_posterior(p, theta + step, 0 * theta, precision)[1]
            - log_posterior(p, theta - step, 0 * theta, precision)[1]
        ) / 2e-5
        assert hessian[i] == pytest.approx(-slope, rel=1e-4, abs=1e-4)


def test_the_likelihood_is_the_negative_binomials() -> None:
    from scipy.stats import nbinom

    p, theta, precision = small_problem()
    k = p.X.shape[1]
    eta = p.coverage * (np.exp(p.X @ theta[:k]) + p.Z @ theta[k:-1])
    mean, size = p.soft * np.logaddexp(0, eta / p.soft), np.exp(theta[-1])
    truth = nbinom.logpmf(p.y, size, size / (size + mean)).sum()
    assert log_likelihoods(p, theta[None])[0][0] == pytest.approx(truth, rel=1e-9)
    assert log_posterior(p, theta, 0 * theta, precision)[0] + 0.5 * theta @ theta == pytest.approx(truth, rel=1e-9)


def test_same_day_shares_are_those_of_events_in_continuous_time() -> None:
    g = rng(3)
    u, delay = g.random(400_000), g.exponential(1.0, 400_000)
    share = same_day_share([np.log(2)])[0]
    assert np.mean(u + delay < 1) == pytest.approx(share, abs=0.003)
    rho = np.exp(-1)
    for d in (1, 2, 3):
        told = (1 - share) * (1 - rho) * rho ** (d - 1)
        assert np.mean(np.floor(u + delay) == d) == pytest.approx(told, abs=0.003)


def test_branching_undoes_daily() -> None:
    W = rng(4).normal(0, 0.15, (3, 4, 4, 2))
    assert branching_matrix(daily_response_matrix(W, [2.0, 10.0]), [2.0, 10.0]) == pytest.approx(W, abs=1e-12)


def test_a_memory_sums_to_one_and_an_unwatched_day_is_usual_not_quiet() -> None:
    z = compute_memories([[10], *[[0]] * 400], np.ones(401), [5.0])
    mean = 10 / 401
    assert (z[1:, 0] - mean * 0.5 ** (np.arange(1, 401) / 5)).sum() == pytest.approx(10, abs=1e-6)
    gap = compute_memories([[2], [2], [0], [2]], [1, 1, 0, 1], [5.0])
    assert gap == pytest.approx(np.full((4, 1), 2.0))
    assert compute_memories([[3], [1]], [3, 1], [5.0]) == pytest.approx(np.ones((2, 1)))


def test_hawkes_events_floored_to_days_give_back_their_branching_matrix() -> None:
    w = synthetic.three_actors(50_000, rng(5))
    s = fit_model(w.y, rng=rng(0), half_lives=[np.log(2)], harmonics=0)
    c = criticality(s)
    assert c.median == pytest.approx(w.criticality, rel=0.10)
    assert c.low < w.criticality < c.high
    assert s.W.sum(axis=-1).mean(axis=0) == pytest.approx(w.W, abs=0.12)


@pytest.mark.parametrize(
    ("make", "back"), [(synthetic.one_sided_response, False), (synthetic.bilateral_response, True)]
)
def test_one_sided_and_bilateral_answers_are_told_apart(
    make: Callable[..., synthetic.SyntheticData], back: bool
) -> None:
    w = make(rng(6), events=2500)
    p = direct_responses(fit_model(w.y, rng=rng(0))).positive
    assert p[1, 0] > 0.95
    assert (p[0, 1] > 0.95) == back


def test_a_shared_season_and_surge_are_no_answer() -> None:
    yes = []
    for run in range(12):
        w = synthetic.shared_background(rng([7, run]))
        p = direct_responses(fit_model(w.y, regimes=w.regimes, rng=rng(run))).positive
        yes += [p[0, 1] > 0.95, p[1, 0] > 0.95]
    # 24 questions at a true rate of 8 % give more than 6 in one test of 200; a constant background gives 24.
    assert sum(yes) <= 6


def test_talks_that_calm_have_a_negative_answer() -> None:
    w = synthetic.calming_talks(rng(8), days=3000)
    r = direct_responses(fit_model(w.y, rng=rng(0)))
    assert r.positive[0, 1] < 0.05
    assert r.low[0, 1] < -0.5 < r.high[0, 1]


def test_denser_collection_is_no_worse_war() -> None:
    w = synthetic.uneven_coverage(rng(9), events=2500)
    told = direct_responses(fit_model(w.y, w.coverage, rng=rng(0)))
    assert told.low[1, 0] < 0.3 < told.high[1, 0]
    assert told.low[0, 1] < 0.0 < told.high[0, 1]


def test_simulated_means_are_the_closed_form() -> None:
    W = np.array([[0.3, 0.2], [0.1, 0.4]])[:, :, None]
    half, mu, days = [2.0], np.array([0.5, 0.3]), 400
    R = daily_response_matrix(W, half)
    cohort = np.linalg.inv(np.eye(2) - W[:, :, 0] * same_day_share(half)[0])
    expected = np.linalg.inv(np.eye(2) - W[:, :, 0]) @ mu
    base = np.broadcast_to(cohort @ mu, (1, days, 2))
    p = simulate(base, R[None], np.full((1, 2), 5.0), half, np.full(2, 1e-4), expected, rng(10), paths=2000)
    assert p.y.mean(axis=(0, 1)) == pytest.approx(expected, rel=0.01)


def test_simulated_counts_have_the_spread_asked_for_and_do_not_depend_on_cores() -> None:
    mean, size = 30.0, 4.0
    args = (
        np.full((1, 20, 1), mean),
        np.zeros((1, 1, 1, 1)),
        np.full((1, 1), size),
        [2.0],
        np.array([0.01]),
        np.zeros(1),
    )
    y = simulate(*args, rng(0), paths=4000).y
    assert y.var() == pytest.approx(mean + mean**2 / size, rel=0.05)
    assert (y == simulate(*args, rng(0), paths=4000).y).all()


def test_the_chain_of_an_event_ends_at_the_closed_form() -> None:
    w = synthetic.bilateral_response(rng(11), events=1500)
    s = fit_model(w.y, rng=rng(0), half_lives=[2.0, 10.0], draws=50)
    stable = np.abs(np.linalg.eigvals(s.W.sum(axis=-1))).max(axis=-1) < 0.9
    ends = impulse_response(s, 3000).sum(axis=1)[stable]
    assert ends == pytest.approx(np.linalg.inv(np.eye(2) - s.W.sum(axis=-1))[stable], abs=1e-3)
    assert crisis_half_life(s).median >= 1


def test_without_its_answers_the_past_is_quieter() -> None:
    w = synthetic.one_sided_response(rng(12), events=2500, answer=0.5)
    s = fit_model(w.y, rng=rng(0), half_lives=[2.0], channels=("a", "b"))
    as_was, calmer = simulate_past(s, rng(1), paths=400), simulate_past(s, rng(1), without=(("a", "b"),), paths=400)
    assert as_was.totals().mean(axis=0) == pytest.approx(s.events, rel=0.1)
    assert calmer.totals()[:, 1].mean() < 0.8 * as_was.totals()[:, 1].mean()


def test_answers_taken_away_are_gone_on_the_same_day_too_as_where_their_cause_is_taken_away() -> None:
    # b answers a and nobody answers b: without a, or without the answers to a, b does the same.
    s = fit_model(
        synthetic.one_sided_response(rng(12), events=2500, answer=0.5).y,
        rng=rng(0),
        half_lives=[2.0],
        channels=("a", "b"),
    )
    R = s.R.copy()
    R[:, 0, 1] = 0.0
    s = replace(s, R=R, W=branching_matrix(R, s.half_lives))
    calmer = simulate_past(s, rng(1), without=(("a", "b"),), paths=2_000).totals()[:, 1]
    gone = estimate_without_channels(s, 0, ["a"], rng(1), paths=2_000)
    error = calmer.std() / np.sqrt(len(calmer))
    assert gone.without[0, 1] + gone.whole.mean[0, 1] == pytest.approx(calmer.mean(), abs=5 * error)
    later_days_alone = s.R.copy()
    later_days_alone[:, 1, 0] = 0.0
    kept = simulate(
        s.base(),
        later_days_alone,
        s.size,
        s.half_lives,
        s.soft,
        compute_memories(s.y, s.coverage, s.half_lives)[0],
        rng(1),
        paths=2_000,
    )
    assert kept.totals()[:, 1].mean() > calmer.mean() + 20 * error


def test_residuals_are_uniform_when_the_model_is_true_and_only_then() -> None:
    mean, g = np.full(5000, 0.3), rng(13)
    y = g.negative_binomial(2, 2 / (2 + mean))
    good = quantile_residuals(y, mean, 2.0, g)
    wrong = quantile_residuals(y, mean * 3, 2.0, g)
    assert abs(good.mean()) < 0.05
    assert good.std() == pytest.approx(1, abs=0.03)
    assert wrong.mean() < -0.3


def test_a_response_left_out_is_heard_as_an_echo() -> None:
    w = synthetic.two_actors(rng(14), events=3000, own=0.6)
    assert diagnose_fit(fit_model(w.y, rng=rng(0)), rng(0)).echo_p.min() > 0.005
    assert diagnose_fit(fit_model(w.y, rng=rng(0), response_sd=0, sigmas=(0.01,)), rng(0)).echo_p.max() < 1e-6


def test_heavy_tails_of_weights_are_seen() -> None:
    g = rng(15)
    assert pareto_fit(g.pareto(1.0, 20_000))[0] == pytest.approx(1.0, abs=0.05)
    assert pareto_smooth(g.normal(0, 4, 2000))[1] > 0.7
    assert pareto_smooth(g.normal(0, 0.2, 2000))[1] < 0.5


def test_too_few_events_are_named_and_the_fit_is_carried() -> None:
    w = synthetic.few_events(rng(16), events=30)
    with pytest.warns(TooFewEvents, match="mostly prior") as heard:
        s = fit_model(w.y, channels=("strike", "clash"), rng=rng(0))
    told = heard[0].message
    assert isinstance(told, TooFewEvents)
    assert told.system is s
    assert set(told.channels) == set(s.too_few)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda y, d: (y.astype(float) * np.nan, d), "not NaN"),
        (lambda y, d: (-y, d), "at least 0"),
        (lambda y, d: (y * [1, 0], d), "no events at all"),
        (lambda y, d: (y[:40], d[:40]), "longest half-life"),
        (lambda y, d: (y, d * 0), "nobody watched"),
        (lambda y, d: (y, -d), "coverage must be"),
    ],
)
def test_bad_counts_are_refused_with_the_reason(change: Callable[..., Any], said: str) -> None:
    w = synthetic.independent_actors(rng(17))
    y, coverage = change(w.y, w.coverage)
    with pytest.raises(BadCounts, match=said):
        fit_model(y, coverage, rng=rng(0))


def test_a_fit_that_does_not_settle_carries_where_it_stood() -> None:
    p, theta, precision = small_problem()
    with pytest.raises(DidNotConverge, match="had not settled") as refusal:
        laplace(p, 0 * theta, precision, theta * 3, "clash", steps=1)
    assert refusal.value.channel == "clash"
    assert isinstance(refusal.value.estimate, np.ndarray)
    assert refusal.value.estimate.shape == theta.shape


def test_the_same_generator_gives_the_same_answers_and_the_counts_are_left_alone() -> None:
    w = synthetic.independent_actors(rng(18))
    before = w.y.copy()
    a, b = fit_model(w.y, rng=rng(1)), fit_model(w.y, rng=rng(1))
    assert (a.W == b.W).all()
    assert (w.y == before).all()
