"""The model against closed forms and synthetic worlds with known truth."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from detente.model import synthetic
from detente.model.background import build_background
from detente.model.diagnostics import diagnose_fit, quantile_residuals
from detente.model.errors import BadCounts, DidNotConverge, TooFewEvents
from detente.model.fit import fit_model, replace_responses
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


def test_log_posterior_gradient_matches_differences() -> None:
    """The gradient equals finite differences of the log posterior."""
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


def test_log_posterior_hessian_matches_differences() -> None:
    """The Hessian equals finite differences of the gradient."""
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


def test_likelihood_matches_scipy_negative_binomial() -> None:
    """The log likelihood equals that of SciPy's negative binomial."""
    from scipy.stats import nbinom

    p, theta, precision = small_problem()
    k = p.X.shape[1]
    eta = p.coverage * (np.exp(p.X @ theta[:k]) + p.Z @ theta[k:-1])
    mean, size = p.soft * np.logaddexp(0, eta / p.soft), np.exp(theta[-1])
    truth = nbinom.logpmf(p.y, size, size / (size + mean)).sum()
    assert log_likelihoods(p, theta[None])[0][0] == pytest.approx(truth, rel=1e-9)
    assert log_posterior(p, theta, 0 * theta, precision)[0] + 0.5 * theta @ theta == pytest.approx(truth, rel=1e-9)


def test_same_day_share_matches_continuous_time() -> None:
    """Shares by day equal those of events simulated in continuous time."""
    g = rng(3)
    u, delay = g.random(400_000), g.exponential(1.0, 400_000)
    share = same_day_share([np.log(2)])[0]
    assert np.mean(u + delay < 1) == pytest.approx(share, abs=0.003)
    rho = np.exp(-1)
    for d in (1, 2, 3):
        expected = (1 - share) * (1 - rho) * rho ** (d - 1)
        assert np.mean(np.floor(u + delay) == d) == pytest.approx(expected, abs=0.003)


def test_branching_matrix_inverts_daily_response_matrix() -> None:
    """Converting W to R and back returns W, for one matrix and for several."""
    W = rng(4).normal(0, 0.15, (3, 4, 4, 2))
    for some in (W, W[0]):
        assert branching_matrix(daily_response_matrix(some, [2.0, 10.0]), [2.0, 10.0]) == pytest.approx(some, abs=1e-12)


def test_memories_sum_to_one_and_impute_gaps() -> None:
    """A memory sums to one; a day without coverage counts as an average day."""
    z = compute_memories([[10], *[[0]] * 400], np.ones(401), [5.0])
    mean = 10 / 401
    assert (z[1:, 0] - mean * 0.5 ** (np.arange(1, 401) / 5)).sum() == pytest.approx(10, abs=1e-6)
    gap = compute_memories([[2], [2], [0], [2]], [1, 1, 0, 1], [5.0])
    assert gap == pytest.approx(np.full((4, 1), 2.0))
    assert compute_memories([[3], [1]], [3, 1], [5.0]) == pytest.approx(np.ones((2, 1)))


def test_memories_weigh_events_by_their_marks() -> None:
    """A day's weight multiplies its events, in the memory and in the mean that stands for days before the first."""
    z = compute_memories([[4], [0], [2]], np.ones(3), [1.0], weight=[[0.5], [1.0], [3.0]])
    assert z[:, 0] == pytest.approx([8 / 3, 0.5 * 8 / 3 + 0.5 * 2, 0.25 * 8 / 3 + 0.25 * 2])


def test_fit_recovers_hawkes_branching_matrix() -> None:
    """The fit recovers the branching matrix of a Hawkes process binned by day."""
    w = synthetic.three_actors(50_000, rng(5))
    s = fit_model(w.y, rng=rng(0), half_lives=[np.log(2)], harmonics=0)
    c = criticality(s)
    assert c.median == pytest.approx(w.criticality, rel=0.10)
    assert c.low < w.criticality < c.high
    assert s.W.sum(axis=-1).mean(axis=0) == pytest.approx(w.W, abs=0.12)


