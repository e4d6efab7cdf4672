"""Diebold-Mariano test: does one forecast score better than another?

The test compares the mean difference of two scores with its spread. Scores of successive months, and of countries in
one month, are correlated, so the spread comes from a block bootstrap: overlapping blocks of time are drawn with all
their countries, and the mean difference is computed for each sample.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from detente.forecast.errors import BadForecast


@dataclass(frozen=True, slots=True)
class DieboldMarianoResult:
    """Lead of the first forecast over the second; above 0 the first is better.

    Fields:
        mean: of second - first, in the unit of the score. low, high: interval at `level`.
        p: two-sided, of a lead as large without a true difference. blocks: number that fit end to end.
    """

    mean: float
    low: float
    high: float
    level: float
    p: float
    blocks: float


def diebold_mariano(
    first: ArrayLike, second: ArrayLike, rng: np.random.Generator, *, block: int = 12, level: float = 0.9,
    samples: int = 2_000,
) -> DieboldMarianoResult:  # fmt: skip
    """Estimate the lead of the first forecast over the second by a circular block bootstrap over time.

    Args:
        first, second: scores where smaller is better, shape (time,) or (time, unit), the same cases in the same order.
        block: number of consecutive times drawn together; at least the horizon.

    Raises:
        BadForecast: shapes that differ, unknown scores, or fewer than two blocks.

    Source:
        Diebold and Mariano (1995), JBES 13, 253-263; Politis and Romano (1992) for the circular bootstrap.

    Example:
        >>> rng = np.random.default_rng(1)
        >>> better = rng.gamma(2.0, 1.0, 120)
        >>> lead = diebold_mariano(better, better + 0.5 + rng.normal(0, 0.3, 120), rng)
        >>> bool(lead.low > 0.4), bool(lead.p < 0.01)
        (True, True)
    """
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if a.shape != b.shape or not np.isfinite(a - b).all():
        why = f"shapes {a.shape} and {b.shape}, or unknown scores"
        raise BadForecast("two lists of scores", why, "Score the same cases.")
    d = (b - a) if a.ndim == 1 else (b - a).mean(axis=1)
    n = len(d)
    if n < 2 * block:
        why = f"{n} times are fewer than two blocks of {block}"
        raise BadForecast("comparing two forecasts", why, "Choose a smaller block.")
    starts = rng.integers(0, n, (samples, -(-n // block)))
    index = (starts[:, :, None] + np.arange(block)).reshape(samples, -1)[:, :n] % n
    means = d[index].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    centred = np.abs(means - means.mean())
    p = float((1 + (centred >= abs(d.mean())).sum()) / (samples + 1))
    return DieboldMarianoResult(float(d.mean()), float(low), float(high), level, p, n / block)
