"""Log posterior of one channel, with analytic gradient and Hessian.

    y(t) ~ NB(mean mu, size r),  mu = g(coverage(t) * (exp(X beta) + Z R)),  g(x) = c log(1 + exp(x / c)),

so the variance is mu + mu^2 / r. g is the identity a few c above zero and never negative, which allows negative
responses (talks that reduce violence). c is a tenth of the channel's mean rate. theta = (beta, R, log r).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.core.arrays import FloatArray
from detente.core.jit import jit


@dataclass(frozen=True, slots=True)
class ChannelData:
    """Data of one channel on its observed days.

    Fields:
        X: columns of log b, shape (day, p). Z: memories, shape (day, q). y: counts, shape (day,).
        coverage: positive, shape (day,). soft: c above.
    """

    X: FloatArray
    Z: FloatArray
    y: FloatArray
    coverage: FloatArray
    soft: float


@jit
def softplus_with_derivatives(x: float) -> tuple[float, float, float]:
    """Compute log(1 + exp(x)), its slope and its curvature.

    Example:
        >>> tuple(round(v, 4) for v in softplus_with_derivatives(0.0)), tuple(round(v, 4) for v in softplus_with_derivatives(9.0))
        ((0.6931, 0.5, 0.25), (9.0001, 0.9999, 0.0001))
    """
    e = np.exp(-abs(x))
    if x > 8.0:  # two terms of the series are exact to 2e-11
        return x + e - 0.5 * e * e, 1.0 - e + e * e, e - 2 * e * e
    slope = 1 / (1 + e) if x >= 0 else e / (1 + e)
    return max(x, 0.0) + np.log1p(e), slope, e / (1 + e) ** 2


@jit
def softplus_with_slope(x: float, e: float) -> tuple[float, float]:
    """Compute `softplus_with_derivatives` without the curvature, given e = exp(-|x|)."""
    if x > 8.0:
        return x + e - 0.5 * e * e, 1.0 - e + e * e
    return max(x, 0.0) + np.log1p(e), (1 / (1 + e) if x >= 0 else e / (1 + e))


@jit
def _terms(
    eta: FloatArray, y: FloatArray, size: float, soft: float
) -> tuple[float, FloatArray, FloatArray, FloatArray, float, float, FloatArray]:
    n = len(y)
    total, lr, lrr = 0.0, 0.0, 0.0
    first, second, cross, fisher = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    for t in range(n):
        x = max(eta[t] / soft, -30.0)
        g, g1, g2 = softplus_with_derivatives(x)
        g, g2 = soft * g, g2 / soft
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


@jit
def _eta_gradient(
    x: FloatArray, e: FloatArray, y: FloatArray, days_with: NDArray[np.int64], size: FloatArray, soft: float
) -> tuple[FloatArray, FloatArray]:
    # x is eta / soft and e is exp(-|x|), shape (draw, day); on return x holds d log p / d eta. Most days have no events
    # and need only the logarithm of a product. numpy computes the exponentials, since it vectorises them.
    draws, days = x.shape
    total, lr = np.zeros(draws), np.zeros(draws)
    top = int(y.max()) + 1
    c0, c1 = np.zeros(top), np.zeros(top)
    for i in range(draws):
        s = size[i]
        for j in range(1, top):
            c0[j] = c0[j - 1] + np.log((s + j - 1) / j)
            c1[j] = c1[j - 1] + 1 / (s + j - 1)
        inverse, gained, product, spread = 1 / s, 0.0, 1.0, 0.0
        value, slope = 0.0, 0.0
        for t in days_with:
            g = soft * softplus_with_slope(x[i, t], e[i, t])[0]
            k = int(y[t])
            value += c0[k] + k * np.log(g / (s + g))
            slope += c1[k] - k / (s + g)
        for t in range(days):
            g, g1 = softplus_with_slope(x[i, t], e[i, t])
            g *= soft
            part = s / (s + g)
            gained += 1 - part
            product *= 1 + g * inverse
            if product > 1e200:
                spread += np.log(product)
                product = 1.0
            x[i, t] = g1 * (y[t] / g * part - part)
        spread += np.log(product)
        total[i] = value - s * spread
        lr[i] = s * (gained + slope - spread)
    return total, lr


def log_posterior(
    p: ChannelData, theta: FloatArray, mean: FloatArray, precision: FloatArray
) -> tuple[float, FloatArray, FloatArray, FloatArray]:
    """Compute value, gradient, observed negative Hessian, and its expectation (always positive definite).

    The prior's normalising constant is left out. Shapes: (), (n,), (n, n), (n, n).
    """
    k = p.X.shape[1]
    size = float(np.exp(np.clip(theta[-1], -6, 12)))
    b = np.exp(np.clip(p.X @ theta[:k], -30, 30))
    d = p.coverage[:, None]
    D = np.concatenate([p.X * b[:, None], p.Z], axis=1) * d
    total, first, second, cross, lr, lrr, fisher = _terms(p.coverage * (b + p.Z @ theta[k:-1]), p.y, size, p.soft)
    off = theta - mean
    value = total - 0.5 * off @ precision @ off
    gradient = np.append(D.T @ first, size * lr) - precision @ off
    observed, expected = precision.copy(), precision.copy()
    observed[:-1, :-1] -= D.T @ (second[:, None] * D)
    observed[:k, :k] -= p.X.T @ ((first * b * p.coverage)[:, None] * p.X)
    corner = -size * (D.T @ cross)
    observed[:-1, -1] += corner
    observed[-1, :-1] += corner
    observed[-1, -1] -= size * lr + size**2 * lrr
    expected[:-1, :-1] += D.T @ (fisher[:, None] * D)
    expected[-1, -1] = max(observed[-1, -1], 0.5 * precision[-1, -1])
    return float(value), gradient, observed, expected


def log_likelihoods(p: ChannelData, thetas: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Compute log likelihood and gradient at many points: shapes (draw,) and (draw, n) from (draw, n)."""
    # Batches of draws fit in the processor's cache.
    rows = max(1, 75_000 // len(p.y))
    parts = [_batch_log_likelihoods(p, thetas[i : i + rows]) for i in range(0, len(thetas), rows)]
    return np.concatenate([v for v, _ in parts]), np.concatenate([g for _, g in parts])


def _batch_log_likelihoods(p: ChannelData, thetas: FloatArray) -> tuple[FloatArray, FloatArray]:
    k = p.X.shape[1]
    b = thetas[:, :k] @ p.X.T
    np.exp(np.clip(b, -30, 30, out=b), out=b)
    x = thetas[:, k:-1] @ p.Z.T
    x += b
    x *= p.coverage / p.soft
    np.maximum(x, -30.0, out=x)
    e = np.abs(x)
    np.exp(np.negative(e, out=e), out=e)
    value, by_size = _eta_gradient(x, e, p.y, np.flatnonzero(p.y), np.exp(np.clip(thetas[:, -1], -6, 12)), p.soft)
    x *= p.coverage
    b *= x
    return value, np.column_stack([b @ p.X, x @ p.Z, by_size])
