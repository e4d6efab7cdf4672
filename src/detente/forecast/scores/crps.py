"""Continuous ranked probability score of a forecast given as draws.

    CRPS(x, y) = 1/n sum_i |x_i - y| - 1/(2 n^2) sum_i sum_j |x_i - x_j|

In the unit of the outcome; 0 is perfect; with one draw it is the absolute error. The fair form divides the second sum by
2 n (n - 1): it scores the distribution behind the draws and does not reward many draws. The log scale applies
log(1 + x) to both sides first, so that the score measures relative error and one war does not dominate.
"""

import numpy as np
from numpy.typing import ArrayLike

from detente.core.arrays import FloatArray
from detente.core.jit import jit
from detente.forecast.errors import BadForecast

BLOCK = 4096  # rows sorted at a time, to bound memory


def crps(draws: ArrayLike, outcome: ArrayLike, *, fair: bool = False, log: bool = False) -> FloatArray:
    """Compute the CRPS of each outcome, shape (case,).

    Args:
        draws: shape (case, draw), in any order. outcome: shape (case,).
        fair: score the distribution behind the draws. log: of log(1 + x); draws and outcomes of at least 0.

    Raises:
        BadForecast: shapes that do not fit, unknown (NaN) draws or outcomes, one draw with `fair`, negative values with
            `log`.

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
        remedy = "Counts are at least 0; check the input."
        raise BadForecast("the CRPS on the log scale", "a draw or an outcome is negative", remedy)
    out = np.empty(len(y))
    n = x.shape[1]
    denominator = n * (n - 1.0) if fair else float(n) ** 2
    for i in range(0, len(y), BLOCK):
        rows, outcomes = x[i : i + BLOCK], y[i : i + BLOCK]
        if log:
            rows, outcomes = np.log1p(rows), np.log1p(outcomes)
        _crps_of_sorted(np.sort(rows, axis=1), outcomes, denominator, out[i : i + BLOCK])
    return out


@jit
def _crps_of_sorted(x: FloatArray, y: FloatArray, over: float, out: FloatArray) -> None:
    cases, n = x.shape
    for i in range(cases):
        near, spread = 0.0, 0.0
        for j in range(n):
            near += abs(x[i, j] - y[i])
            # Draws are sorted: draw j is above j others and below n - 1 - j.
            spread += (2 * j - n + 1) * x[i, j]
        out[i] = near / n - spread / over


def validate_draws(draws: ArrayLike, outcome: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Check draws of shape (case, draw) and outcomes of shape (case,), and return them as arrays.

    Raises:
        BadForecast: shapes that do not fit; NaN or infinite values.
    """
    x, y = np.asarray(draws, dtype=float), np.asarray(outcome, dtype=float)
    if x.ndim != 2 or y.ndim != 1 or len(x) != len(y) or x.shape[1] == 0:
        why = f"draws have shape {x.shape} and outcomes {y.shape}"
        remedy = "Give draws of shape (case, draw) and one outcome for each case."
        raise BadForecast("these forecasts and outcomes", why, remedy)
    bad = np.flatnonzero(~np.isfinite(x).all(axis=1) | ~np.isfinite(y))
    if len(bad):
        remedy = "Leave out cases that are not observed yet or have no reporting coverage."
        raise BadForecast(f"case {bad[0]} and {len(bad) - 1} more", "a draw or the outcome is unknown", remedy)
    return x, y
