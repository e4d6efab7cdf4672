"""The posterior: against closed forms, slopes, and another program's sampler."""

import importlib.util

import numpy as np
import pytest
from numpy.typing import NDArray

from detente.model import synthetic
from detente.model.background import build_background
from detente.model.errors import ExtraMissing
from detente.model.fit import fit_model
from detente.model.gaussian_vi import average_log_posterior, fit_gaussian_vi
from detente.model.hmc import hmc, log_posteriors
from detente.model.kernels import compute_memories
from detente.model.laplace import Gaussian, laplace
from detente.model.likelihood import ChannelData, log_likelihoods, log_posterior, softplus_with_derivatives
from detente.model.nuts import nuts
from detente.model.prior import Prior, build_prior, response_prior

rng = np.random.default_rng
Array = NDArray[np.float64]


def one_channel(events: int = 200) -> tuple[ChannelData, Prior]:
    w = synthetic.one_sided_response(rng(2), events=events)
    y, bg = w.y[:400], build_background(400, gap=100, harmonics=0, sigmas=(0.1, 0.5))
    coverage = np.where(np.arange(400) < 50, 3.0, 1.0)
    z = compute_memories(y, coverage, [2.0])
    p = ChannelData(bg.X, z, y[:, 1].astype(float), coverage, 0.1 * float(y[:, 1].mean()))
    return p, build_prior(bg, *response_prior(None, 1, 2, own=1), rate=float(y[:, 1].sum() / coverage.sum()))


def nothing_seen(n: int) -> ChannelData:
    """A day too short for any event: the posterior is the prior."""
    return ChannelData(np.ones((1, 1)), np.zeros((1, n - 2)), np.zeros(1), np.full(1, 1e-9), 1e-9)


@pytest.mark.parametrize("x", [-25.0, -3.0, 0.0, 2.0, 7.99, 8.01, 20.0])
def test_the_smooth_positive_part_and_its_slopes_are_the_textbooks(x: float) -> None:
    e = np.exp(-abs(x))
    assert softplus_with_derivatives(x) == pytest.approx(
        (np.logaddexp(0, x), 1 / (1 + np.exp(-x)), e / (1 + e) ** 2), rel=1e-7, abs=1e-9
    )


def test_the_mixture_prior_is_scipys_and_its_gradient_its_slope() -> None:
    from scipy.stats import multivariate_normal

    believed = one_channel()[1]
    theta = rng(1).normal(0, 0.3, (1, len(believed.mean))) + believed.mean
    each = [multivariate_normal(believed.mean, np.linalg.inv(q)).logpdf(theta[0]) for q in believed.precisions]
    truth = np.logaddexp.reduce(each) - np.log(2) + 0.5 * theta.size * np.log(2 * np.pi)
    value, gradient = believed.log_density(theta)
    assert value[0] == pytest.approx(truth, rel=1e-9)
    for i, step in enumerate(1e-6 * np.eye(theta.size)):
        slope = (believed.log_density(theta + step)[0] - believed.log_density(theta - step)[0])[0] / 2e-6
        assert gradient[0, i] == pytest.approx(slope, rel=1e-5, abs=1e-5)


def test_many_points_at_once_are_each_point_by_itself() -> None:
    p, believed = one_channel()
    theta = believed.mean + rng(3).normal(0, 0.4, (600, len(believed.mean)))  # more than one block of rows
    value, gradient = log_likelihoods(p, theta)
    for i in (0, 299, 599):
        alone = log_posterior(p, theta[i], believed.mean, 0 * believed.precisions[0])
        assert value[i] == pytest.approx(alone[0], rel=1e-10)
        assert gradient[i] == pytest.approx(alone[1], rel=1e-8, abs=1e-8)


def test_means_over_a_narrow_gaussian_are_the_values_at_its_middle() -> None:
    p, believed = one_channel()
    q, middle = believed.precisions[1], believed.mean + 0.1
    half = rng(4).standard_normal((40, len(middle)))
    narrow = Gaussian(middle, 1e4 * np.eye(len(middle)), 0.0)
    value, gradient, hessian = average_log_posterior(p, narrow, np.vstack([half, -half]), believed.mean, q)
    at = log_posterior(p, middle, believed.mean, q)
    assert value == pytest.approx(at[0], rel=1e-6)
    assert gradient == pytest.approx(at[1], rel=1e-3, abs=1e-2)
    assert hessian == pytest.approx(at[2], rel=1e-3, abs=1e-2)


