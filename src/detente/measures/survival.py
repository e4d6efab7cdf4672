"""Kaplan–Meier survival curve and median of durations, some of which are censored.

    S(t) = product over end times t_i <= t of (1 - d_i / n_i)

with d_i ends at t_i among n_i still running. The band is Greenwood's on the log-log scale, which keeps it within 0 and 1.

Source: Kaplan and Meier (1958), JASA 53, 457-481; Kalbfleisch and Prentice (2002), section 1.4.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.core.scipy_functions import ndtri
from detente.measures.errors import NotObserved


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """Steps of the curve; arrays have shape (step,); the first step is time 0.

    `median`, `median_low` and `median_high` are the time by which half have ended and its limits. None means that the
    curve or its band does not reach one half: longer than any observed duration, not infinite.
    """

    days: NDArray[np.float64]
    alive: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    median: float | None
    median_low: float | None
    median_high: float | None
    started: int
    ended: int
    level: float


def kaplan_meier(
    days: Sequence[float], ended: Sequence[bool], *, level: float = 0.95, effect: float = 1.0
) -> SurvivalCurve:
    """Estimate the survival curve of durations.

    Args:
        days: duration of each, or its duration so far, shape (n,).
        ended: whether each ended; False where the observation period ended first. Shape (n,).
        level: confidence level of the band, 0 to 1. effect: design effect that multiplies the variance, 1 if independent.

    Raises:
        NotObserved: there are no durations.

    Example:
        >>> s = kaplan_meier([1, 2, 2, 20, 30], [True, True, True, True, False])
        >>> s.median, s.alive.round(2).tolist()
        (2.0, [1.0, 0.8, 0.4, 0.2])
    """
    if not len(days):
        raise NotObserved(["an empty list of durations"])
    t, d = np.asarray(days, dtype=float), np.asarray(ended, dtype=bool)
    times = np.unique(t[d])
    at_risk = np.array([(t >= x).sum() for x in times], dtype=float)
    ends = np.array([((t == x) & d).sum() for x in times], dtype=float)
    alive = np.cumprod(1 - ends / at_risk)
    z = float(ndtri(0.5 + level / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        var = np.cumsum(ends / (at_risk * (at_risk - ends)))
        se = np.sqrt(effect * var) / np.abs(np.log(alive))
        low, high = alive ** np.exp(z * se), alive ** np.exp(-z * se)
    # Where the curve is 0 its band is undefined.
    low, high = np.where(alive > 0, low, np.nan), np.where(alive > 0, high, np.nan)
    median, median_low, median_high = (_first_below_half(times, curve) for curve in (alive, low, high))
    return SurvivalCurve(
        np.insert(times, 0, 0.0), np.insert(alive, 0, 1.0), np.insert(low, 0, 1.0), np.insert(high, 0, 1.0),
        median, median_low, median_high, started=len(t), ended=int(d.sum()), level=level,
    )  # fmt: skip


def _first_below_half(times: NDArray[np.float64], curve: NDArray[np.float64]) -> float | None:
    at = np.flatnonzero(curve <= 0.5)
    return float(times[at[0]]) if len(at) else None
