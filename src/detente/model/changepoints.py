r"""Upheavals that nobody named: days on which all channels together step to another level and stay there.

A war that begins, a government that falls: all channels rise at once, and each then seems to answer the others, since
the trend may bend but not jump. Named regimes (`background.py`) take such steps out. This looks for those that are
not named, in the counts of all channels together, where a step stands out and a single quarrel does not:

    log E n(t) = log density(t) + background(t) + sum_s c_s [t >= tau_s]

The background is that of the fit with a calm trend (sigma 0.15). Steps are added one at a time where the score test,
scanned over days, is largest:  S(tau) = U(tau)^2 / (phi V(tau)),  U the sum of residuals from tau on, V its
variance after the background has been fitted, and phi the long-run dispersion of the residuals, over a month of lags,
so that crises that feed themselves for weeks are not taken for steps (Andrews 1993, Econometrica 61; McCullagh and
Nelder 1989, ch. 9). A step is kept where S passes `SURE`, both sides last two months, and the level changes by half or more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from threadpoolctl import threadpool_limits

from detente.model.background import Background

Array = NDArray[np.float64]
# Of records without a step 1 in 100 passes 14, of those of criticality 0.7 3 in 100, of 0.9 18 in 100: there a crisis lasts as long
# as an upheaval, and nothing in the counts tells them apart (docs/replications/system_upheaval.md).
SCORE_THRESHOLD, MIN_RATIO, MIN_SEGMENT_DAYS, MAX_CHANGEPOINTS, LAGS = 14.0, 1.5, 60, 6, 30
TREND_SIGMA = 0.15


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """A step found.

    Fields:
        day: index of its first day. ratio: by which the level of all channels together is multiplied.
        score: of the test, about chi-squared with one degree of freedom on a given day without a step.
    """

    day: int
    ratio: float
    score: float


def find_changepoints(y: NDArray[np.int64], coverage: Array, bg: Background) -> tuple[ChangePoint, ...]:
    """The steps that all channels share and nobody named, in order of day.

    Args:
        y: counts, shape (day, channel). density: collection effort, 0 where nobody watched, shape (day,).
        bg: the background with the regimes that are named.

    Example:
        >>> from detente.model.background import build_background
        >>> from detente.model.synthetic import independent_actors, shared_background
        >>> w = shared_background(np.random.default_rng(1))            # triples from day 600 to day 899
        >>> [round(s.day, -2) for s in find_changepoints(w.y, w.coverage, build_background(1500))]
        [600, 900]
        >>> find_changepoints(independent_actors(np.random.default_rng(0)).y, w.coverage, build_background(1500))
        ()
    """
    with threadpool_limits(1, user_api="blas"):  # matrices this small are slower when BLAS shares them
        return _search_changepoints(y, coverage, bg)


def _search_changepoints(y: NDArray[np.int64], coverage: Array, bg: Background) -> tuple[ChangePoint, ...]:
    watched = np.flatnonzero(coverage > 0)
    n, d = y[watched].sum(axis=1).astype(float), coverage[watched]
    if n.sum() < 2 * MIN_SEGMENT_DAYS:
        return ()
    s = int(np.argmin(np.abs(np.log(np.array(bg.sigmas) / TREND_SIGMA))))
    X, precision, columns = bg.X[watched], bg.precision[s], list[int]()
    offset = np.log(d * n.sum() / d.sum())
    mu, _, factor, theta = _fit_quasi_poisson(X, n, offset, precision)
    found: list[float] = []
    while len(columns) < MAX_CHANGEPOINTS:
        score = _score_test(X, n, mu, factor)
        score[~_allowed_days(len(n), columns)] = 0.0
        at = int(np.argmax(score))
        trial = np.column_stack([X, (np.arange(len(n)) >= at).astype(float)])
        wider = np.zeros((trial.shape[1],) * 2)
        wider[:-1, :-1], wider[-1, -1] = precision, 1 / 1.5**2
        after = _fit_quasi_poisson(trial, n, offset, wider)
        # The dispersion is that with the step fitted: without, the step itself would count as unrest.
        if score[at] / after[1] < SCORE_THRESHOLD or abs(after[3][-1]) < np.log(MIN_RATIO):
            break
        columns.append(at)
        found.append(float(score[at] / after[1]))
        X, precision, (mu, _, factor, theta) = trial, wider, after
    if not columns:
        return ()
    ratios = np.exp(theta[-len(columns) :])
    return tuple(
        ChangePoint(int(watched[c]), float(r), f) for c, r, f in sorted(zip(columns, ratios, found, strict=True))
    )


def _allowed_days(days: int, taken: Sequence[int]) -> NDArray[np.bool_]:
    t = np.arange(days)
    ok = (t >= MIN_SEGMENT_DAYS) & (t < days - MIN_SEGMENT_DAYS)
    for c in taken:
        ok &= np.abs(t - c) >= MIN_SEGMENT_DAYS
    return ok


def _fit_quasi_poisson(
    X: Array, n: Array, offset: Array, precision: Array
) -> tuple[Array, float, tuple[Array, bool], Array]:
    """Quasi-Poisson by penalised Newton steps; the dispersion shrinks the data's weight against the prior's."""
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


def _dispersion(r: Array, mu: Array) -> float:
    """Long-run variance over mean, with Bartlett's weights; at least 1."""
    total = float(r @ r)
    for lag in range(1, min(LAGS, len(r) - 1) + 1):
        total += 2 * (1 - lag / (LAGS + 1)) * float(r[lag:] @ r[:-lag])
    return max(1.0, total / float(mu.sum()))


def _score_test(X: Array, n: Array, mu: Array, factor: tuple[Array, bool]) -> Array:
    """U^2 / V for a step on each day."""
    u = np.cumsum((n - mu)[::-1])[::-1]
    own = np.cumsum(mu[::-1])[::-1]
    cross = np.cumsum((X * mu[:, None])[::-1], axis=0)[::-1]
    v = own - np.einsum("tk,kt->t", cross, cho_solve(factor, cross.T))
    return np.where(v > 1.0, u**2 / np.maximum(v, 1.0), 0.0)
