"""Training data of a forecast: regular counts of several units up to an origin."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.core.arrays import FloatArray
from detente.forecast.errors import HistoryTooShort


@dataclass(frozen=True, slots=True)
class History:
    """Counts of units by period; the last column is the last period known.

    Fields:
        units: names, length u. y: shape (unit, period); NaN if unknown or not covered, which is never 0.
        per_year: periods in a year, 12 for months. phase: position of the first period in its year, 0 to per_year - 1.
    """

    units: tuple[str, ...]
    y: FloatArray
    per_year: float
    phase: int = 0

    def until(self, period: int) -> "History":
        """Return the history after its first `period` periods."""
        return History(self.units, self.y[:, :period], self.per_year, self.phase)

    def months_to_periods(self, months: float) -> int:
        """Convert months to periods, at least one."""
        return max(1, round(months * self.per_year / 12))


ForecastModel = Callable[[History, NDArray[np.int64], int, np.random.Generator], FloatArray]
"""(history, periods ahead with 1 the next, draws, rng) -> draws of shape (unit, ahead, draw). The country model and all
baselines have this form: they use the history alone."""


def systematic_resample(
    values: FloatArray, draws: int, rng: np.random.Generator, weights: FloatArray | None = None
) -> FloatArray:
    """Resample a weighted sample, spread evenly over its quantiles and shuffled, shape (draw,).

    Even draws represent the sample with less noise than independent ones.

    Example:
        >>> sorted(systematic_resample(np.array([3.0, 1.0]), 4, np.random.default_rng(0)).tolist())
        [1.0, 1.0, 3.0, 3.0]
    """
    order = np.argsort(values, kind="stable")
    w = np.ones(len(values)) if weights is None else weights[order]
    positions = (np.arange(draws) + 0.5) / draws * w.sum()
    resampled = values[order][np.minimum(np.searchsorted(np.cumsum(w), positions), len(values) - 1)]
    out: FloatArray = rng.permutation(resampled)
    return out


def drop_unknown(row: FloatArray, unit: str) -> FloatArray:
    """Return the known counts of one unit, in order.

    Raises:
        HistoryTooShort: there are none.
    """
    known: FloatArray = row[~np.isnan(row)]
    if not len(known):
        raise HistoryTooShort(unit, 0, 1, "periods")
    return known
