"""The posterior against closed forms, finite differences and NUTS."""

import importlib.util
import sys

import numpy as np
import pytest
from numpy.typing import NDArray

from detente.core.extras import MissingExtra
from detente.model import synthetic
from detente.model.background import build_background
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


def no_data(n: int) -> ChannelData:
    """Data of a day too short for any event: the posterior is the prior."""
    return ChannelData(np.ones((1, 1)), np.zeros((1, n - 2)), np.zeros(1), np.full(1, 1e-9), 1e-9)


@pytest.mark.parametrize("x", [-25.0, -3.0, 0.0, 2.0, 7.99, 8.01, 20.0])
def test_softplus_derivatives_match_closed_form(x: float) -> None:
    """Softplus, slope and curvature equal their closed forms."""
    e = np.exp(-abs(x))
    assert softplus_with_derivatives(x) == pytest.approx(
        (np.logaddexp(0, x), 1 / (1 + np.exp(-x)), e / (1 + e) ** 2), rel=1e-7, abs=1e-9
    )


def test_prior_log_density_matches_scipy() -> None:
    """The mixture prior equals SciPy's, and its gradient equals finite differences."""
    from scipy.stats import multivariate_normal

    prior = one_channel()[1]
    theta = rng(1).normal(0, 0.3, (1, len(prior.mean))) + prior.mean
    each = [multivariate_normal(prior.mean, np.linalg.inv(q)).logpdf(theta[0]) for q in prior.precisions]
    truth = np.logaddexp.reduce(each) - np.log(2) + 0.5 * theta.size * np.log(2 * np.pi)
    value, gradient = prior.log_density(theta)
    assert value[0] == pytest.approx(truth, rel=1e-9)
    for i, step in enumerate(1e-6 * np.eye(theta.size)):
        slope = (prior.log_density(theta + step)[0] - prior.log_density(theta - step)[0])[0] / 2e-6
        assert gradient[0, i] == pytest.approx(slope, rel=1e-5, abs=1e-5)


def test_log_likelihoods_match_single_points() -> None:
    """Batched log likelihoods equal those of single points."""
    p, prior = one_channel()
    theta = prior.mean + rng(3).normal(0, 0.4, (600, len(prior.mean)))  # more than one block of rows
    value, gradient = log_likelihoods(p, theta)
    for i in (0, 299, 599):
        alone = log_posterior(p, theta[i], prior.mean, 0 * prior.precisions[0])
        assert value[i] == pytest.approx(alone[0], rel=1e-10)
        assert gradient[i] == pytest.approx(alone[1], rel=1e-8, abs=1e-8)


def test_average_log_posterior_of_narrow_gaussian() -> None:
    """Averages over a narrow Gaussian equal the values at its mean."""
    p, prior = one_channel()
    q, centre = prior.precisions[1], prior.mean + 0.1
    half = rng(4).standard_normal((40, len(centre)))
    narrow = Gaussian(centre, 1e4 * np.eye(len(centre)), 0.0)
    value, gradient, hessian = average_log_posterior(p, narrow, np.vstack([half, -half]), prior.mean, q)
    at = log_posterior(p, centre, prior.mean, q)
    assert value == pytest.approx(at[0], rel=1e-6)
    assert gradient == pytest.approx(at[1], rel=1e-3, abs=1e-2)
    assert hessian == pytest.approx(at[2], rel=1e-3, abs=1e-2)


def test_gaussian_vi_improves_and_bounds_evidence() -> None:
    """Variational inference is closer than Laplace, and its bound is below the evidence."""
    p, prior = one_channel()
    q = prior.precisions[1]
    mode = laplace(p, prior.mean, q, prior.mean, "b")
    half = rng(5).standard_normal((400, len(prior.mean)))
    noise = np.vstack([half, -half])
    near = fit_gaussian_vi(p, mode, noise, prior.mean, q)
    only = Prior(prior.mean, q[None], np.zeros(1), prior.half_log_dets[1:])

    def gap(g: Gaussian) -> float:
        """E_q[log q - log p]: the divergence, less the log evidence that is the same for both."""
        theta = g.draws(noise)
        return float((g.log_density(theta) - log_posteriors(p, theta, only)[0]).mean())

    assert gap(near) < gap(mode) - 0.01
    # The bound is below the log evidence, which importance weights estimate independently.
    theta = near.draws(rng(6).standard_normal((4000, len(prior.mean))))
    ratio = log_posteriors(p, theta, only)[0] - near.log_density(theta)
    evidence = float(np.logaddexp.reduce(ratio) - np.log(4000))
    assert near.evidence < evidence + 0.1
    assert near.evidence > evidence - 1.0


