"""Hamiltonian Monte Carlo: move draws of a Gaussian to the posterior.

One short chain for each draw, all at once (Neal 2011, Handbook of Markov Chain Monte Carlo, ch. 5), in the coordinates
in which the Gaussian is round. Trajectories leave the posterior unchanged, so each brings the draws closer to it,
and a few suffice where the start is close. The number needed is read off the draws: the shift of mean and spread in
the last trajectory, and the correlation with the draws before it, give the remaining distance (`remaining_distance`).
"""

from dataclasses import dataclass

import numpy as np

from detente.core.arrays import FloatArray
from detente.core.scipy_functions import solve_triangular
from detente.model.laplace import Gaussian
from detente.model.likelihood import ChannelData, log_likelihoods
from detente.model.prior import Prior

MAX_REMAINING_DISTANCE = 0.2  # in standard deviations
LEAPFROG_STEPS, STEP_SIZE, MAX_TRAJECTORIES = 5, 0.3, 8


@dataclass(frozen=True, slots=True)
class HmcResult:
    """Draws of the posterior.

    Fields:
        theta: shape (draw, n). accepted: mean probability of acceptance in the last trajectory.
        to_go: remaining distance, in deviations of the response farthest from convergence.
        trajectories: number taken.
    """

    theta: FloatArray
    accepted: float
    to_go: float
    trajectories: int

    @property
    def settled(self) -> bool:
        """True if the remaining distance is small and at least half of the last trajectory was accepted."""
        return self.to_go <= MAX_REMAINING_DISTANCE and self.accepted >= 0.5


def log_posteriors(p: ChannelData, theta: FloatArray, prior: Prior) -> tuple[FloatArray, FloatArray]:
    """Compute the log posterior and its gradient at many points: shapes (draw,) and (draw, n).

    The prior is the whole mixture over smoothness, so neither depends on the component that a draw came from.
    """
    value, slope = log_likelihoods(p, theta)
    before, pull = prior.log_density(theta)
    return value + before, slope + pull


def hmc(
    p: ChannelData, theta: FloatArray, prior: Prior, shape: Gaussian, rng: np.random.Generator, *,
    most: int = MAX_TRAJECTORIES,
) -> HmcResult:  # fmt: skip
    """Move draws until they converge, by at most `most` trajectories.

    Args:
        theta: start, shape (draw, n). shape: a Gaussian like the posterior, for its coordinates.

    Example:
        >>> g = Gaussian(np.zeros(3), np.eye(3), 0.0)
        >>> p = ChannelData(np.ones((1, 1)), np.zeros((1, 1)), np.zeros(1), np.full(1, 1e-9), 1e-9)
        >>> prior = Prior(np.zeros(3), np.eye(3)[None], np.zeros(1), np.zeros(1))
        >>> start = np.random.default_rng(0).normal(0.0, 0.3, (2000, 3))      # too narrow: the posterior is the prior
        >>> result = hmc(p, start, prior, g, np.random.default_rng(1))
        >>> bool(abs(result.theta.std() - 1) < 0.05), result.settled
        (True, True)
    """
    responses = slice(p.X.shape[1], -1)
    now, (value, slope) = theta.copy(), log_posteriors(p, theta, prior)
    accepted, to_go, leaps, step, taken = 0.0, np.inf, LEAPFROG_STEPS, STEP_SIZE, 0

    def whiten(g: FloatArray) -> FloatArray:
        out: FloatArray = solve_triangular(shape.factor, g.T, lower=True).T
        return out

    while taken < most and (to_go > MAX_REMAINING_DISTANCE or accepted < 0.5):
        # A random step size: with a fixed one a trajectory can return to its start.
        eps = step * rng.uniform(0.8, 1.2)
        start = rng.standard_normal(now.shape)
        momentum = start + 0.5 * eps * whiten(slope)
        end, v, s = now.copy(), value, slope
        for leap in range(leaps):
            end = end + eps * solve_triangular(shape.factor.T, momentum.T, lower=False).T
            v, s = log_posteriors(p, end, prior)
            momentum = momentum + (eps if leap < leaps - 1 else 0.5 * eps) * whiten(s)
        with np.errstate(over="ignore", invalid="ignore"):
            log_ratio = v - value + 0.5 * (start**2).sum(axis=1) - 0.5 * (momentum**2).sum(axis=1)
        log_ratio = np.where(np.isfinite(log_ratio), np.minimum(log_ratio, 0), -np.inf)
        accept = np.log(rng.random(len(now))) < log_ratio
        before = now[:, responses].copy()
        now[accept], value, slope = end[accept], np.where(accept, v, value), np.where(accept[:, None], s, slope)
        accepted, to_go, taken = (
            float(np.exp(log_ratio).mean()),
            remaining_distance(before, now[:, responses]),
            taken + 1,
        )
        if accepted < 0.6:
            step, leaps = step * 0.6, round(leaps / 0.6)
    return HmcResult(now, accepted, to_go, taken)


def remaining_distance(before: FloatArray, after: FloatArray) -> float:
    """Estimate the remaining distance: largest over columns, in deviations, for means and log deviations.

    If each trajectory covers the same share of the way, with c the slope of draws after on draws before, then a shift d of
    the mean leaves d c / (1 - c), and a shift d of the spread leaves d c^2 / (1 - c^2).

    Example:
        >>> x = np.random.default_rng(0).normal(size=(2, 100_000, 1))
        >>> after = 0.8 * x[0] + 0.6 * x[1]                      # correlation 0.8, converged
        >>> round(remaining_distance(x[0], after), 1), round(remaining_distance(x[0], after + 0.1), 1)
        (0.0, 0.4)
    """
    if before.shape[1] == 0:
        return 0.0
    sd_before, sd_after = before.std(axis=0), after.std(axis=0)
    slope = ((before - before.mean(axis=0)) * (after - after.mean(axis=0))).mean(axis=0) / sd_before**2
    c = np.clip(slope, 0.0, 0.999)
    mean_left = np.abs(after.mean(axis=0) - before.mean(axis=0)) / sd_after * c / (1 - c)
    spread_left = np.abs(np.log(sd_after / sd_before)) * c**2 / (1 - c**2)
    return float(max(mean_left.max(), spread_left.max()))