@pytest.mark.parametrize(
    ("make", "back"), [(synthetic.one_sided_response, False), (synthetic.bilateral_response, True)]
)
def test_fit_distinguishes_one_sided_from_bilateral(make: Callable[..., synthetic.SyntheticData], back: bool) -> None:
    """The fit distinguishes one-sided from bilateral responses."""
    w = make(rng(6), events=2500)
    p = direct_responses(fit_model(w.y, rng=rng(0))).positive
    assert p[1, 0] > 0.95
    assert (p[0, 1] > 0.95) == back


def test_fit_ignores_shared_background() -> None:
    """A shared season and surge are not mistaken for responses."""
    detected = []
    for run in range(12):
        w = synthetic.shared_background(rng([7, run]))
        p = direct_responses(fit_model(w.y, regimes=w.regimes, rng=rng(run))).positive
        detected += [p[0, 1] > 0.95, p[1, 0] > 0.95]
    # 24 tests at a true rate of 8 % give more than 6 in one run of 200; a constant background gives 24.
    assert sum(detected) <= 6


def test_fit_recovers_negative_response() -> None:
    """The fit recovers a negative response of violence to talks."""
    w = synthetic.calming_talks(rng(8), days=3000)
    r = direct_responses(fit_model(w.y, rng=rng(0)))
    assert r.positive[0, 1] < 0.05
    assert r.low[0, 1] < -0.5 < r.high[0, 1]


def test_fit_adjusts_for_uneven_coverage() -> None:
    """Higher reporting coverage does not change the estimated responses."""
    w = synthetic.uneven_coverage(rng(9), events=2500)
    responses = direct_responses(fit_model(w.y, w.coverage, rng=rng(0)))
    assert responses.low[1, 0] < 0.3 < responses.high[1, 0]
    assert responses.low[0, 1] < 0.0 < responses.high[0, 1]


def test_simulate_mean_matches_closed_form() -> None:
    """Mean simulated counts equal the closed form."""
    W = np.array([[0.3, 0.2], [0.1, 0.4]])[:, :, None]
    half, mu, days = [2.0], np.array([0.5, 0.3]), 400
    R = daily_response_matrix(W, half)
    cohort = np.linalg.inv(np.eye(2) - W[:, :, 0] * same_day_share(half)[0])
    expected = np.linalg.inv(np.eye(2) - W[:, :, 0]) @ mu
    base = np.broadcast_to(cohort @ mu, (1, days, 2))
    p = simulate(base, R[None], np.full((1, 2), 5.0), half, np.full(2, 1e-4), expected, rng(10), paths=2000)
    assert p.y.mean(axis=(0, 1)) == pytest.approx(expected, rel=0.01)


def test_simulate_variance_and_seed() -> None:
    """Simulated counts have the requested variance and are reproducible from a seed."""
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


def test_impulse_response_sums_to_closed_form() -> None:
    """The summed impulse response equals the closed form."""
    w = synthetic.bilateral_response(rng(11), events=1500)
    s = fit_model(w.y, rng=rng(0), half_lives=[2.0, 10.0], draws=50)
    stable = np.abs(np.linalg.eigvals(s.W.sum(axis=-1))).max(axis=-1) < 0.9
    ends = impulse_response(s, 3000).sum(axis=1)[stable]
    assert ends == pytest.approx(np.linalg.inv(np.eye(2) - s.W.sum(axis=-1))[stable], abs=1e-3)
    assert crisis_half_life(s).median >= 1


def test_simulate_past_without_response_is_quieter() -> None:
    """A past without responses has fewer events."""
    w = synthetic.one_sided_response(rng(12), events=2500, answer=0.5)
    s = fit_model(w.y, rng=rng(0), half_lives=[2.0], channels=("a", "b"))
    as_fitted, calmer = simulate_past(s, rng(1), paths=400), simulate_past(s, rng(1), without=(("a", "b"),), paths=400)
    assert as_fitted.totals().mean(axis=0) == pytest.approx(s.events, rel=0.1)
    assert calmer.totals()[:, 1].mean() < 0.8 * as_fitted.totals()[:, 1].mean()


