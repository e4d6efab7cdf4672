r"""How the past is felt: exponential memories, and what flooring to days does to them.

An event at moment u sets off W[k, j, m] events of channel k, after delays of half-life h_m. Let beta = ln
2 / h and let u be uniform in its day. The expected share of the children that fall on the same day is

    s = 1 - (1 - exp(-beta)) / beta,

and the remaining 1 - s fall d = 1, 2, ... days later in the shares (1 - rho) rho^(d-1), rho = exp(-beta): the
memory z is therefore the plain recursion z(t+1) = rho z(t) + (1 - rho) y(t), which sums to one over
positive lags.

Same-day children have same-day children of their own. With S = sum_m s_m W_m the day's expected cohort is
(I - S)^-1 of what arrives, so that, given the days before, the expected counts of day t are

    (I - S)^-1 (mu(t) + sum_m (1 - s_m) W_m z_m(t)) = b(t) + sum_m R_m z_m(t).

Counts by day identify b and R, channel by channel. W follows in closed form: with Q = sum_m s_m / (1 -
s_m) R_m,

    W_m = (I + Q)^-1 R_m / (1 - s_m).

The first generation is exact in expectation for a uniform parent; a child falls a little later in its day
than uniform, which `tests/model` measures against events in continuous time: it is small against the
sampling error of 50,000 events.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.core.jit import jit

Array = NDArray[np.float64]
HALF_LIVES = (2.0, 10.0, 45.0)


def same_day_share(half_lives: ArrayLike) -> Array:
    """The share of an event's children that fall on its own day, by half-life in days, shape as given.

    Example:
        >>> same_day_share([np.log(2)]).round(4).tolist()    # decay of 1 per day: exp(-1)
        [0.3679]
    """
    beta = np.log(2) / np.asarray(half_lives, dtype=float)
    share: Array = 1 + np.expm1(-beta) / beta
    return share


@jit
def _filter_memories(x: Array, start: Array, rho: Array) -> Array:
    days, c = x.shape
    z = np.empty((days, c * len(rho)))
    for j in range(c):
        for m in range(len(rho)):
            now = start[j]
            for t in range(days):
                z[t, j * len(rho) + m] = now
                now = rho[m] * now + (1 - rho[m]) * x[t, j]
    return z


def compute_memories(
    y: ArrayLike, coverage: ArrayLike, half_lives: ArrayLike, weight: ArrayLike | None = None
) -> Array:
    """The past of every channel as felt on each day.

    Days are divided by their density, so that an event of a day watched three times as closely counts for
    a third. A day that nobody watched (density 0), and all days before the first, enter at the channel's
    mean on watched days: what is unknown is taken as usual, not as quiet. The memory returns to the data
        at its own half-life.

    Args:
        y: counts, shape (day, channel). density: shape (day,). half_lives: days, shape (m,).
        weight: mean weight of the day's events (marks such as deaths, scaled to mean 1), shape (day,
            channel).

    Returns:
        shape (day, channel * m), the memories of channel 0 first.

    Example:
        >>> compute_memories([[4], [0], [0]], [1, 1, 1], [1.0]).round(3).ravel().tolist()    # mean 1.333 before
        [1.333, 2.667, 1.333]
    """
    events, effort = np.asarray(y, dtype=float), np.asarray(coverage, dtype=float)
    if weight is not None:
        events = events * np.asarray(weight, dtype=float)
    watched = effort > 0
    mean = events[watched].sum(axis=0) / effort[watched].sum()
    x = np.where(watched[:, None], events / np.where(watched, effort, 1.0)[:, None], mean)
    rho = 0.5 ** (1 / np.asarray(half_lives, dtype=float))
    return _filter_memories(x, mean, rho)


def branching_matrix(R: ArrayLike, half_lives: ArrayLike) -> Array:
    """From the day-by-day response R to the branching matrix W.

    Args:
        R: shape (..., k, j, m): expected events on later days with all their same-day company.

    Returns:
        W, same shape: expected direct children per event, those of the same day included.

    Example:
        >>> R = daily_response_matrix(np.full((1, 1, 1), 0.5), [np.log(2)])
        >>> branching_matrix(R, [np.log(2)]).round(6).tolist()
        [[[0.5]]]
    """
    R, s = np.asarray(R, dtype=float), same_day_share(half_lives)
    Q = (R * (s / (1 - s))).sum(axis=-1)
    inverse = np.linalg.inv(np.eye(R.shape[-2]) + Q)
    W: Array = np.einsum("...ab,...bjm->...ajm", inverse, R / (1 - s))
    return W


def daily_response_matrix(W: ArrayLike, half_lives: ArrayLike) -> Array:
    """The other way: from W to R, both of shape (..., k, j, m)."""
    W, s = np.asarray(W, dtype=float), same_day_share(half_lives)
    cohort = np.linalg.inv(np.eye(W.shape[-2]) - (W * s).sum(axis=-1))
    R: Array = np.einsum("...ab,...bjm->...ajm", cohort, W * (1 - s))
    return R
