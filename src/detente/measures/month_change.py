"""A month's figures compared with those of earlier months: each alone, and all together.

Each figure is put on a scale on which its spread does not depend on its level: √(x + 3/8) for counts (Anscombe), with a standard
deviation of at least 1/2 as for independent events, and the cube root for deaths (Wilson and Hilferty). A mean score of acts has
the variance `within / acts + between`: a month of few acts weighs less. Then

    z = (f(x) − mean) / s,    range of one measure = f⁻¹(mean ± t(n − 1) · s · √(1 + 1/n))
    h = mean of z over the measures,    T = (h − mean(h)) / (sd(h) · √(1 + 1/n))

with mean and s over the n earlier months. T is compared with Student's t of n − 1 degrees of freedom. The spreads come from the
earlier months themselves, so clustered events, which differ more from month to month than independent ones, widen the range; and
measures that move together do not count as independent evidence.

Counts scaled down to a month that was collected less closely vary less than those of that month will: a share w of the events has
a standard deviation larger by 1/√w on the root scale. `inflate` widens the range and T's denominator by so much.

`studies/digest.py` measures how often a month without change lies outside.

Sources: Anscombe (1948), Biometrika 35, 246-254; Wilson and Hilferty (1931), PNAS 17, 684-688; Hahn and Meeker (1991), Statistical
Intervals, section 4.7, on the range of one new observation; DerSimonian and Laird (1986), Controlled Clinical Trials 7, 177-188, on
the variance between groups; O'Brien (1984), Biometrics 40, 1079-1087, on the mean of standardised measures.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.core.scipy_functions import stdtr, stdtrit
from detente.measures.errors import NotObserved

MIN_MONTHS = 8
"""Fewest earlier months with acts for a comparison of mean scores."""
LEAST_SPREAD = 1e-6
"""Standard deviation below which figures are the same month after month."""


@dataclass(frozen=True, slots=True)
class MonthComparison:
    """A figure beside its usual range.

    Fields:
        value: of the month. expected: mean of the earlier months. low, high: the range in which it lies with the probability `level`
            if nothing has changed. score: the month's z. scores: those of the earlier months, 0 where a month has no figure.
        varies: whether the figure differs among them; without that no distance from them can be measured.
    """

    value: float
    expected: float
    low: float
    high: float
    level: float
    score: float
    scores: tuple[float, ...]
    varies: bool = True


@dataclass(frozen=True, slots=True)
class CombinedChange:
    """All measures of a month together.

    Fields:
        t: the statistic T, positive for higher figures. limit: beyond which, on either side, a month without change lies with the
            probability 1 − `level`. probability: that T exceeds a month without change. months: number of earlier months.
    """

    t: float
    limit: float
    level: float
    probability: float
    months: int


def compare_count(now: float, before: ArrayLike, level: float, inflate: float = 1.0) -> MonthComparison:
    """Compare a month's number of events with those of earlier months.

    Args:
        now: of the month, 0 or more. before: of earlier months, shape (month,), at the month's coverage, so not always whole numbers.
        level: probability of the range, 0 to 1. inflate: factor by which scaling has made the earlier months too alike, at least 1.

    Raises:
        NotObserved: fewer than two earlier months.

    Example:
        >>> r = compare_count(31, [8, 12, 9, 11, 10, 7, 13, 10, 9, 12, 8, 11], 0.9)
        >>> r.value > r.high, round(r.low), round(r.high)
        (True, 5, 17)
    """
    return _compare(now, before, level, inflate, lambda x: np.sqrt(x + 0.375), lambda z: max(z, 0.0) ** 2 - 0.375, 0.5)


def compare_deaths(now: float, before: ArrayLike, level: float, inflate: float = 1.0) -> MonthComparison:
    """Compare a month's reported deaths with those of earlier months; arguments and errors as `compare_count`.

    Example:
        >>> r = compare_deaths(120, [40, 90, 10, 60, 250, 30, 80, 55, 20, 130, 70, 0], 0.9)
        >>> r.low < r.value < r.high
        True
    """
    return _compare(now, before, level, inflate, np.cbrt, lambda z: max(z, 0.0) ** 3, 1e-6)


def compare_mean(
    now: float, acts: int, before: ArrayLike, acts_before: ArrayLike, within: float, level: float
) -> MonthComparison:
    """Compare a month's mean score of acts with those of earlier months.

    Args:
        now, acts: mean score of the month, and its number of acts. before, acts_before: of earlier months, shape (month,); the mean of
            a month without acts is unknown, and not used. within: variance of single acts about their month's mean.

    Raises:
        NotObserved: no act in the month, or fewer than eight earlier months with acts.

    Example:
        >>> r = compare_mean(-7.0, 12, [-2, -1, -3, -2, -1, -2, -3, -2], [5] * 8, 4.0, 0.9)
        >>> r.value < r.low
        True
    """
    y, n = np.asarray(before, dtype=float), np.asarray(acts_before, dtype=float)
    has = n > 0
    if acts < 1 or has.sum() < MIN_MONTHS:
        raise NotObserved([f"a mean score: {acts} acts in the month, {has.sum()} earlier months with acts"])
    w = n[has] / max(within, 1e-6)
    mean = float(w @ y[has] / w.sum())
    excess = float(w @ (y[has] - mean) ** 2) - (len(w) - 1)
    between = max(0.0, excess / float(w.sum() - (w @ w) / w.sum()))
    variance = np.maximum(within, 1e-6) / n[has] + between
    mean = float((y[has] / variance).sum() / (1 / variance).sum())
    scores = np.zeros(len(y))
    scores[has] = (y[has] - mean) / np.sqrt(variance)
    spread = float(np.sqrt(max(within, 1e-6) / acts + between))
    half = _t(len(w), level) * float(np.sqrt(spread**2 + 1 / (1 / variance).sum()))
    varies = max(within, between) > LEAST_SPREAD
    score = (now - mean) / spread
    return MonthComparison(now, mean, mean - half, mean + half, level, score, tuple(scores.tolist()), varies)


def combine_changes(
    measures: Sequence[MonthComparison], signs: Sequence[int], level: float, inflate: float = 1.0
) -> CombinedChange:  # fmt: skip
    """Combine the measures of a month.

    Args:
        measures: with equal numbers of earlier months. signs: 1 for a measure that counts as it is, -1 for one that is turned round.
        level: probability of a month without change inside the limits. inflate: as for `compare_count`.

    Raises:
        NotObserved: no measure.

    Example:
        >>> calm = [8, 12, 9, 11, 10, 7, 13, 10, 9, 12, 8, 11]
        >>> c = combine_changes([compare_count(31, calm, 0.9), compare_deaths(31, calm, 0.9)], (1, 1), 0.9)
        >>> c.t > c.limit
        True
    """
    if not measures:
        raise NotObserved(["a comparison: no measure"])
    earlier = np.mean([s * np.array(m.scores) for m, s in zip(measures, signs, strict=True)], axis=0)
    now = float(np.mean([s * m.score for m, s in zip(measures, signs, strict=True)]))
    n = len(earlier)
    spread = max(float(earlier.std(ddof=1)), 1e-6) * float(np.sqrt(1 + 1 / n)) * inflate
    t = (now - float(earlier.mean())) / spread
    return CombinedChange(t, _t(n, level), level, float(stdtr(n - 1, t)), n)


def _compare(
    now: float, before: ArrayLike, level: float, inflate: float, f: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    inverse: Callable[[float], float], least: float,
) -> MonthComparison:  # fmt: skip
    x = np.asarray(before, dtype=float)
    if len(x) < 2:
        raise NotObserved(["a comparison: fewer than two earlier months"])
    z = f(x)
    middle, found = float(z.mean()), float(z.std(ddof=1))
    s = max(found, least)
    half = _t(len(z), level) * s * inflate * float(np.sqrt(1 + 1 / len(z)))
    low, high = (max(0.0, float(inverse(end))) for end in (middle - half, middle + half))
    score = (float(f(np.array([now]))[0]) - middle) / s
    scores = tuple(((z - middle) / s).tolist())
    return MonthComparison(now, float(x.mean()), low, high, level, score, scores, found > LEAST_SPREAD)


def _t(n: int, level: float) -> float:
    return float(stdtrit(n - 1, 0.5 + level / 2))
