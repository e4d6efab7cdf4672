"""Brier score of yes-or-no forecasts, with its decomposition.

    BS = reliability - resolution + uncertainty + within

Forecasts are put into classes. Reliability: distance of the observed share from the forecast probability, by class.
Resolution: distance of these shares from the overall share. Uncertainty: score of always forecasting the overall
share. The three sum to BS only if all forecasts of a class are equal; `within` adds the spread inside classes, so that
the sum is always exact.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.core.arrays import FloatArray
from detente.forecast.errors import BadForecast


@dataclass(frozen=True, slots=True)
class Brier:
    """The score, its parts, and the classes behind them.

    Fields:
        score: mean of (p - o)^2, 0 to 1, smaller is better. skill: 1 - score / uncertainty, NaN if the outcome was
            always the same. said, share: mean probability and observed share by class; cases: how many. Shape
            (class,), classes without forecasts left out.
    """

    score: float
    reliability: float
    resolution: float
    uncertainty: float
    within: float
    skill: float
    said: FloatArray
    share: FloatArray
    cases: NDArray[np.int64]


def brier(p: ArrayLike, happened: ArrayLike, *, classes: int = 10) -> Brier:
    """Compute the Brier score with Murphy's decomposition, completed to be exact.

    Args:
        p: probabilities, shape (case,). happened: 0 or 1, shape (case,). classes: of equal width.

    Raises:
        BadForecast: no cases, shapes that differ, or values that are not probabilities or outcomes.

    Source:
        Brier (1950), Mon. Weather Rev. 78, 1-3; Murphy (1973), J. Appl. Meteorol. 12, 595-600; Stephenson,
        Coelho and Jolliffe (2008), Weather Forecast. 23, 752-757 (within classes).

    Example:
        >>> b = brier([0.1, 0.1, 0.9, 0.9], [0, 0, 1, 0])
        >>> round(b.score, 4), round(b.reliability - b.resolution + b.uncertainty + b.within, 4)
        (0.21, 0.21)
    """
    q, o = np.asarray(p, dtype=float), np.asarray(happened, dtype=float)
    if q.shape != o.shape or q.ndim != 1 or not len(q):
        raise BadForecast("the Brier score", f"shapes {q.shape} and {o.shape}", "Give one outcome for each forecast.")
    if not ((q >= 0) & (q <= 1)).all() or not np.isin(o, (0, 1)).all():
        why = "a probability is not between 0 and 1, or an outcome not 0 or 1"
        raise BadForecast("the Brier score", why, "Check the input.")
    class_of = np.minimum((q * classes).astype(int), classes - 1)
    n = np.bincount(class_of, minlength=classes)
    filled = n > 0
    said = np.bincount(class_of, q, classes)[filled] / n[filled]
    share = np.bincount(class_of, o, classes)[filled] / n[filled]
    n, base, total = n[filled], o.mean(), len(q)
    score = float(((q - o) ** 2).mean())
    reliability = float((n * (said - share) ** 2).sum() / total)
    resolution = float((n * (share - base) ** 2).sum() / total)
    uncertainty = float(base * (1 - base))
    within = score - (reliability - resolution + uncertainty)
    skill = 1 - score / uncertainty if uncertainty > 0 else float("nan")
    return Brier(score, reliability, resolution, uncertainty, within, skill, said, share, n)