def test_simulate_past_removes_same_day_responses() -> None:
    # b responds to a and nothing to b: without a, or without the response to a, b has the same events.
    """Removing a response removes its same-day part, as does removing its cause."""
    s = fit_model(
        synthetic.one_sided_response(rng(12), events=2500, answer=0.5).y,
        rng=rng(0),
        half_lives=[2.0],
        channels=("a", "b"),
    )
    R = s.R.copy()
    R[:, 0, 1] = 0.0
    s = replace_responses(s, R)
    calmer = simulate_past(s, rng(1), without=(("a", "b"),), paths=2_000).totals()[:, 1]
    without_a = estimate_without_channels(s, 0, ["a"], rng(1), paths=2_000)
    error = calmer.std() / np.sqrt(len(calmer))
    assert without_a.without[0, 1] + without_a.whole.mean[0, 1] == pytest.approx(calmer.mean(), abs=5 * error)
    later_days_alone = s.R.copy()
    later_days_alone[:, 1, 0] = 0.0
    same_day_only = simulate(
        s.base(),
        later_days_alone,
        s.size,
        s.half_lives,
        s.soft,
        compute_memories(s.y, s.coverage, s.half_lives)[0],
        rng(1),
        paths=2_000,
    )
    assert same_day_only.totals()[:, 1].mean() > calmer.mean() + 20 * error


def test_quantile_residuals_detect_wrong_mean() -> None:
    """Residuals are standard normal under the true model and shifted under a wrong one."""
    mean, g = np.full(5000, 0.3), rng(13)
    y = g.negative_binomial(2, 2 / (2 + mean))
    good = quantile_residuals(y, mean, 2.0, g)
    wrong = quantile_residuals(y, mean * 3, 2.0, g)
    assert abs(good.mean()) < 0.05
    assert good.std() == pytest.approx(1, abs=0.03)
    assert wrong.mean() < -0.3


def test_diagnostics_detect_missing_response() -> None:
    """A response left out of the model shows as autocorrelation of the residuals."""
    w = synthetic.two_actors(rng(14), events=3000, own=0.6)
    assert diagnose_fit(fit_model(w.y, rng=rng(0)), rng(0)).echo_p.min() > 0.005
    assert diagnose_fit(fit_model(w.y, rng=rng(0), response_sd=0, sigmas=(0.01,)), rng(0)).echo_p.max() < 1e-6


def test_pareto_k_detects_heavy_tails() -> None:
    """Pareto k is high for heavy-tailed weights and low for others."""
    g = rng(15)
    assert pareto_fit(g.pareto(1.0, 20_000))[0] == pytest.approx(1.0, abs=0.05)
    assert pareto_smooth(g.normal(0, 4, 2000))[1] > 0.7
    assert pareto_smooth(g.normal(0, 0.2, 2000))[1] < 0.5


def test_fit_warns_of_too_few_events() -> None:
    """The warning names the channels with few events and carries the fit."""
    w = synthetic.few_events(rng(16), events=30)
    with pytest.warns(TooFewEvents) as caught:
        s = fit_model(w.y, channels=("strike", "clash"), rng=rng(0))
    warning = caught[0].message
    assert isinstance(warning, TooFewEvents)
    assert warning.system is s
    assert (set(warning.channels), warning.needed) == (set(s.too_few), 30)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda y, d: (y.astype(float) * np.nan, d), "NaN"),
        (lambda y, d: (-y, d), "at least 0"),
        (lambda y, d: (y * [1, 0], d), "no events"),
        (lambda y, d: (y[:40], d[:40]), "half-life"),
        (lambda y, d: (y, d * 0), "coverage 0"),
        (lambda y, d: (y, -d), "coverage must be"),
    ],
)
def test_fit_rejects_bad_counts(change: Callable[..., Any], reason: str) -> None:
    """Bad counts are rejected with the reason."""
    w = synthetic.independent_actors(rng(17))
    y, coverage = change(w.y, w.coverage)
    with pytest.raises(BadCounts, match=reason):
        fit_model(y, coverage, rng=rng(0))


