"""Variational inference: the Gaussian nearest to the posterior, instead of the one at its mode.

The mode of a skewed posterior is away from its mass. Here it is too low for a channel's response to itself: a trend
that absorbs a burst costs little probability but has much volume. The Gaussian q = N(m, A^-1) nearest to the
posterior p in KL(q || p) solves

    E_q[grad log p] = 0,        A = -E_q[Hessian of log p],

a fixed point that Newton steps find from the mode (Opper and Archambeau 2009, Neural Computation 21, 786-792).
Expectations are means over the same antithetic normal draws in every step. Given them the Hessian needs only five
sums a day, whatever the number of draws.
"""

import numpy as np
from numpy.linalg import LinAlgError

from detente.core.arrays import FloatArray
from detente.core.jit import jit
from detente.core.scipy_functions import cho_factor, cho_solve
from detente.model.laplace import Gaussian
from detente.model.likelihood import ChannelData, softplus_with_derivatives


@jit
def _likelihood_means(
    b: FloatArray, r: FloatArray, y: FloatArray, coverage: FloatArray, size: FloatArray, soft: float
) -> tuple[FloatArray, FloatArray, float, float, float]:
    draws, days = b.shape
    out = np.zeros((5, days))
    corner = np.zeros((2, days))
    total, lr_mean, lrr_mean = 0.0, 0.0, 0.0
    top = int(y.max()) + 1
    c0, c1, c2 = np.zeros(top), np.zeros(top), np.zeros(top)
    for i in range(draws):
        s = size[i]
        # These depend on y and r alone: log rising factorials and their slopes.
        for j in range(1, top):
            c0[j] = c0[j - 1] + np.log((s + j - 1) / j)
            c1[j] = c1[j - 1] + 1 / (s + j - 1)
            c2[j] = c2[j - 1] - 1 / (s + j - 1) ** 2
        lr, lrr, product, spread = 0.0, 0.0, 1.0, 0.0
        for t in range(days):
            d, bt, yt = coverage[t], b[i, t], y[t]
            x = max(d * (bt + r[i, t]) / soft, -30.0)
            g, g1, g2 = softplus_with_derivatives(x)
            g, g2 = soft * g, g2 / soft
            both = s + g
            lm, ratio = 0.0, (yt + s) / both
            lmm = ratio / both
            lr += 1 - ratio
            lrr += 1 / s - 2 / both + lmm
            product *= both / s
            if product > 1e200:
                spread += np.log(product)
                product = 1.0
            if yt > 0:
                k = int(yt)
                total += c0[k] + yt * np.log(g / both)
                lm += yt / g
                lmm -= yt / g**2
                lr += c1[k]
                lrr += c2[k]
            lm -= ratio
            first, second = lm * g1 * d, (lmm * g1 * g1 + lm * g2) * d * d
            cross = s * g1 * (yt - g) / both**2 * d
            out[0, t] += first
            out[1, t] += first * bt
            out[2, t] += second
            out[3, t] += second * bt
            out[4, t] += second * bt * bt
            corner[0, t] += cross
            corner[1, t] += cross * bt
        spread += np.log(product)
        total -= s * spread
        lr -= spread
        lr_mean += s * lr
        lrr_mean += s * lr + s * s * lrr
    return out / draws, corner / draws, total / draws, lr_mean / draws, lrr_mean / draws


def average_log_posterior(
    p: ChannelData, q: Gaussian, noise: FloatArray, mean: FloatArray, precision: FloatArray
) -> tuple[float, FloatArray, FloatArray]:
    """Average the log posterior, its gradient and negative Hessian over q: shapes (), (n,), (n, n)."""
    k = p.X.shape[1]
    theta = q.draws(noise)
    b = np.exp(np.clip(theta[:, :k] @ p.X.T, -30, 30))
    size = np.exp(np.clip(theta[:, -1], -6, 12))
    (f, fb, s, sb, sbb), corner, total, lr, lrr = _likelihood_means(
        b, theta[:, k:-1] @ p.Z.T, p.y, p.coverage, size, p.soft
    )
    off = q.theta - mean
    gradient = np.concatenate([p.X.T @ fb, p.Z.T @ f, [lr]]) - precision @ off
    hessian = precision.copy()
    hessian[:k, :k] -= p.X.T @ ((sbb + fb)[:, None] * p.X)
    hessian[k:-1, k:-1] -= p.Z.T @ (s[:, None] * p.Z)
    mixed = p.X.T @ (sb[:, None] * p.Z)
    hessian[:k, k:-1] -= mixed
    hessian[k:-1, :k] -= mixed.T
    edge = np.concatenate([p.X.T @ corner[1], p.Z.T @ corner[0]])
    hessian[:-1, -1] -= edge
    hessian[-1, :-1] -= edge
    hessian[-1, -1] -= lrr
    scatter = theta - mean
    prior = -0.5 * float(np.einsum("di,ij,dj->", scatter, precision, scatter, optimize=True)) / len(theta)
    return total + prior, gradient, hessian


def fit_gaussian_vi(
    p: ChannelData, start: Gaussian, noise: FloatArray, mean: FloatArray, precision: FloatArray, *, steps: int = 12
) -> Gaussian:
    """Fit the Gaussian nearest to the posterior, starting from the one at its mode.

    Args:
        p: one channel. start: Gaussian at the mode. noise: standard normal, shape (draw, n), antithetic.
        mean, precision: of the prior.

    Returns:
        the Gaussian with the best evidence bound; `start` with its bound if no step improves on it.
    """
    half_prior = 0.5 * np.linalg.slogdet(precision)[1]
    entropy = 0.5 * float((noise**2).sum(axis=1).mean())
    q, best = start, None
    for _ in range(steps):
        value, gradient, hessian = average_log_posterior(p, q, noise, mean, precision)
        bound = value + half_prior + entropy - float(np.log(np.diag(q.factor)).sum())
        q = Gaussian(q.theta, q.factor, bound)
        if best is not None and bound < best.evidence + 1e-2:
            if bound > best.evidence:
                best = q
            break
        best = q
        try:
            factor = np.linalg.cholesky(hessian).astype(float)
        except LinAlgError:
            break
        step = cho_solve(cho_factor(hessian), gradient)
        q = Gaussian(q.theta + step, factor, bound)
    return best if best is not None else start
