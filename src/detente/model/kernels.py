"""Response kernels: exponential memories of past events, and the effect of rounding times to days.

An event at moment u causes W[k, j, m] events of channel k, after delays of half-life h_m. Let beta = ln 2 / h and
let u be uniform in its day. The expected share of the children that fall on the same day is

    s = 1 - (1 - exp(-beta)) / beta,

and the remaining 1 - s fall d = 1, 2, ... days later in the shares (1 - rho) rho^(d-1), rho = exp(-beta). The
memory z is therefore the recursion z(t+1) = rho z(t) + (1 - rho) y(t), which sums to one over positive lags.

Same-day children have same-day children of their own. With S = sum_m s_m W_m the day's expected cohort is
(I - S)^-1 times the arrivals. Given the days before, the expected counts of day t are

    (I - S)^-1 (mu(t) + sum_m (1 - s_m) W_m z_m(t)) = b(t) + sum_m R_m z_m(t).

Daily counts identify b and R, channel by channel. W follows in closed form: with Q = sum_m s_m / (1 - s_m) R_m,

    W_m = (I + Q)^-1 R_m / (1 - s_m).

The first generation is exact in expectation for a uniform parent. A child falls a little later in its day than
uniform: `tests/model` measures this against continuous time, and it is below the sampling error of 50,000 events.
"""

import numpy as np
from numpy.typing import ArrayLike

from detente.core.arrays import FloatArray
from detente.core.jit import jit

HALF_LIVES = (2.0, 10.0, 45.0)
# At this fixed delay a response is found in nearly all worlds and passes the lead check in about half of them; later ones fade
# from sight (`docs/replications/lead_check.md`).
VISIBLE_DELAY_DAYS = 5
VISIBLE_DELAY_BASIS = "measured on synthetic conflicts whose responses come after a fixed delay"


def same_day_share(half_lives: ArrayLike) -> FloatArray:
    """Compute the share of an event's children that fall on its own day, by half-life in days, shape as given.

    Example:
        >>> same_day_share([np.log(2)]).round(4).tolist()    # decay of 1 per day: exp(-1)
        [0.3679]
    """
    beta = np.log(2) / np.asarray(half_lives, dtype=float)
    share: FloatArray = 1 + np.expm1(-beta) / beta
    return share


def share_within(half_lives: ArrayLike, days: float) -> FloatArray:
    """Compute the share of an event's children that fall on its own day or on the `days` days after it, shape as given.

    The moment of the event is uniform in its day. All responses are counted so, direct and total ones alike.

    Example:
        >>> share_within([2.0], 0).round(3).tolist(), share_within([2.0], 30).round(4).tolist()
        ([0.155], [1.0])
    """
    half, same_day = np.asarray(half_lives, dtype=float), same_day_share(half_lives)
    out: FloatArray = same_day + (1 - same_day) * (1 - 0.5 ** (days / half))
    return out


@jit
def _filter_memories(x: FloatArray, start: FloatArray, rho: FloatArray) -> FloatArray:
    days, c = x.shape
    z = np.empty((days, c * len(rho)))
    for j in range(c):
        for m in range(len(rho)):
            state = start[j]
            for t in range(days):
                z[t, j * len(rho) + m] = state
                state = rho[m] * state + (1 - rho[m]) * x[t, j]
    return z


def compute_memories(
    y: ArrayLike, coverage: ArrayLike, half_lives: ArrayLike, weight: ArrayLike | None = None
) -> FloatArray:
    """Compute the exponential memory of every channel at the start of each day.

    Counts are divided by the day's coverage: an event on a day covered three times as densely counts for a third. Days
    without coverage, and all days before the first, enter at the channel's mean over observed days: unknown days count
    as usual, not as quiet. The memory returns to the data at its own half-life.

    Args:
        y: counts, shape (day, channel). coverage: shape (day,) or (day, channel). half_lives: days, shape (m,).
        weight: mean weight of the day's events (marks such as deaths, scaled to mean 1), shape (day, channel).

    Returns:
        shape (day, channel * m), the memories of channel 0 first.

    Example:
        >>> compute_memories([[4], [0], [0]], [1, 1, 1], [1.0]).round(3).ravel().tolist()    # mean 1.333 before
        [1.333, 2.667, 1.333]
    """
    events, effort = np.asarray(y, dtype=float), np.asarray(coverage, dtype=float)
    if weight is not None:
        events = events * np.asarray(weight, dtype=float)
    if effort.ndim == 1:
        effort = effort[:, None]
    observed = effort > 0
    mean = (events * observed).sum(axis=0) / (effort * observed).sum(axis=0)
    x = np.where(observed, events / np.where(observed, effort, 1.0), mean)
    rho = 0.5 ** (1 / np.asarray(half_lives, dtype=float))
    return _filter_memories(x, mean, rho)


def branching_matrix(R: ArrayLike, half_lives: ArrayLike) -> FloatArray:
    """Convert the daily response R into the branching matrix W.

    Args:
        R: shape (..., k, j, m): expected events on later days, with their same-day children.

    Returns:
        W, same shape: expected direct children per event, same-day ones included.

    Example:
        >>> R = daily_response_matrix(np.full((1, 1, 1), 0.5), [np.log(2)])
        >>> branching_matrix(R, [np.log(2)]).round(6).tolist()
        [[[0.5]]]
    """
    R, s = np.asarray(R, dtype=float), same_day_share(half_lives)
    Q = (R * (s / (1 - s))).sum(axis=-1)
    inverse = np.linalg.inv(np.eye(R.shape[-2]) + Q)
    W: FloatArray = np.einsum("...ab,...bjm->...ajm", inverse, R / (1 - s))
    return W


def daily_response_matrix(W: ArrayLike, half_lives: ArrayLike) -> FloatArray:
    """Convert W into R, both of shape (..., k, j, m): the inverse of `branching_matrix`."""
    W, s = np.asarray(W, dtype=float), same_day_share(half_lives)
    cohort = np.linalg.inv(np.eye(W.shape[-2]) - (W * s).sum(axis=-1))
    R: FloatArray = np.einsum("...ab,...bjm->...ajm", cohort, W * (1 - s))
    return R