def test_the_nearest_gaussian_is_nearer_than_the_one_at_the_peak_and_never_claims_more_than_there_is() -> None:
    p, believed = one_channel()
    q = believed.precisions[1]
    top = laplace(p, believed.mean, q, believed.mean, "b")
    half = rng(5).standard_normal((400, len(believed.mean)))
    noise = np.vstack([half, -half])
    near = fit_gaussian_vi(p, top, noise, believed.mean, q)
    only = Prior(believed.mean, q[None], np.zeros(1), believed.half_log_dets[1:])

    def gap(g: Gaussian) -> float:
        """E_q[log q - log p]: the divergence, less the log evidence that is the same for both."""
        theta = g.draws(noise)
        return float((g.log_density(theta) - log_posteriors(p, theta, only)[0]).mean())

    assert gap(near) < gap(top) - 0.01
    # The bound lies under the log evidence, which importance weights find without it.
    theta = near.draws(rng(6).standard_normal((4000, len(believed.mean))))
    ratio = log_posteriors(p, theta, only)[0] - near.log_density(theta)
    evidence = float(np.logaddexp.reduce(ratio) - np.log(4000))
    assert near.evidence < evidence + 0.1
    assert near.evidence > evidence - 1.0


def test_polishing_finds_the_posterior_from_a_start_near_it_and_says_when_it_has_not() -> None:
    n = 4
    covariance = np.array([[2.0, 0.9, 0, 0], [0.9, 1.0, 0, 0], [0, 0, 0.5, 0], [0, 0, 0, 1.0]])
    believed = Prior(np.arange(n) / 2, np.linalg.inv(covariance)[None], np.zeros(1), np.zeros(1))
    shape = Gaussian(believed.mean - 0.3, np.linalg.cholesky(np.diag([0.6, 1.2, 1.5, 1.0])), 0.0)
    start = shape.draws(rng(7).standard_normal((4000, n)))
    done = hmc(nothing_seen(n), start, believed, shape, rng(8), most=30)
    assert done.settled
    # Responses are what is asked about: here the two coordinates in the middle.
    spread = np.sqrt(np.diag(covariance))
    assert ((done.theta.mean(axis=0) - believed.mean) / spread)[1:-1] == pytest.approx(np.zeros(2), abs=0.2)
    assert np.log(done.theta.std(axis=0) / spread)[1:-1] == pytest.approx(np.zeros(2), abs=0.2)
    # Coordinates ten times too wide make every trajectory fail.
    wide = Gaussian(believed.mean, 0.1 * np.eye(n), 0.0)
    assert not hmc(nothing_seen(n), start, believed, wide, rng(8), most=1).settled


def test_the_answer_does_not_depend_on_how_many_cores_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    w = synthetic.independent_actors(rng(9))
    many = fit_model(w.y, rng=rng(0))
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    assert (fit_model(w.y, rng=rng(0)).W == many.W).all()


@pytest.mark.skipif(importlib.util.find_spec("numpyro") is None, reason="needs the extra 'bayes'")
@pytest.mark.filterwarnings("ignore")
def test_the_exact_sampler_finds_the_same_responses() -> None:
    w = synthetic.one_sided_response(rng(10), events=1500)
    s = fit_model(w.y[:300], rng=rng(0), channels=w.channels, half_lives=[2.0], harmonics=0, draws=2000, sigmas=(0.2,))
    ours = s.of[1].theta[:, -3:]
    judge = nuts(s, "b", draws=1000, warmup=400)[:, -3:]
    spread = judge.std(axis=0)
    # 1,000 draws of a chain are worth some 400 apart: an error of 0.05 deviations in the middle, twice that at the ends.
    assert np.abs(ours.mean(axis=0) - judge.mean(axis=0)) / spread == pytest.approx(np.zeros(3), abs=0.2)
    assert ours.std(axis=0) / spread == pytest.approx(np.ones(3), abs=0.2)
    for tail in (0.05, 0.95):
        apart = (np.quantile(ours, tail, axis=0) - np.quantile(judge, tail, axis=0)) / spread
        assert apart[:2] == pytest.approx(np.zeros(2), abs=0.35)


def test_without_numpyro_the_exact_sampler_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    w = synthetic.one_sided_response(rng(11), events=300)
    s = fit_model(w.y, rng=rng(0), channels=w.channels, draws=50)
    monkeypatch.setattr("detente.model.nuts.find_spec", lambda _: None)
    with pytest.raises(ExtraMissing, match=r"pip install 'detente\[bayes\]'"):
        nuts(s, "a")
