r"""Continuous ranked probability score of a forecast given as draws.

    CRPS(x, y) = 1/n sum_i |x_i - y| - 1/(2 n^2) sum_i sum_j |x_i - x_j|

In the unit of the outcome; 0 is perfect; with one draw it is the absolute error. The fair form divides the
second sum by 2 n (n - 1): it scores the distribution that the draws come from, and no longer rewards many
draws. On the log scale both sides are log(1 + x) first, so that the score is of relative error and a
country with a war does not drown out all the others.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.core.jit import jit
from detente.forecast.errors import BadForecast

Array = NDArray[np.float64]
BLOCK = 4096  # rows sorted at a time: memory stays small whatever the size of the panel


def crps(draws: ArrayLike, outcome: ArrayLike, *, fair: bool = False, log: bool = False) -> Array:
    """CRPS of each outcome, shape (case,).

    Args:
        draws: shape (case, draw), in any order. outcome: shape (case,).
        fair: score the distribution behind the draws. log: of log(1 + x); draws and outcomes of at least 0.

    Raises:
        BadForecast: shapes that do not fit, unknown (NaN) draws or outcomes, one draw where `fair` is asked,
            negative values where `log` is.

    Source:
        Gneiting and Raftery (2007), JASA 102, 359-378; Ferro (2014), QJRMS 140, 1917-1923 (fair); Bosse et
        al. (2023), PLOS Comput. Biol. 19, e1011393 (log scale).

    Example:
        >>> crps([[1.0, 3.0]], [2.0]).tolist(), crps([[1.0, 3.0]], [2.0], fair=True).tolist()
        ([0.5], [0.0])
    """
    x, y = validate_draws(draws, outcome)
    if fair and x.shape[1] < 2:
        raise BadForecast("the fair CRPS", "it is defined for two draws or more", "Give more draws.")
    if log and (x.size and min(x.min(), y.min()) < 0):
        raise BadForecast(
            "the CRPS on the log scale", "a draw or an outcome is negative", "Counts are at least 0; look at the input."
        )
    out = np.empty(len(y))
    n = x.shape[1]
    over = n * (n - 1.0) if fair else float(n) ** 2
    for i in range(0, len(y), BLOCK):
        rows, seen = x[i : i + BLOCK], y[i : i + BLOCK]
        if log:
            rows, seen = np.log1p(rows), np.log1p(seen)
        _crps_of_sorted(np.sort(rows, axis=1), seen, over, out[i : i + BLOCK])
    return out


@jit
def _crps_of_sorted(x: Array, y: Array, over: float, out: Array) -> None:
    cases, n = x.shape
    for i in range(cases):
        near, spread = 0.0, 0.0
        for j in range(n):
            near += abs(x[i, j] - y[i])
            # In order, draw j is above j others and below n - 1 - j: the double sum in one pass.
            spread += (2 * j - n + 1) * x[i, j]
        out[i] = near / n - spread / over


def validate_draws(draws: ArrayLike, outcome: ArrayLike) -> tuple[Array, Array]:
    """Draws of shape (case, draw) and outcomes of shape (case,), refused where they cannot be scored.

    Raises:
        BadForecast: shapes that do not fit; NaN or infinite values.
    """
    x, y = np.asarray(draws, dtype=float), np.asarray(outcome, dtype=float)
    if x.ndim != 2 or y.ndim != 1 or len(x) != len(y) or x.shape[1] == 0:
        raise BadForecast(
            "these forecasts and outcomes",
            f"draws have shape {x.shape} and outcomes {y.shape}",
            "Give draws of shape (case, draw) and one outcome for each case.",
        )
    bad = np.flatnonzero(~np.isfinite(x).all(axis=1) | ~np.isfinite(y))
    if len(bad):
        raise BadForecast(
            f"case {bad[0]} and {len(bad) - 1} more",
            "a draw or the outcome is unknown",
            "What did not happen yet, or was not watched, cannot be scored: leave these cases out.",
        )
    return x, y