def test_hmc_converges_and_reports_failure() -> None:
    """HMC reaches the posterior from a near start and reports when it does not converge."""
    n = 4
    covariance = np.array([[2.0, 0.9, 0, 0], [0.9, 1.0, 0, 0], [0, 0, 0.5, 0], [0, 0, 0, 1.0]])
    prior = Prior(np.arange(n) / 2, np.linalg.inv(covariance)[None], np.zeros(1), np.zeros(1))
    shape = Gaussian(prior.mean - 0.3, np.linalg.cholesky(np.diag([0.6, 1.2, 1.5, 1.0])), 0.0)
    start = shape.draws(rng(7).standard_normal((4000, n)))
    result = hmc(no_data(n), start, prior, shape, rng(8), most=30)
    assert result.settled
    # The responses are the two coordinates in the middle.
    spread = np.sqrt(np.diag(covariance))
    assert ((result.theta.mean(axis=0) - prior.mean) / spread)[1:-1] == pytest.approx(np.zeros(2), abs=0.2)
    assert np.log(result.theta.std(axis=0) / spread)[1:-1] == pytest.approx(np.zeros(2), abs=0.2)
    # Coordinates ten times too wide make every trajectory fail.
    wide = Gaussian(prior.mean, 0.1 * np.eye(n), 0.0)
    assert not hmc(no_data(n), start, prior, wide, rng(8), most=1).settled


def test_fit_is_independent_of_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fit does not depend on the number of cores."""
    w = synthetic.independent_actors(rng(9))
    many = fit_model(w.y, rng=rng(0))
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    assert (fit_model(w.y, rng=rng(0)).W == many.W).all()


@pytest.mark.skipif(importlib.util.find_spec("numpyro") is None, reason="needs the extra 'bayes'")
@pytest.mark.filterwarnings("ignore")
def test_posterior_matches_nuts() -> None:
    """The fast posterior equals that of NUTS within sampling error."""
    w = synthetic.one_sided_response(rng(10), events=1500)
    s = fit_model(w.y[:300], rng=rng(0), channels=w.channels, half_lives=[2.0], harmonics=0, draws=2000, sigmas=(0.2,))
    ours = s.of[1].theta[:, -3:]
    reference = nuts(s, "b", draws=1000, warmup=400)[:, -3:]
    spread = reference.std(axis=0)
    # 1,000 draws of a chain equal about 400 independent ones: an error of 0.05 deviations at the centre, 0.1 in the tails.
    assert np.abs(ours.mean(axis=0) - reference.mean(axis=0)) / spread == pytest.approx(np.zeros(3), abs=0.2)
    assert ours.std(axis=0) / spread == pytest.approx(np.ones(3), abs=0.2)
    for tail in (0.05, 0.95):
        difference = (np.quantile(ours, tail, axis=0) - np.quantile(reference, tail, axis=0)) / spread
        assert difference[:2] == pytest.approx(np.zeros(2), abs=0.35)


def test_nuts_without_numpyro_names_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without numpyro the error names the package and the extra to install."""
    w = synthetic.one_sided_response(rng(11), events=300)
    s = fit_model(w.y, rng=rng(0), channels=w.channels, draws=50)
    monkeypatch.setitem(sys.modules, "numpyro", None)
    with pytest.raises(MissingExtra) as error:
        nuts(s, "a")
    assert (error.value.package, error.value.extra) == ("numpyro", "bayes")
