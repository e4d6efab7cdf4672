"""Deaths of one event: many with zero, most with a few, and a heavy tail.

    P(X = 0) = q,      P(X >= x | X > 0) = (1 + xi (x - 1) / sigma)^(-1 / xi),  x = 1, 2, ...

a discrete generalised Pareto above zero; xi > 0 gives a power-law tail, as severities of attacks have (Clauset, Young and
Gleditsch 2007, J. Conflict Resolut. 51, 58-87). Forecasts are of *reported deaths*, so an event without a figure adds
none, and the share of such events is estimated too.

The posterior of xi and sigma is an exact table on a grid. Prior: xi normal about 0.5 with deviation 0.25 on 0 to 0.95, so
that the mean is finite; log sigma flat. q and the share without a figure: Jeffreys. Draws are capped at ten times
the largest figure of the case, since a tail fitted to a few dozen events is unreliable beyond.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.core.arrays import FloatArray
from detente.core.scipy_functions import kolmogorov

XI = np.linspace(0.01, 0.95, 48)
LOG_SIGMA = np.linspace(np.log(0.2), np.log(300.0), 60)
BLOCK_PERIODS = 8


@dataclass(frozen=True, slots=True)
class SeverityModel:
    """Posterior of one channel's deaths per event.

    Fields:
        told, untold: number of events with and without a figure; none: with a figure of zero.
        posterior: of (xi, log sigma) on the grid, shape (48, 60), adding up to 1. most: cap of the draws.
        fit_p: Kolmogorov–Smirnov p-value of the randomised transforms of the figures above zero at the posterior's
            distribution; NaN with fewer than eight. The same figures made the fit, so only small values are evidence.
        seen, expected: largest figure observed, and median largest of as many draws.
    """

    told: int
    none: int
    untold: int
    posterior: FloatArray
    most: float
    fit_p: float
    seen: float
    expected: float


def fit_severity(figures: Sequence[float | None], most: float, rng: np.random.Generator) -> SeverityModel:
    """Fit the model to figures of deaths, None where no figure was reported.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> m = fit_severity([0, 0, 1, 1, 2, 2, 3, 5, 9, 40, None], 400, rng)
        >>> m.told, m.none, m.untold, bool(m.fit_p > 0.05)
        (10, 2, 1, True)
    """
    reported = np.array([f for f in figures if f is not None], dtype=float)
    x = reported[reported > 0]
    xi, sigma = XI[:, None], np.exp(LOG_SIGMA)[None, :]
    log = np.broadcast_to(-0.5 * ((xi - 0.5) / 0.25) ** 2, (len(XI), len(LOG_SIGMA))).copy()
    for v in x:
        log += np.log(np.maximum(_survival(v, xi, sigma) - _survival(v + 1, xi, sigma), 1e-300))
    posterior = np.exp(log - log.max())
    posterior /= posterior.sum()
    counts = (len(reported), int((reported == 0).sum()), len(figures) - len(reported))
    m = SeverityModel(*counts, posterior, most, np.nan, np.nan, np.nan)
    if len(x) < 8:
        return m
    upper = np.array([(posterior * _survival(v, xi, sigma)).sum() for v in x])
    lower = np.array([(posterior * _survival(v + 1, xi, sigma)).sum() for v in x])
    u = np.sort(1 - upper + rng.random(len(x)) * (upper - lower))
    n = len(u)
    d = max(float((np.arange(1, n + 1) / n - u).max()), float((u - np.arange(n) / n).max()))
    p = float(kolmogorov(d * (np.sqrt(n) + 0.12 + 0.11 / np.sqrt(n))))
    biggest = _draw_positive(m, (400, n), rng).max(axis=1)
    return SeverityModel(*counts, posterior, most, p, float(x.max()), float(np.median(biggest)))


def draw_deaths(m: SeverityModel, events: NDArray[np.integer], rng: np.random.Generator) -> FloatArray:
    """Draw reported deaths of each path and period, same shape as `events`.

    More periods do not change the deaths of the first ones.

    Args:
        events: number of events, shape (path, period). A path keeps one draw of the parameters in all its periods.
    """
    paths, periods = events.shape
    by_path, size, counted = rng.spawn(3)
    cell = by_path.choice(m.posterior.size, (paths,), p=m.posterior.ravel())
    p_reported = by_path.beta(m.told + 0.5, m.untold + 0.5, (paths,))
    p_fatal = by_path.beta(m.told - m.none + 0.5, m.none + 0.5, (paths,))
    xi, sigma = _grid_parameters(cell)
    out = np.zeros((periods, paths))
    # Period by period, so that the first periods use the first random numbers; a few at a time, so that memory suffices
    # where there are many events.
    for first in range(0, periods, BLOCK_PERIODS):
        block = events[:, first : first + BLOCK_PERIODS].T
        by_period = block.ravel()
        some = np.flatnonzero(by_period)
        slot = np.repeat(some, by_period[some])
        u, chance = size.random(len(slot)), counted.random(len(slot))
        # Only an event with reported deaths needs their number.
        reported = np.flatnonzero(chance < (p_reported * p_fatal)[slot % paths])
        slot = slot[reported]
        path = slot % paths
        x = np.minimum(_quantile(u[reported], xi[path], sigma[path]), m.most)
        out[first : first + BLOCK_PERIODS] = np.bincount(slot, x, block.size).reshape(block.shape)
    return out.T


def _draw_positive(m: SeverityModel, shape: tuple[int, int], rng: np.random.Generator) -> FloatArray:
    cell = rng.choice(m.posterior.size, shape[0], p=m.posterior.ravel())[:, None]
    xi, sigma = _grid_parameters(cell)
    out: FloatArray = np.minimum(_quantile(rng.random(shape), xi, sigma), m.most)
    return out


def _grid_parameters(cell: NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
    sigma: FloatArray = np.exp(LOG_SIGMA)
    return XI[cell // len(LOG_SIGMA)], sigma[cell % len(LOG_SIGMA)]


def _survival(x: float, xi: FloatArray, sigma: FloatArray) -> FloatArray:
    out: FloatArray = (1 + xi * (x - 1) / sigma) ** (-1 / xi)
    return out


def _quantile(u: FloatArray, xi: FloatArray, sigma: FloatArray) -> FloatArray:
    # P(X >= x) >= 1 - u holds up to this x: the quantile of the discrete form.
    out: FloatArray = np.floor(1 + sigma / xi * ((1 - u) ** -xi - 1))
    return out
