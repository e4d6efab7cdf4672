"""Change points of the overall level that no named regime covers.

When a war begins or a government falls, all channels rise at once. Each then seems to respond to the others, since
the trend may bend but not jump. Named regimes (`background.py`) cover known change points. This module finds the
others in the counts of all channels together, where a jump stands out and a single dispute does not:

    log E n(t) = log coverage(t) + background(t) + sum_s c_s [t >= tau_s]

The background has a calm trend (sigma 0.15). Change points are added one at a time where the score test, scanned over
days, is largest:  S(tau) = U(tau)^2 / (phi V(tau)),  U the sum of residuals from tau on, V its variance after
the background has been fitted, and phi the long-run dispersion of the residuals over 30 lags, so that
self-sustaining crises of weeks are not taken for change points (Andrews 1993, Econometrica 61; McCullagh and Nelder
1989, ch. 9). A change point needs S above SCORE_THRESHOLD, two months on both sides, and a change by half or more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.core.arrays import FloatArray
from detente.core.blas_threads import one_blas_thread
from detente.core.scipy_functions import cho_factor, cho_solve
from detente.model.background import Background

# False positives at 14: 1 % of records without a change point, 3 % at criticality 0.7, 18 % at 0.9, where a crisis lasts
# so long that counts cannot distinguish it from a change point (docs/replications/system_upheaval.md).
SCORE_THRESHOLD, MIN_RATIO, MIN_SEGMENT_DAYS, MAX_CHANGEPOINTS, LAGS = 14.0, 1.5, 60, 6, 30
TREND_SIGMA = 0.15


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """A change point of the overall level.

    Fields:
        day: index of its first day. ratio: factor by which the level of all channels together changes.
        score: of the test; about chi-squared with one degree of freedom on a given day without a change point.
    """

    day: int
    ratio: float
    score: float


def find_changepoints(y: NDArray[np.int64], coverage: FloatArray, bg: Background) -> tuple[ChangePoint, ...]:
    """Find the change points that all channels share and no regime names, in order of day.

    Args:
        y: counts, shape (day, channel). coverage: reporting coverage, 0 where not observed, shape (day,) or (day, channel);
            channels are then weighted by their rates.
        bg: the background with the named regimes.

    Example:
        >>> from detente.model.background import build_background
        >>> from detente.model.synthetic import independent_actors, shared_background
        >>> w = shared_background(np.random.default_rng(1))            # triples from day 600 to day 899
        >>> [round(s.day, -2) for s in find_changepoints(w.y, w.coverage, build_background(1500))]
        [600, 900]
        >>> find_changepoints(independent_actors(np.random.default_rng(0)).y, w.coverage, build_background(1500))
        ()
    """
    with one_blas_thread():  # matrices this small are slower when BLAS shares them
        return _search_changepoints(y, coverage, bg)


def _search_changepoints(y: NDArray[np.int64], coverage: FloatArray, bg: Background) -> tuple[ChangePoint, ...]:
    if coverage.ndim == 2:
        coverage = common_coverage(y, coverage)
    observed = np.flatnonzero(coverage > 0)
    n, d = y[observed].sum(axis=1).astype(float), coverage[observed]
    if n.sum() < 2 * MIN_SEGMENT_DAYS:
        return ()
    s = int(np.argmin(np.abs(np.log(np.array(bg.sigmas) / TREND_SIGMA))))
    X, precision, columns = bg.X[observed], bg.precision[s], list[int]()
    offset = np.log(d * n.sum() / d.sum())
    mu, _, factor, theta = _fit_quasi_poisson(X, n, offset, precision)
    scores: list[float] = []
    while len(columns) < MAX_CHANGEPOINTS:
        score = _score_test(X, n, mu, factor)
        score[~_allowed_days(len(n), columns)] = 0.0
        day = int(np.argmax(score))
        trial = np.column_stack([X, (np.arange(len(n)) >= day).astype(float)])
        trial_precision = np.zeros((trial.shape[1],) * 2)
        trial_precision[:-1, :-1], trial_precision[-1, -1] = precision, 1 / 1.5**2
        refit = _fit_quasi_poisson(trial, n, offset, trial_precision)
        # The dispersion is that with the change point fitted: otherwise the jump itself would inflate it.
        if score[day] / refit[1] < SCORE_THRESHOLD or abs(refit[3][-1]) < np.log(MIN_RATIO):
            break
        columns.append(day)
        scores.append(float(score[day] / refit[1]))
        X, precision, (mu, _, factor, theta) = trial, trial_precision, refit
    if not columns:
        return ()
    ratios = np.exp(theta[-len(columns) :])
    changes = sorted(zip(columns, ratios, scores, strict=True))
    return tuple(ChangePoint(int(observed[c]), float(r), f) for c, r, f in changes)


def common_coverage(y: NDArray[np.int64], coverage: FloatArray) -> FloatArray:
    """Average coverage over channels, weighted by their rates at coverage 1, shape (day,): the sum of counts is expected
    to be proportional to it.

    Example:
        >>> common_coverage(np.array([[1, 0], [1, 4]]), np.array([[1.0, 1.0], [1.0, 3.0]])).tolist()
        [1.0, 2.0]
    """
    rates = y.sum(axis=0) / coverage.sum(axis=0)
    out: FloatArray = coverage @ (rates / rates.sum())
    return out


def _allowed_days(days: int, columns: Sequence[int]) -> NDArray[np.bool_]:
    t = np.arange(days)
    allowed = (t >= MIN_SEGMENT_DAYS) & (t < days - MIN_SEGMENT_DAYS)
    for c in columns:
        allowed &= np.abs(t - c) >= MIN_SEGMENT_DAYS
    return allowed


def _fit_quasi_poisson(
    X: FloatArray, n: FloatArray, offset: FloatArray, precision: FloatArray
) -> tuple[FloatArray, float, tuple[FloatArray, bool], FloatArray]:
    """Fit by penalised Newton steps; the dispersion scales the prior against the data."""
    theta, phi = np.zeros(X.shape[1]), 1.0
    for _outer in range(3):
        for _ in range(25):
            mu = np.exp(np.clip(offset + X @ theta, -30, 30))
            hessian = (X.T * mu) @ X + phi * precision
            step = cho_solve(cho_factor(hessian), X.T @ (n - mu) - phi * (precision @ theta))
            theta = theta + np.clip(step, -2, 2)
            if np.abs(step).max() < 1e-6:
                break
        mu = np.exp(np.clip(offset + X @ theta, -30, 30))
        phi = _dispersion(n - mu, mu)
    return mu, phi, cho_factor((X.T * mu) @ X + phi * precision), theta


def _dispersion(r: FloatArray, mu: FloatArray) -> float:
    """Long-run variance over mean, with Bartlett's weights; at least 1."""
    total = float(r @ r)
    for lag in range(1, min(LAGS, len(r) - 1) + 1):
        total += 2 * (1 - lag / (LAGS + 1)) * float(r[lag:] @ r[:-lag])
    return max(1.0, total / float(mu.sum()))


def _score_test(X: FloatArray, n: FloatArray, mu: FloatArray, factor: tuple[FloatArray, bool]) -> FloatArray:
    """Compute U^2 / V for a change point on each day."""
    u = np.cumsum((n - mu)[::-1])[::-1]
    expected = np.cumsum(mu[::-1])[::-1]
    cross = np.cumsum((X * mu[:, None])[::-1], axis=0)[::-1]
    v = expected - np.einsum("tk,kt->t", cross, cho_solve(factor, cross.T))
    return np.where(v > 1.0, u**2 / np.maximum(v, 1.0), 0.0)
