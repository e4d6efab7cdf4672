"""What is learned of one channel: a mixture of Gaussians over smoothnesses, checked against the posterior itself.

For each candidate smoothness of the background the peak is found by Newton's method; where its evidence is within
a thousandth of the best, the Gaussian nearest to the posterior is found from there. These are mixed by their
evidence and the belief in each smoothness beforehand. Draws from the mixture are weighted by posterior / mixture, with Pareto smoothing.
Where Pareto k is at most 0.7 and the weights are worth at least a quarter of the draws, the draws are resampled by
them; elsewhere the Gaussians are too far off for weights, and the draws are moved to the posterior (`hmc.py`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.model.gaussian_vi import fit_gaussian_vi
from detente.model.hmc import hmc, log_posteriors
from detente.model.laplace import Gaussian, laplace
from detente.model.likelihood import ChannelData
from detente.model.prior import Prior
from detente.model.psis import pareto_smooth

Array = NDArray[np.float64]
MAX_PARETO_K, ESS_DIVISOR = 0.7, 4
ANTITHETIC_PAIRS = 32  # of opposite draws, by which the nearest Gaussian is found
MIN_LOG_EVIDENCE_SHARE = -7.0  # log share of the evidence below which a smoothness is not followed up


@dataclass(frozen=True, slots=True)
class ChannelPosterior:
    """What was learned of one channel.

    Fields:
        theta: draws of (beta, R, log r), shape (draw, n). best: their mean, shape (n,).
        weights: of the candidate smoothnesses. pareto_k: of the importance weights; over 0.7 they were not used.
        settled: False where the draws had not settled in the posterior when `polish` gave up.
        problem: the data as the likelihood saw them. believed: the prior. gaussians: one for each smoothness, those of
            negligible weight at the peak.
    """

    theta: Array
    best: Array
    weights: Array
    pareto_k: float
    settled: bool
    problem: ChannelData
    believed: Prior
    gaussians: tuple[Gaussian, ...]


def sample_posterior(
    p: ChannelData, believed: Prior, rng: np.random.Generator, draws: int, name: str
) -> ChannelPosterior:
    """The posterior of one channel.

    Raises:
        DidNotConverge: carries where Newton's method stood.
    """
    peaks, start = [], believed.mean
    for precision in believed.precisions:
        peaks.append(laplace(p, believed.mean, precision, start, name))
        start = peaks[-1].theta
    score = np.array([g.evidence for g in peaks]) + believed.log_shares
    followed = np.flatnonzero(score > score.max() + MIN_LOG_EVIDENCE_SHARE)
    half = rng.standard_normal((ANTITHETIC_PAIRS, len(believed.mean)))
    noise, found = np.vstack([half, -half]), list(peaks)
    evidence = np.full(len(peaks), -np.inf)
    for s in followed:
        found[s] = fit_gaussian_vi(p, peaks[s], noise, believed.mean, believed.precisions[s])
        evidence[s] = found[s].evidence + believed.log_shares[s]
    weights = np.exp(evidence - evidence.max())
    weights /= weights.sum()
    theta, k, good = _draw_posterior(p, found, weights, believed, rng, draws)
    return ChannelPosterior(theta, theta.mean(axis=0), weights, k, good, p, believed, tuple(found))


def _draw_posterior(
    p: ChannelData, found: list[Gaussian], weights: Array, believed: Prior, rng: np.random.Generator, draws: int
) -> tuple[Array, float, bool]:
    """Draws of the posterior, the Pareto k of the Gaussians, and whether the draws can be trusted."""
    which = rng.choice(len(found), size=draws, p=weights)
    theta = rng.standard_normal((draws, len(believed.mean)))
    for s, g in enumerate(found):
        theta[which == s] = g.draws(theta[which == s])
    with np.errstate(divide="ignore"):
        proposed = np.array([np.log(w) + g.log_density(theta) for w, g in zip(weights, found, strict=True)])
    ratio = log_posteriors(p, theta, believed)[0] - np.logaddexp.reduce(proposed)
    importance, k = pareto_smooth(ratio)
    # A few draws copied many times would make an interval out of accidents, whatever k says of the tail.
    if k <= MAX_PARETO_K and 1 / float((importance**2).sum()) >= draws / ESS_DIVISOR:
        # Systematic resampling: one uniform number, so that equal weights give every draw back once.
        edges = (np.arange(draws) + rng.random()) / draws
        theta = theta[np.minimum(np.searchsorted(np.cumsum(importance), edges), draws - 1)]
        return theta[rng.permutation(draws)], k, True
    done = hmc(p, theta, believed, found[int(np.argmax(weights))], rng)
    return done.theta, k, done.settled
