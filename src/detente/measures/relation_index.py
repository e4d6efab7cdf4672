"""The relation index: how friendly or hostile the two governments' acts towards each other are.

Each act has an intensity on Goldstein's scale (`events/plover.py`). A week's score is the mean over
its acts: a mean, not a sum, because a window that was collected more densely holds more acts, and must
not look more hostile for that. The level underneath is a random walk seen through noisy weeks:

    score[w] = level[w] + e[w],   e[w] ~ N(0, within / n[w] + between)
    level[w] = level[w - 1] + u[w],   u[w] ~ N(0, drift)

with n[w] acts in week w. The three variances are chosen by restricted maximum likelihood, and the
level is its conditional mean with a band of `level` probability. A week without acts says nothing: the
band widens there. What the index cannot see is selection: if quiet diplomacy goes unreported, the
level is lower than the truth.

Source: Goldstein (1992); the smoother is the local level model of Durbin and Koopman (2012), ch. 2,
solved whole instead of step by step.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import ndtri
from threadpoolctl import threadpool_limits

from detente.cases.load import CaseData
from detente.events.event import Event
from detente.events.plover import intensity
from detente.measures.errors import NotObserved

# Acts between the two governments; what either does with the group alone is no relation of theirs.
RELATION_CHANNELS = ("strike", "clash", "pressure", "defiance", "dialogue", "concession")

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Variances:
    """Per-act spread within a week, week-to-week noise, and drift of the level in a week."""

    within: float
    between: float
    drift: float


@dataclass(frozen=True, slots=True)
class RelationIndex:
    """One entry a week (Monday first); arrays have shape (week,).

    `acts` counts; `score` is the week's mean intensity, NaN without acts; `total` their sum.
    `smoothed` with `low` and `high` is the level and its band; `band` is its probability, and
    `covariance`, shape (week, week), is that of the smoothed level.
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
        """The level and its band in the week of a day.

        Raises:
            NotWatched: the day lies outside the index.
        """
        i = self._week(day)
        return float(self.smoothed[i]), float(self.low[i]), float(self.high[i])

    def change(self, a: date, b: date) -> tuple[float, float, float]:
        """How far the level moved from one day's week to another's, with its band.

        The two levels are estimated together, so the band is not that of their separate bands.
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
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def fit_relation_index(gathered: CaseData, *, band: float = 0.90) -> RelationIndex:
    """The index of a case over its watched weeks.

    Raises:
        NotWatched: fewer than eight weeks hold an act, too few to tell drift from noise.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> from detente.cases.load import load_case_data
        >>> r = fit_relation_index(load_case_data(load_case_file("pakistan-afghanistan")))
        >>> r.at(date(2026, 3, 2))[0] < r.at(date(2025, 7, 7))[0]     # open fighting against a thaw
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
    # Matrices this small are up to 70 times slower when BLAS shares them between busy cores.
    with threadpool_limits(1, user_api="blas"):
        variances = _fit_variances(acts, score, spread)
    smoothed, covariance = smooth_level(acts, score, variances)
    half = float(ndtri(0.5 + band / 2)) * np.sqrt(covariance.diagonal())
    return RelationIndex(
        weeks=weeks,
        acts=acts,
        score=score,
        total=total,
        smoothed=smoothed,
        low=smoothed - half,
        high=smoothed + half,
        band=band,
        variances=variances,
        covariance=covariance,
        events=tuple(e.id for e in events),
    )


def _sum_by_week(events: list[Event], first: date, n: int) -> tuple[NDArray[np.int64], FloatArray, FloatArray]:
    acts, total, squares = np.zeros(n, dtype=np.int64), np.zeros(n), np.zeros(n)
    for e in events:
        i, x = (e.day - first).days // 7, intensity(e.type)
        acts[i] += 1
        total[i] += x
        squares[i] += x * x
    return acts, total, squares


def _pooled_variance(acts: NDArray[np.int64], total: FloatArray, squares: FloatArray) -> float:
    """Pooled variance of acts about their week's mean."""
    many = acts > 1
    if not many.any():
        return 1.0
    ss = (squares[many] - total[many] ** 2 / acts[many]).sum()
    return max(float(ss / (acts[many] - 1).sum()), 1e-3)


def _fit_variances(acts: NDArray[np.int64], score: FloatArray, within: float) -> Variances:
    seen = np.flatnonzero(acts > 0)
    y, n = score[seen], acts[seen]
    walk = np.minimum.outer(seen, seen).astype(float)
    one = np.ones(len(seen))

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
    """The level's conditional mean, shape (week,), and covariance, shape (week, week), given weeks' means.

    Args:
        acts: acts in each week, shape (week,). score: their mean, anything where there are none.
        v: the three variances.
    """
    n = len(acts)
    seen = acts > 0
    # Precision of the random walk with a flat start, plus that of the weeks seen; tridiagonal.
    step = np.diff(np.eye(n), axis=0)
    weight = np.zeros(n)
    weight[seen] = 1 / (v.within / acts[seen] + v.between)
    cov: FloatArray = np.linalg.inv(step.T @ step / v.drift + np.diag(weight)).astype(np.float64)
    mean: FloatArray = cov @ np.where(seen, weight * np.where(seen, score, 0.0), 0.0)
    return mean, cov
