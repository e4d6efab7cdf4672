"""Relation index: weekly level of hostility or friendliness in the acts between the two governments.

Each act has an intensity on Goldstein's scale (`events/plover.py`). A week's score is the mean over its acts, not the
sum, so that higher reporting coverage does not look like more hostility. The underlying level is a random walk observed
with weekly noise:

    score[w] = level[w] + e[w],   e[w] ~ N(0, within / n[w] + between)
    level[w] = level[w - 1] + u[w],   u[w] ~ N(0, drift)

with n[w] acts in week w. `within` is the pooled variance of acts about their week's mean; `between` and `drift` are
estimated by restricted maximum likelihood. The smoothed level is the conditional mean, with a band of given
probability. A week without acts is missing: the band widens there. The index cannot correct for selection: if quiet
diplomacy is unreported, the level is biased downwards.

Source: Goldstein (1992); the smoother is the local level model of Durbin and Koopman (2012), ch. 2,
solved as one linear system instead of recursively.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from detente.cases.load import CaseData
from detente.core.arrays import FloatArray
from detente.core.blas_threads import one_blas_thread
from detente.core.scipy_functions import ndtri
from detente.events.event import Event
from detente.events.plover import intensity
from detente.measures.errors import NotObserved

# Acts between the two governments; acts between one of them and the group alone do not count.
RELATION_CHANNELS = ("strike", "clash", "pressure", "defiance", "dialogue", "concession")
WORD_CHANNELS = ("pressure", "defiance", "dialogue", "concession")
DEPENDENT_WEEKS = 12  # weeks at most this far apart count as dependent; a crisis lasts about as long


@dataclass(frozen=True, slots=True)
class Variances:
    """Variance of acts within a week, of noise between weeks, and of the weekly change of the level."""

    within: float
    between: float
    drift: float


@dataclass(frozen=True, slots=True)
class RelationIndex:
    """Relation index by week; arrays have shape (week,).

    `weeks` are Mondays. `acts` counts acts; `score` is their mean intensity, NaN without acts; `total` their sum.
    `smoothed`, `low` and `high` are the level and its band with probability `band`; `covariance`, shape (week, week),
    is that of the smoothed level.
    """

    weeks: tuple[date, ...]
    acts: NDArray[np.int64]
    score: FloatArray
    total: FloatArray
    smoothed: FloatArray
    low: FloatArray
    high: FloatArray
    band: float
    variances: Variances
    covariance: FloatArray
    events: tuple[str, ...]

    def at(self, day: date) -> tuple[float, float, float]:
        """Return the level and its band in the week of a day.

        Raises:
            NotObserved: the day lies outside the index.
        """
        i = self._week(day)
        return float(self.smoothed[i]), float(self.low[i]), float(self.high[i])

    def change(self, a: date, b: date) -> tuple[float, float, float]:
        """Return the change of the level from the week of `a` to the week of `b`, with its band.

        The band uses the covariance of the two levels, so it differs from the difference of their bands.
        """
        i, j = self._week(a), self._week(b)
        c = self.covariance
        half = float(ndtri(0.5 + self.band / 2)) * float(np.sqrt(c[i, i] + c[j, j] - 2 * c[i, j]))
        moved = float(self.smoothed[j] - self.smoothed[i])
        return moved, moved - half, moved + half

    def _week(self, day: date) -> int:
        i = (day - self.weeks[0]).days // 7
        if not 0 <= i < len(self.weeks):
            raise NotObserved([day.isoformat()])
        return i


def monday(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def fit_relation_index(gathered: CaseData, *, band: float = 0.90) -> RelationIndex:
    """Fit the index of a case over its observation period.

    Raises:
        NotObserved: fewer than eight weeks have an act, too few to separate drift from noise.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> from detente.cases.load import load_case_data
        >>> r = fit_relation_index(load_case_data(load_case_file("pakistan-afghanistan")))
        >>> r.at(date(2026, 3, 2))[0] < r.at(date(2025, 7, 7))[0]     # open fighting is lower than a thaw
        True
    """
    events = [
        e for e in gathered.of(*RELATION_CHANNELS) if e.day <= gathered.watched_to and gathered.coverage.watched(e.day)
    ]
    first, last = monday(gathered.case.first), monday(gathered.watched_to)
    weeks = tuple(first + timedelta(weeks=i) for i in range((last - first).days // 7 + 1))
    acts, total, squares = _sum_by_week(events, first, len(weeks))
    if (acts > 0).sum() < 8:
        raise NotObserved(["a relation index: fewer than eight weeks hold an act"])
    score = np.divide(total, acts, out=np.full(len(weeks), np.nan), where=acts > 0)
    spread = _pooled_variance(acts, total, squares)
    # On busy cores, multithreaded BLAS is up to 70 times slower for matrices this small.
    with one_blas_thread():
        variances = _fit_variances(acts, score, spread)
    smoothed, covariance = smooth_level(acts, score, variances)
    half = float(ndtri(0.5 + band / 2)) * np.sqrt(covariance.diagonal())
    low, high, ids = smoothed - half, smoothed + half, tuple(e.id for e in events)
    return RelationIndex(weeks, acts, score, total, smoothed, low, high, band, variances, covariance, ids)


@dataclass(frozen=True, slots=True)
class HalvesChange:
    """Mean weekly intensity of words in the second half of the record less that in the first.

    `error` allows for neighbouring weeks; `first` and `last` are the Mondays of the first and last week, `cut` that of the
    second half's first.
    """

    change: float
    error: float
    first: date
    cut: date
    last: date
    events: tuple[str, ...]


def halves_change(gathered: CaseData) -> HalvesChange:
    """Compare the two halves of the record by the mean intensity of words, without force.

    A smoothed level at the very end is a finding wherever the level wanders; means over halves that the calendar cuts are
    less so, and words do not rise and fall with how closely force is recorded. The variance of a mean is Newey and West's, with
    weights falling to zero at 13 weeks.

    Raises:
        NotObserved: fewer than eight weeks of either half hold an act.

    Source:
        Newey and West (1987), Econometrica 55, 703-708.
    """
    events = [
        e for e in gathered.of(*WORD_CHANNELS) if e.day <= gathered.watched_to and gathered.coverage.watched(e.day)
    ]
    first, last = monday(gathered.case.first), monday(gathered.watched_to)
    n = (last - first).days // 7 + 1
    acts, total, _ = _sum_by_week(events, first, n)
    weeks, cut = np.flatnonzero(acts), n // 2
    halves = weeks[weeks < cut], weeks[weeks >= cut]
    if min(len(h) for h in halves) < 8:
        raise NotObserved(["a comparison of two halves: fewer than eight weeks of one hold an act"])
    means, variance = [], 0.0
    for h in halves:
        score = total[h] / acts[h]
        rest = score - score.mean()
        weight = np.maximum(1 - np.abs(np.subtract.outer(h, h)) / (DEPENDENT_WEEKS + 1), 0)
        means.append(float(score.mean()))
        variance += float(rest @ weight @ rest) / len(h) / (len(h) - 2)
    ids = tuple(e.id for e in events)
    start = first + timedelta(weeks=cut)
    return HalvesChange(means[1] - means[0], float(np.sqrt(variance)), first, start, last, ids)


def _sum_by_week(events: list[Event], first: date, n: int) -> tuple[NDArray[np.int64], FloatArray, FloatArray]:
    acts, total, squares = np.zeros(n, dtype=np.int64), np.zeros(n), np.zeros(n)
    for e in events:
        i, x = (e.day - first).days // 7, intensity(e.type)
        acts[i] += 1
        total[i] += x
        squares[i] += x * x
    return acts, total, squares


def _pooled_variance(acts: NDArray[np.int64], total: FloatArray, squares: FloatArray) -> float:
    many = acts > 1
    if not many.any():
        return 1.0
    ss = (squares[many] - total[many] ** 2 / acts[many]).sum()
    return max(float(ss / (acts[many] - 1).sum()), 1e-3)


def _fit_variances(acts: NDArray[np.int64], score: FloatArray, within: float) -> Variances:
    from scipy.optimize import minimize  # takes a third of a second to import

    weeks = np.flatnonzero(acts > 0)
    y, n = score[weeks], acts[weeks]
    walk = np.minimum.outer(weeks, weeks).astype(float)
    one = np.ones(len(weeks))

    def loss(log: FloatArray) -> float:
        between, drift = np.exp(log)
        v = drift * walk + np.diag(within / n + between)
        chol = np.linalg.cholesky(v)
        a, b = np.linalg.solve(chol, one), np.linalg.solve(chol, y)
        mean = (a @ b) / (a @ a)
        r = b - a * mean
        return float(np.log(np.diag(chol)).sum() + 0.5 * np.log(a @ a) + 0.5 * r @ r)

    start = np.log([max(float(np.var(y)) / 4, 1e-3), max(float(np.var(y)) / 40, 1e-4)])
    best = minimize(loss, start, method="L-BFGS-B", bounds=[(-9.0, 5.0), (-9.0, 3.0)])
    return Variances(within, float(np.exp(best.x[0])), float(np.exp(best.x[1])))


def smooth_level(acts: NDArray[np.int64], score: FloatArray, v: Variances) -> tuple[FloatArray, FloatArray]:
    """Return the conditional mean, shape (week,), and covariance, shape (week, week), of the level.

    Args:
        acts: acts in each week, shape (week,). score: their mean intensity; ignored in weeks without acts.
        v: the three variances.
    """
    n = len(acts)
    observed = acts > 0
    # Precision of the random walk with a flat prior on its start, plus that of the observed weeks; tridiagonal.
    step = np.diff(np.eye(n), axis=0)
    weight = np.zeros(n)
    weight[observed] = 1 / (v.within / acts[observed] + v.between)
    cov: FloatArray = np.linalg.inv(step.T @ step / v.drift + np.diag(weight)).astype(np.float64)
    mean: FloatArray = cov @ np.where(observed, weight * np.where(observed, score, 0.0), 0.0)
    return mean, cov
