r"""Brier score of yes-or-no forecasts, and what it is made of.

    BS = reliability - resolution + uncertainty + within

Forecasts are put into classes. Reliability: how far the share that happened is from the probability said, class
by class. Resolution: how far those shares are from the overall share. Uncertainty: what saying the overall share
each time would score. The three add up to BS only where all forecasts of a class are equal; `within` is what
spread inside classes adds, so that the sum is always exact.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.forecast.errors import BadForecast

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Brier:
    """The score, its parts, and the classes they come from.

    Fields:
        score: mean of (p - o)^2, 0 to 1, smaller is better. skill: 1 - score / uncertainty, NaN if the
            outcome was always the same.
        said, share: mean probability and share that happened, by class; cases: how many. Shape (class,),
            classes without forecasts left out.
    """

    score: float
    reliability: float
    resolution: float
    uncertainty: float
    within: float
    skill: float
    said: Array
    share: Array
    cases: NDArray[np.int64]


def brier(p: ArrayLike, happened: ArrayLike, *, classes: int = 10) -> Brier:
    """The Brier score with Murphy's decomposition, completed to be exact.

    Args:
        p: probabilities, shape (case,). happened: 0 or 1, shape (case,). classes: of equal width.

    Raises:
        BadForecast: no cases, shapes that differ, or a p that is no probability.

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
        raise BadForecast(
            "the Brier score", "a probability is not between 0 and 1, or an outcome not 0 or 1", "Look at the input."
        )
    which = np.minimum((q * classes).astype(int), classes - 1)
    n = np.bincount(which, minlength=classes)
    kept = n > 0
    said = np.bincount(which, q, classes)[kept] / n[kept]
    share = np.bincount(which, o, classes)[kept] / n[kept]
    n, base, total = n[kept], o.mean(), len(q)
    score = float(((q - o) ** 2).mean())
    reliability = float((n * (said - share) ** 2).sum() / total)
    resolution = float((n * (share - base) ** 2).sum() / total)
    uncertainty = float(base * (1 - base))
    within = score - (reliability - resolution + uncertainty)
    skill = 1 - score / uncertainty if uncertainty > 0 else float("nan")
    return Brier(score, reliability, resolution, uncertainty, within, skill, said, share, n)
