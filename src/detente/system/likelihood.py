r"""One channel's log posterior, with its gradient and Hessian by hand.

    y(t) ~ NB(mean mu, size r),  mu = g(density(t) * (exp(X beta) + Z R)),  g(x) = c log(1 + exp(x / c)),

so the variance is mu + mu^2 / r. g is the identity a few c above zero and never negative, which lets an
answer be negative (talks that calm). c is a tenth of the channel's mean rate. theta = (beta, R, log r).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.ground.compiled import compiled

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Problem:
    """One channel on its watched days.

    Fields:
        X: columns of log b, shape (day, p). Z: memories, shape (day, q). y: counts, shape (day,).
        density: positive, shape (day,). soft: c above. mean: of the Gaussian prior, shape (p + q + 1,).
    """

    X: Array
    Z: Array
    y: Array
    density: Array
    soft: float
    mean: Array


@compiled
def _terms(eta: Array, y: Array, size: float, soft: float) -> tuple[float, Array, Array, Array, float, float, Array]:
    n = len(y)
    total, lr, lrr = 0.0, 0.0, 0.0
    first, second, cross, fisher = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    for t in range(n):
        x = max(eta[t] / soft, -30.0)
        e = np.exp(-abs(x))
        g = soft * (max(x, 0.0) + np.log1p(e))
        g1 = 1 / (1 + e) if x >= 0 else e / (1 + e)
        g2 = e / (1 + e) ** 2 / soft
        both, yt = size + g, y[t]
        lm = yt / g - (yt + size) / both
        lmm = -yt / g**2 + (yt + size) / both**2
        total += yt * np.log(g / both) - size * np.log1p(g / size)
        lr += 1 - np.log1p(g / size) - (yt + size) / both
        lrr += 1 / size - 2 / both + (yt + size) / both**2
        for j in range(int(yt)):
            total += np.log((size + j) / (j + 1))
            lr += 1 / (size + j)
            lrr -= 1 / (size + j) ** 2
        first[t] = lm * g1
        second[t] = lmm * g1 * g1 + lm * g2
        fisher[t] = g1 * g1 * size / (g * both)
        cross[t] = g1 * (yt - g) / both**2
    return total, first, second, cross, lr, lrr, fisher


@compiled
def _log_likelihoods(eta: Array, y: Array, size: Array, soft: float) -> Array:
    out = np.empty(len(size))
    for i in range(len(size)):
        r, total = size[i], 0.0
        for t in range(len(y)):
            x = max(eta[i, t] / soft, -30.0)
            g = soft * (max(x, 0.0) + np.log1p(np.exp(-abs(x))))
            total -= r * np.log1p(g / r)
            if y[t] > 0:
                total += y[t] * np.log(g / (r + g))
                total += math.lgamma(r + y[t]) - math.lgamma(r) - math.lgamma(y[t] + 1)
        out[i] = total
    return out


def log_posterior(p: Problem, theta: Array, precision: Array) -> tuple[float, Array, Array, Array]:
    """Value, gradient, observed negative Hessian, and its expectation (always positive definite).

    Leaves out the prior's normalising constant. Shapes: (), (n,), (n, n), (n, n).
    """
    k = p.X.shape[1]
    size = float(np.exp(np.clip(theta[-1], -6, 12)))
    b = np.exp(np.clip(p.X @ theta[:k], -30, 30))
    d = p.density[:, None]
    D = np.concatenate([p.X * b[:, None], p.Z], axis=1) * d
    total, first, second, cross, lr, lrr, fisher = _terms(p.density * (b + p.Z @ theta[k:-1]), p.y, size, p.soft)
    off = theta - p.mean
    value = total - 0.5 * off @ precision @ off
    gradient = np.append(D.T @ first, size * lr) - precision @ off
    observed, expected = precision.copy(), precision.copy()
    observed[:-1, :-1] -= D.T @ (second[:, None] * D)
    observed[:k, :k] -= p.X.T @ ((first * b * p.density)[:, None] * p.X)
    corner = -size * (D.T @ cross)
    observed[:-1, -1] += corner
    observed[-1, :-1] += corner
    observed[-1, -1] -= size * lr + size**2 * lrr
    expected[:-1, :-1] += D.T @ (fisher[:, None] * D)
    expected[-1, -1] = max(observed[-1, -1], 0.5 * precision[-1, -1])
    return float(value), gradient, observed, expected


def log_likelihoods(p: Problem, thetas: Array) -> Array:
    """The log likelihood at many parameter values, shape (draw,) from (draw, n)."""
    k = p.X.shape[1]
    b = np.exp(np.clip(thetas[:, :k] @ p.X.T, -30, 30))
    eta = (b + thetas[:, k:-1] @ p.Z.T) * p.density
    return _log_likelihoods(eta, p.y, np.exp(np.clip(thetas[:, -1], -6, 12)), p.soft)