def test_laplace_reports_last_point() -> None:
    """A fit that does not converge reports the channel and its last point."""
    p, theta, precision = small_problem()
    with pytest.raises(DidNotConverge) as error:
        laplace(p, 0 * theta, precision, theta * 3, "clash", steps=1)
    assert (error.value.channel, error.value.steps) == ("clash", 1)
    assert isinstance(error.value.estimate, np.ndarray)
    assert error.value.estimate.shape == theta.shape


def test_fit_is_reproducible_and_leaves_counts() -> None:
    """The same seed gives the same fit, and the input counts are not modified."""
    w = synthetic.independent_actors(rng(18))
    before = w.y.copy()
    a, b = fit_model(w.y, rng=rng(1)), fit_model(w.y, rng=rng(1))
    assert (a.W == b.W).all()
    assert (w.y == before).all()


def test_coverage_by_channel_equal_to_a_vector() -> None:
    """The same coverage for all channels gives the same fit as a vector or as a matrix."""
    w = synthetic.one_sided_response(rng(5), events=600)
    d = np.where(np.arange(len(w.y)) < len(w.y) // 2, 1.0, 2.5)
    a = fit_model(w.y, d, rng=rng(0), draws=50)
    b = fit_model(w.y, np.repeat(d[:, None], w.y.shape[1], axis=1), rng=rng(0), draws=50)
    assert np.allclose(a.W, b.W, rtol=1e-6, atol=1e-8)
    assert np.allclose(a.mean(), b.mean())


def test_coverage_of_one_channel_takes_out_its_change() -> None:
    """A channel collected three times as completely keeps its rate when its coverage is told."""
    generator = rng(8)
    days, told = 1500, np.ones((1500, 2))
    told[600:900, 1] = 3.0
    y = generator.poisson(0.4 * told)
    s = fit_model(y, told, rng=rng(0))
    rates = s.base().mean(axis=0)
    inside, outside = rates[650:850, 1].mean(), rates[[*range(500), *range(1000, days)], 1].mean()
    assert 0.75 < inside / outside < 1.33
    untold = fit_model(y, rng=rng(0), look_for_upheavals=False).base().mean(axis=0)
    assert untold[650:850, 1].mean() / untold[[*range(500), *range(1000, days)], 1].mean() > 1.5


def test_coverage_must_hold_for_all_channels_or_none() -> None:
    """A day that is observed for one channel only is rejected."""
    w = synthetic.one_sided_response(rng(5), events=600)
    d = np.ones(w.y.shape)
    d[10, 0] = 0.0
    with pytest.raises(BadCounts, match="all channels or for none"):
        fit_model(w.y * (d > 0), d, rng=rng(0))


def test_simulation_scales_with_each_channels_coverage() -> None:
    """Simulated counts of a channel are proportional to its own coverage."""
    d = np.column_stack([np.ones(40), np.full(40, 3.0)])
    p = simulate(
        np.full((1, 40, 2), 0.5), np.zeros((1, 2, 2, 1)), np.full((1, 2), 1e4), [2.0], np.full(2, 0.01), np.zeros(2),
        rng(0), paths=4000, coverage=d,
    )  # fmt: skip
    assert p.y.mean(axis=(0, 1)) == pytest.approx([0.5, 1.5], rel=0.02)


def test_uneven_kind_is_recovered_when_told() -> None:
    """In worlds where one kind's coverage changes threefold, its response is found when the coverage is told."""
    truth, inside = 0.3 * (1 - np.exp(-0.35 * 30)), []
    for seed in range(4):
        w = synthetic.uneven_kind(rng(seed))
        assert w.coverage.shape == w.y.shape
        d = direct_responses(fit_model(w.y, w.coverage, rng=rng(0)))
        inside.append(d.low[1, 0] <= truth <= d.high[1, 0])
    assert sum(inside) >= 3
