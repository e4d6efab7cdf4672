"""Posterior of one channel: a mixture of Gaussians over smoothness, corrected by importance weights or by HMC.

For each candidate smoothness Newton's method finds the mode. Where its evidence is within a thousandth of the best,
variational inference finds the nearest Gaussian from there. These are mixed by evidence and prior share. Draws from
the mixture are weighted by posterior / mixture, with Pareto smoothing. If Pareto k is at most 0.7 and the effective
sample size is at least a quarter of the draws, the draws are resampled by weight; otherwise the Gaussians are too far
off for weights, and HMC moves the draws to the posterior (`hmc.py`).
"""

from dataclasses import dataclass

import numpy as np

from detente.core.arrays import FloatArray
from detente.core.disk_cache import Arrays, active_cache, content_key
from detente.model.gaussian_vi import fit_gaussian_vi
from detente.model.hmc import hmc, log_posteriors
from detente.model.laplace import Gaussian, laplace
from detente.model.likelihood import ChannelData
from detente.model.prior import Prior
from detente.model.psis import pareto_smooth
from detente.model.version import MODEL_VERSION

MAX_PARETO_K, ESS_DIVISOR = 0.7, 4
ANTITHETIC_PAIRS = 32  # for the expectations of `fit_gaussian_vi`
MIN_LOG_EVIDENCE_SHARE = -7.0  # below this log share a smoothness is dropped


@dataclass(frozen=True, slots=True)
class ChannelPosterior:
    """Posterior of one channel.

    Fields:
        theta: draws of (beta, R, log r), shape (draw, n). best: their mean, shape (n,).
        weights: of the candidate smoothnesses. pareto_k: of the importance weights; above 0.7 they were not used.
        settled: False where HMC stopped before it converged. problem: the data. believed: the prior.
        gaussians: one for each smoothness; those of negligible weight are Laplace approximations at the mode.
    """

    theta: FloatArray
    best: FloatArray
    weights: FloatArray
    pareto_k: float
    settled: bool
    problem: ChannelData
    believed: Prior
    gaussians: tuple[Gaussian, ...]


def sample_posterior(p: ChannelData, prior: Prior, rng: np.random.Generator, draws: int, name: str) -> ChannelPosterior:
    """Sample the posterior of one channel.

    The cache in use keeps the result, keyed by data, prior, number of draws and random state.

    Raises:
        DidNotConverge: carries the last point of Newton's method.
    """
    key = content_key(MODEL_VERSION, p, prior, rng.bit_generator.state, draws)
    found = active_cache().arrays("posterior", key, lambda: _to_arrays(_sample_posterior(p, prior, rng, draws, name)))
    return _from_arrays(found, p, prior)


def _to_arrays(c: ChannelPosterior) -> Arrays:
    lower = np.tril_indices(c.theta.shape[1])
    return {
        "theta": c.theta, "weights": c.weights, "pareto_k": np.array(c.pareto_k), "settled": np.array(c.settled),
        "means": np.stack([g.theta for g in c.gaussians]), "evidence": np.array([g.evidence for g in c.gaussians]),
        "factors": np.stack([g.factor[lower] for g in c.gaussians]),
    }  # fmt: skip


def _from_arrays(a: Arrays, p: ChannelData, prior: Prior) -> ChannelPosterior:
    theta = a["theta"]
    n = theta.shape[1]
    lower, gaussians = np.tril_indices(n), []
    for mean, packed, evidence in zip(a["means"], a["factors"], a["evidence"], strict=True):
        factor = np.zeros((n, n))
        factor[lower] = packed
        gaussians.append(Gaussian(mean, factor, float(evidence)))
    return ChannelPosterior(
        theta, theta.mean(axis=0), a["weights"], float(a["pareto_k"]), bool(a["settled"]), p, prior, tuple(gaussians)
    )


def _sample_posterior(
    p: ChannelData, prior: Prior, rng: np.random.Generator, draws: int, name: str
) -> ChannelPosterior:
    peaks, start = [], prior.mean
    for precision in prior.precisions:
        peaks.append(laplace(p, prior.mean, precision, start, name))
        start = peaks[-1].theta
    score = np.array([g.evidence for g in peaks]) + prior.log_shares
    candidates = np.flatnonzero(score > score.max() + MIN_LOG_EVIDENCE_SHARE)
    half = rng.standard_normal((ANTITHETIC_PAIRS, len(prior.mean)))
    noise, gaussians = np.vstack([half, -half]), list(peaks)
    evidence = np.full(len(peaks), -np.inf)
    for s in candidates:
        gaussians[s] = fit_gaussian_vi(p, peaks[s], noise, prior.mean, prior.precisions[s])
        evidence[s] = gaussians[s].evidence + prior.log_shares[s]
    weights = np.exp(evidence - evidence.max())
    weights /= weights.sum()
    theta, k, settled = _draw_posterior(p, gaussians, weights, prior, rng, draws)
    return ChannelPosterior(theta, theta.mean(axis=0), weights, k, settled, p, prior, tuple(gaussians))


def _draw_posterior(
    p: ChannelData, gaussians: list[Gaussian], weights: FloatArray, prior: Prior, rng: np.random.Generator, draws: int
) -> tuple[FloatArray, float, bool]:
    """Return draws of the posterior, the Pareto k of the Gaussians, and whether the draws converged."""
    component = rng.choice(len(gaussians), size=draws, p=weights)
    theta = rng.standard_normal((draws, len(prior.mean)))
    for s, g in enumerate(gaussians):
        theta[component == s] = g.draws(theta[component == s])
    with np.errstate(divide="ignore"):
        proposed = np.array([np.log(w) + g.log_density(theta) for w, g in zip(weights, gaussians, strict=True)])
    ratio = log_posteriors(p, theta, prior)[0] - np.logaddexp.reduce(proposed)
    importance, k = pareto_smooth(ratio)
    # A few draws repeated many times give a meaningless interval, even where k is small.
    if k <= MAX_PARETO_K and 1 / float((importance**2).sum()) >= draws / ESS_DIVISOR:
        # Systematic resampling: with equal weights every draw is returned once.
        edges = (np.arange(draws) + rng.random()) / draws
        theta = theta[np.minimum(np.searchsorted(np.cumsum(importance), edges), draws - 1)]
        return theta[rng.permutation(draws)], k, True
    result = hmc(p, theta, prior, gaussians[int(np.argmax(weights))], rng)
    return result.theta, k, result.settled
