"""Change of a monthly count after a break: a rate ratio of two windows, with errors that allow for overdispersion.

    ratio = mean after / mean before,    windows of n months on either side, the month of the break left out
    var(log ratio) = s²(before) / (n m²) + s²(after) / (n m²),    m the mean and s² the long-run variance of each window

This is the quasi-Poisson estimate of a log-linear model with one step, with the standard errors of Newey and West: s² sums the
autocovariances up to `LAGS` months with falling weights. So neither overdispersion nor months that resemble their neighbours
narrow the limits. Limits and probability are by Student's t with as many degrees of freedom as there are whole
blocks of twelve months less two. `studies/count_change.py` measures how often a change is found where there is none.

A ratio says that counts changed, not why: a trend that began before the break changes them too.

Sources: McCullagh and Nelder (1989), section 4.5; Newey and West (1987), Econometrica 55, 703-708; Kiefer, Vogelsang and
Bunzel (2000), Econometrica 68, 695-714, on why few blocks need wider limits.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.core.scipy_functions import stdtr, stdtrit
from detente.measures.errors import NotObserved

LAGS, BLOCK = 12, 12


@dataclass(frozen=True, slots=True)
class CountRatio:
    """The ratio of two mean counts.

    Fields:
        ratio: mean after over mean before. low, high: its limits at `level`. probability: that the ratio exceeds 1.
        before, after: totals of the windows, whole numbers. months: length of each window. freedom: degrees of freedom.
        error: standard error of the log ratio.
    """

    ratio: float
    low: float
    high: float
    level: float
    probability: float
    before: int
    after: int
    months: int
    freedom: int
    error: float


def measure_count_change(counts: ArrayLike, at: int, months: int, *, level: float = 0.95) -> CountRatio:
    """Compare a monthly count after a break with the count before it.

    Args:
        counts: whole numbers by month without a gap, shape (month,). Unknown months may not be in it as 0.
        at: index of the month of the break, which is left out. months: length of each window, at least two blocks of 12.
        level: coverage of the limits, 0 to 1.

    Raises:
        NotObserved: a window reaches beyond the counts, is shorter than two blocks, or is empty.

    Example:
        >>> c = measure_count_change([2, 4] * 15 + [9] + [6, 12] * 15, 30, 30)
        >>> round(c.ratio, 6), c.before, c.after, c.freedom
        (3.0, 90, 270, 2)
        >>> c.low < 3 < c.high
        True
    """
    y: NDArray[np.float64] = np.asarray(counts, dtype=float)
    if at - months < 0 or at + 1 + months > len(y):
        raise NotObserved(f"{months} months before and after month {at} of {len(y)} are not covered")
    if months < 2 * BLOCK:
        raise NotObserved(f"{months} months are fewer than {2 * BLOCK}")
    before, after = y[at - months : at], y[at + 1 : at + 1 + months]
    if not before.any() or not after.any():
        raise NotObserved("one of the two windows has no event")
    log_ratio = float(np.log(after.mean() / before.mean()))
    error = float(np.sqrt(sum(long_run_variance(x) / (len(x) * x.mean() ** 2) for x in (before, after))))
    freedom = 2 * (months // BLOCK) - 2
    reach = float(stdtrit(freedom, 0.5 + level / 2)) * error
    return CountRatio(
        float(np.exp(log_ratio)), float(np.exp(log_ratio - reach)), float(np.exp(log_ratio + reach)), level,
        float(stdtr(freedom, log_ratio / error)), int(before.sum()), int(after.sum()), months, freedom, error,
    )  # fmt: skip


def long_run_variance(x: NDArray[np.float64], lags: int = LAGS) -> float:
    """Long-run variance of a series about its mean, Bartlett weights; at least its mean, as for independent counts.

    Example:
        >>> long_run_variance(np.array([1.0, 3.0, 1.0, 3.0]), lags=0)
        2.0
    """
    e = x - x.mean()
    n = len(e)
    terms = [(1 - k / (lags + 1)) * float(e[k:] @ e[:-k]) / n for k in range(1, min(lags, n - 1) + 1)]
    return max(float(e @ e) / n + 2 * sum(terms), float(x.mean()))
