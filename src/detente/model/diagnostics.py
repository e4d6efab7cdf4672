"""Residual diagnostics of a fit.

Randomised quantile residuals (Dunn and Smyth 1996): u(t) uniform between P(Y < y) and P(Y <= y), r = normal quantile
of u. If the model is true they are independent standard normal. Ljung-Box tests their autocorrelation,
Kolmogorov-Smirnov their distribution. Only observed days are checked.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from detente.core.arrays import FloatArray
from detente.core.scipy_functions import betainc, chdtrc, kolmogorov, ndtr, ndtri
from detente.model.fit import FittedModel


@dataclass(frozen=True, slots=True)
class FitDiagnostics:
    """Residuals of a fit and their tests.

    Fields:
        residuals: standard normal if the model is true, NaN on days without coverage, shape (day, c).
        echo: autocorrelation of residuals by lag 1, 2, ..., shape (lag, c). echo_p: Ljung-Box p-values, shape (c,).
        normal_p: Kolmogorov-Smirnov p-values, shape (c,). days: number of observed days.
    """

    channels: tuple[str, ...]
    residuals: FloatArray
    echo: FloatArray
    echo_p: FloatArray
    normal_p: FloatArray
    days: int

    @property
    def bad(self) -> tuple[str, ...]:
        """Channels where either p-value is under 0.01 / (number of channels)."""
        p = np.minimum(self.echo_p, self.normal_p)
        return tuple(n for n, v in zip(self.channels, p, strict=True) if v < 0.01 / len(p))


def diagnose_fit(s: FittedModel, rng: np.random.Generator, *, lags: int = 14) -> FitDiagnostics:
    """Compute residuals of every channel at the posterior mean, and test them.

    Source:
        Dunn and Smyth (1996), J. Comp. Graph. Stat. 5, 236-244; Ljung and Box (1978), Biometrika 65, 297-303.

    Example:
        >>> from detente.model.fit import fit_model
        >>> from detente.model.synthetic import independent_actors
        >>> s = fit_model(independent_actors(np.random.default_rng(2)).y, rng=np.random.default_rng(0))
        >>> c = diagnose_fit(s, np.random.default_rng(0))
        >>> c.bad
        ()
    """
    observed, mean = s.coverage > 0, s.mean()
    size = np.exp([c.best[-1] for c in s.of])
    residuals = np.full(s.y.shape, np.nan)
    residuals[observed] = quantile_residuals(s.y[observed], mean[observed], size, rng)
    n, c = int(observed.sum()), s.y.shape[1]
    echo = np.empty((lags, c))
    centred = np.where(observed[:, None], residuals, 0.0)
    centred -= np.where(observed[:, None], centred.sum(axis=0) / n, 0.0)
    for lag in range(1, lags + 1):
        echo[lag - 1] = (centred[lag:] * centred[:-lag]).sum(axis=0) / (centred**2).sum(axis=0)
    q = n * (n + 2) * (echo**2 / (n - np.arange(1, lags + 1))[:, None]).sum(axis=0)
    normal = np.array([_kolmogorov_smirnov_p(residuals[observed, k]) for k in range(c)])
    return FitDiagnostics(s.channels, residuals, echo, chdtrc(lags, q), normal, n)


def quantile_residuals(y: ArrayLike, mean: FloatArray, size: ArrayLike, rng: np.random.Generator) -> FloatArray:
    """Draw randomised quantile residuals of negative-binomial counts, same shape as y.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> y = rng.negative_binomial(2, 2 / (2 + 0.5), 10_000)       # mean 0.5, size 2
        >>> bool(abs(quantile_residuals(y, np.full(10_000, 0.5), 2.0, rng).std() - 1) < 0.03)
        True
    """
    y, r = np.asarray(y, dtype=float), np.broadcast_to(np.asarray(size, dtype=float), np.shape(y))
    p = r / (r + mean)
    below = np.where(y > 0, betainc(r, np.maximum(y, 1), p), 0.0)
    upto = betainc(r, y + 1, p)
    u = np.clip(below + rng.random(y.shape) * (upto - below), 1e-12, 1 - 1e-12)
    out: FloatArray = ndtri(u)
    return out


def _kolmogorov_smirnov_p(r: FloatArray) -> float:
    u = np.sort(ndtr(r))
    n = len(u)
    d = max((np.arange(1, n + 1) / n - u).max(), (u - np.arange(n) / n).max())
    return float(kolmogorov(d * (np.sqrt(n) + 0.12 + 0.11 / np.sqrt(n))))
