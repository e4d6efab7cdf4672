r"""Deaths of one event: many with none, most with a few, and a tail in which one event outweighs all others.

    P(X = 0) = q,      P(X >= x | X > 0) = (1 + xi (x - 1) / sigma)^(-1 / xi),  x = 1, 2, ...

a discrete generalised Pareto above nought; xi > 0 is a power-law tail, as severities of attacks have (Clauset,
Young and Gleditsch 2007, J. Conflict Resolut. 51, 58-87). An event of which nobody gave a figure adds deaths of
unknown number; what is forecast is *deaths told*, so such an event adds nothing to it, and the share of them
is learned too.

xi and sigma are learned on a grid, exactly: the posterior is a table, and draws are taken from it. Prior: xi normal about 0.5
with deviation 0.25 on 0 to 0.95, so that the mean is finite; log sigma flat. q and the share untold: Jeffreys. A draw above
ten times the largest figure of the case is cut there: a tail of a few dozen events says nothing of what no event
has come near.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import kolmogorov

Array = NDArray[np.float64]
XI = np.linspace(0.01, 0.95, 48)
LOG_SIGMA = np.linspace(np.log(0.2), np.log(300.0), 60)


@dataclass(frozen=True, slots=True)
class SeverityModel:
    """What was learned of one channel's deaths per event.

    Fields:
        told, untold: events with and without a figure; none: events told to have killed nobody.
        posterior: of (xi, log sigma) on the grid, shape (48, 60), adding up to 1. most: where draws are cut.
        fit_p: Kolmogorov–Smirnov p-value of the randomised transforms of the figures above nought at the
            posterior's distribution; NaN with fewer than eight. It is too kind, since the same figures made
            the fit: small values condemn, large ones do not acquit.
        seen, expected: the largest figure seen, and the median largest of as many draws.
    """

    told: int
    none: int
    untold: int
    posterior: Array
    most: float
    fit_p: float
    seen: float
    expected: float


def fit_severity(figures: Sequence[float | None], most: float, rng: np.random.Generator) -> SeverityModel:
    """Learn from figures of deaths, None where nobody gave one.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> m = fit_severity([0, 0, 1, 1, 2, 2, 3, 5, 9, 40, None], 400, rng)
        >>> m.told, m.none, m.untold, bool(m.fit_p > 0.05)
        (10, 2, 1, True)
    """
    told = np.array([f for f in figures if f is not None], dtype=float)
    x = told[told > 0]
    xi, sigma = XI[:, None], np.exp(LOG_SIGMA)[None, :]
    log = np.broadcast_to(-0.5 * ((xi - 0.5) / 0.25) ** 2, (len(XI), len(LOG_SIGMA))).copy()
    for v in x:
        log += np.log(np.maximum(_survival(v, xi, sigma) - _survival(v + 1, xi, sigma), 1e-300))
    posterior = np.exp(log - log.max())
    posterior /= posterior.sum()
    m = SeverityModel(
        len(told), int((told == 0).sum()), len(figures) - len(told), posterior, most, np.nan, np.nan, np.nan
    )
    if len(x) < 8:
        return m
    upper = np.array([(posterior * _survival(v, xi, sigma)).sum() for v in x])
    lower = np.array([(posterior * _survival(v + 1, xi, sigma)).sum() for v in x])
    u = np.sort(1 - upper + rng.random(len(x)) * (upper - lower))
    n = len(u)
    d = max(float((np.arange(1, n + 1) / n - u).max()), float((u - np.arange(n) / n).max()))
    p = float(kolmogorov(d * (np.sqrt(n) + 0.12 + 0.11 / np.sqrt(n))))
    biggest = _draw_positive(m, (400, n), rng).max(axis=1)
    return SeverityModel(m.told, m.none, m.untold, posterior, most, p, float(x.max()), float(np.median(biggest)))


def draw_deaths(m: SeverityModel, events: NDArray[np.int64], rng: np.random.Generator) -> Array:
    """Deaths told of in each path and stretch, same shape as `events`.

    Args:
        events: how many events each path has in each stretch, shape (path, stretch). A path keeps one draw of the
            parameters through all its stretches.
    """
    paths, stretches = events.shape
    cell = rng.choice(m.posterior.size, (paths,), p=m.posterior.ravel())
    told = rng.beta(m.told + 0.5, m.untold + 0.5, (paths,))
    some = rng.beta(m.told - m.none + 0.5, m.none + 0.5, (paths,))
    where = np.repeat(np.arange(events.size), events.ravel())
    which = where // stretches
    xi, sigma = (v[which] for v in _grid_parameters(cell))
    x: Array = np.minimum(_quantile(rng.random(len(where)), xi, sigma), m.most)
    counted = rng.random(len(where)) < (told * some)[which]
    out: Array = np.bincount(where, np.where(counted, x, 0.0), events.size).astype(float)
    return out.reshape(paths, stretches)


def _draw_positive(m: SeverityModel, shape: tuple[int, int], rng: np.random.Generator) -> Array:
    cell = rng.choice(m.posterior.size, shape[0], p=m.posterior.ravel())[:, None]
    xi, sigma = _grid_parameters(cell)
    out: Array = np.minimum(_quantile(rng.random(shape), xi, sigma), m.most)
    return out


def _grid_parameters(cell: NDArray[np.int64]) -> tuple[Array, Array]:
    sigma: Array = np.exp(LOG_SIGMA)
    return XI[cell // len(LOG_SIGMA)], sigma[cell % len(LOG_SIGMA)]


def _survival(x: float, xi: Array, sigma: Array) -> Array:
    out: Array = (1 + xi * (x - 1) / sigma) ** (-1 / xi)
    return out


def _quantile(u: Array, xi: Array, sigma: Array) -> Array:
    # P(X >= x) >= 1 - u holds up to this x: the quantile of the discrete form.
    out: Array = np.floor(1 + sigma / xi * ((1 - u) ** -xi - 1))
    return out
