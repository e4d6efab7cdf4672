"""Interval score: width plus a penalty for misses.

    IS(l, u; y) = (u - l) + 2/alpha (l - y)+ + 2/alpha (y - u)+

for the central interval of level 1 - alpha. MIS is its mean. Smaller is better; in the unit of the outcome.
"""

import numpy as np
from numpy.typing import ArrayLike

from detente.core.arrays import FloatArray
from detente.forecast.scores.crps import validate_draws


def central_interval(draws: ArrayLike, level: float) -> tuple[FloatArray, FloatArray]:
    """Compute the central interval of each case: (1 - level) / 2 quantiles from either end, shape (case,) each.

    Quantiles are interpolated between draws, as in VIEWS' code.
    """
    x = np.asarray(draws, dtype=float)
    low, high = np.quantile(x, [(1 - level) / 2, (1 + level) / 2], axis=-1)
    return low, high


def interval_score(draws: ArrayLike, outcome: ArrayLike, *, level: float = 0.9) -> FloatArray:
    """Compute the interval score of each outcome, shape (case,). VIEWS' MIS is the mean at level 0.9.

    Source:
        Gneiting and Raftery (2007), JASA 102, 359-378, section 6.2.

    Example:
        >>> interval_score([[0.0, 10.0]], [12.0], level=0.5).tolist()    # 7.5 - 2.5, and 4 * (12 - 7.5)
        [23.0]
    """
    x, y = validate_draws(draws, outcome)
    low, high = central_interval(x, level)
    alpha = 1 - level
    out: FloatArray = (high - low) + 2 / alpha * (np.maximum(low - y, 0) + np.maximum(y - high, 0))
    return out


def interval_coverage(draws: ArrayLike, outcome: ArrayLike, *, level: float) -> float:
    """Compute the share of outcomes inside the central interval, ends included.

    Counts have ties, so an interval of counts covers more than its level even if the forecast is true, most of all where
    the interval is 0 to 0. `scores.pit` has no such bias.

    Example:
        >>> interval_coverage([[0.0, 10.0], [0.0, 10.0]], [4.0, 12.0], level=0.9)
        0.5
    """
    x, y = validate_draws(draws, outcome)
    low, high = central_interval(x, level)
    return float(((low <= y) & (y <= high)).mean())
