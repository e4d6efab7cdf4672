"""Pareto-smoothed importance sampling: a generalised Pareto fit of the tail tests the weights."""

import numpy as np
from numpy.typing import ArrayLike

from detente.core.arrays import FloatArray


def pareto_fit(excess: ArrayLike) -> tuple[float, float]:
    """Fit shape k and scale of a generalised Pareto distribution to positive excesses over a threshold.

    Source:
        Zhang and Stephens (2009), Technometrics 51, 316-325; prior on k of Vehtari et al. (2024), JMLR
        25(72).

    Example:
        >>> x = np.random.default_rng(1).pareto(2.0, 4000)      # shape k = 1 / 2
        >>> round(pareto_fit(x)[0], 1)
        0.5
    """
    x = np.sort(np.asarray(excess, dtype=float))
    n = len(x)
    m = 30 + int(np.sqrt(n))
    theta = 1 / x[-1] + (1 - np.sqrt(m / (np.arange(1, m + 1) - 0.5))) / (3 * x[int(n / 4 + 0.5) - 1])
    k = np.log1p(-theta[:, None] * x).mean(axis=1)
    length = n * (np.log(-theta / k) - k - 1)
    weight = np.exp(length - length.max())
    best = float((theta * weight).sum() / weight.sum())
    shape = float(np.log1p(-best * x).mean())
    return (n * shape + 5) / (n + 10), -shape / best


def pareto_smooth(log_ratio: ArrayLike) -> tuple[FloatArray, float]:
    """Return Pareto-smoothed importance weights, summing to 1, and k: above 0.7 the weights are unreliable.

    Example:
        >>> w, k = pareto_smooth(np.random.default_rng(1).normal(0, 0.1, 1000))
        >>> bool(k < 0.3), round(float(w.sum()), 6)
        (True, 1.0)
    """
    log_ratio = np.asarray(log_ratio, dtype=float)
    w: FloatArray = np.exp(log_ratio - log_ratio.max())
    n = len(w)
    tail = int(min(0.2 * n, 3 * np.sqrt(n)))
    order = np.argsort(w)
    cut = w[order[-tail - 1]]
    excess = w[order[-tail:]] - cut
    if tail < 5 or excess[0] <= 0 or not np.isfinite(w).all():
        return w / w.sum(), float("inf")
    k, scale = pareto_fit(excess)
    p = (np.arange(tail) + 0.5) / tail
    quantile = -scale * np.log1p(-p) if abs(k) < 1e-9 else scale * np.expm1(-k * np.log1p(-p)) / k
    w[order[-tail:]] = np.minimum(cut + quantile, 1.0)
    return w / w.sum(), float(k)
