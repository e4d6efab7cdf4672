r"""From draws of a Gaussian to draws of the posterior: each moved by trajectories that leave the posterior unchanged.

Hamiltonian Monte Carlo (Neal 2011, Handbook of Markov Chain Monte Carlo, ch. 5), one short chain for each draw and
all at once, in the coordinates in which the Gaussian is round. A chain started from the Gaussian is nearer to the
posterior after each trajectory whatever the shape of either, so a few suffice where the start is near. How many is
read off the draws: from how far the last trajectory moved the middle and the spread of each response, and how much
of a draw it kept, follows how far there is left to go (`left`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from detente.model.laplace import Gaussian
from detente.model.likelihood import ChannelData, log_likelihoods
from detente.model.prior import Prior

Array = NDArray[np.float64]
MAX_REMAINING_DISTANCE = 0.2  # of a deviation
LEAPFROG_STEPS, STEP_SIZE, MAX_TRAJECTORIES = 5, 0.3, 8


@dataclass(frozen=True, slots=True)
class HmcResult:
    """Draws of the posterior.

    Fields:
        theta: shape (draw, n). accepted: mean probability of acceptance in the last trajectory.
        to_go: how far that left the draws from settling, in deviations of the response that is worst off.
            trajectories: how many were taken.
    """

    theta: Array
    accepted: float
    to_go: float
    trajectories: int

    @property
    def settled(self) -> bool:
        """Is nearly nothing left to go, with half of the last trajectory accepted or more?"""
        return self.to_go <= MAX_REMAINING_DISTANCE and self.accepted >= 0.5


def log_posteriors(p: ChannelData, theta: Array, believed: Prior) -> tuple[Array, Array]:
    """The log posterior and its gradient at many points: shapes (draw,) and (draw, n).

    The prior is the whole mixture over smoothnesses, so neither depends on which of them a draw came from.
    """
    value, slope = log_likelihoods(p, theta)
    before, pull = believed.log_density(theta)
    return value + before, slope + pull


def hmc(
    p: ChannelData, theta: Array, believed: Prior, shape: Gaussian, rng: np.random.Generator, *,
    most: int = MAX_TRAJECTORIES,
) -> HmcResult:  # fmt: skip
    """Draws moved until they have settled, by `most` trajectories at the most.

    Args:
        theta: draws to start from, shape (draw, n). shape: a Gaussian like the posterior, for its coordinates.

    Example:
        >>> g = Gaussian(np.zeros(3), np.eye(3), 0.0)
        >>> p = ChannelData(np.ones((1, 1)), np.zeros((1, 1)), np.zeros(1), np.full(1, 1e-9), 1e-9)
        >>> believed = Prior(np.zeros(3), np.eye(3)[None], np.zeros(1), np.zeros(1))
        >>> start = np.random.default_rng(0).normal(0.0, 0.3, (2000, 3))      # too narrow: nothing is known but the prior
        >>> done = hmc(p, start, believed, g, np.random.default_rng(1))
        >>> bool(abs(done.theta.std() - 1) < 0.05), done.settled
        (True, True)
    """
    asked = slice(p.X.shape[1], -1)
    now, (value, slope) = theta.copy(), log_posteriors(p, theta, believed)
    accepted, to_go, leaps, step, taken = 0.0, np.inf, LEAPFROG_STEPS, STEP_SIZE, 0

    def turned(g: Array) -> Array:
        out: Array = solve_triangular(shape.factor, g.T, lower=True).T
        return out

    while taken < most and (to_go > MAX_REMAINING_DISTANCE or accepted < 0.5):
        # A length drawn anew, since one that comes round to where it began would go nowhere.
        eps = step * rng.uniform(0.8, 1.2)
        start = rng.standard_normal(now.shape)
        momentum = start + 0.5 * eps * turned(slope)
        at, v, s = now.copy(), value, slope
        for leap in range(leaps):
            at = at + eps * solve_triangular(shape.factor.T, momentum.T, lower=False).T
            v, s = log_posteriors(p, at, believed)
            momentum = momentum + (eps if leap < leaps - 1 else 0.5 * eps) * turned(s)
        with np.errstate(over="ignore", invalid="ignore"):
            log_ratio = v - value + 0.5 * (start**2).sum(axis=1) - 0.5 * (momentum**2).sum(axis=1)
        log_ratio = np.where(np.isfinite(log_ratio), np.minimum(log_ratio, 0), -np.inf)
        take = np.log(rng.random(len(now))) < log_ratio
        before = now[:, asked].copy()
        now[take], value, slope = at[take], np.where(take, v, value), np.where(take[:, None], s, slope)
        accepted, to_go, taken = float(np.exp(log_ratio).mean()), remaining_distance(before, now[:, asked]), taken + 1
        if accepted < 0.6:
            step, leaps = step * 0.6, round(leaps / 0.6)
    return HmcResult(now, accepted, to_go, taken)


def remaining_distance(before: Array, after: Array) -> float:
    """How far there is to go: the largest over columns, in deviations, for means and for logarithms of deviations.

    If each trajectory goes the same share of the way, and keeps c of what it found, with c the slope of draws after
    on draws before, then a step d leaves d c / (1 - c), and one of the spread d c^2 / (1 - c^2).

    Example:
        >>> x = np.random.default_rng(0).normal(size=(2, 100_000, 1))
        >>> kept = 0.8 * x[0] + 0.6 * x[1]                       # keeps 0.8, and has arrived
        >>> round(remaining_distance(x[0], kept), 1), round(remaining_distance(x[0], kept + 0.1), 1)
        (0.0, 0.4)
    """
    if before.shape[1] == 0:
        return 0.0
    was, now = before.std(axis=0), after.std(axis=0)
    together = ((before - before.mean(axis=0)) * (after - after.mean(axis=0))).mean(axis=0) / was**2
    c = np.clip(together, 0.0, 0.999)
    middle = np.abs(after.mean(axis=0) - before.mean(axis=0)) / now * c / (1 - c)
    spread = np.abs(np.log(now / was)) * c**2 / (1 - c**2)
    return float(max(middle.max(), spread.max()))
