"""Weights of a mixture of forecasts, fitted by past scores.

The CRPS of a mixture sum_k w_k F_k is quadratic in the weights,

    CRPS(w) = sum_k w_k E|X_k - y| - 1/2 sum_k sum_l w_k w_l E|X_k - X_l|,

and its probability of the outcome's bin is linear in them. Given a and b below for each past case, minimising
CRPS plus a share of ignorance, each relative to the score of one reference member, takes milliseconds.
"""

import numpy as np

from detente.core.arrays import FloatArray
from detente.core.jit import parallel_jit, prange
from detente.forecast.scores.ignorance import VIEWS_BINS


@parallel_jit
def fill_distances(x: FloatArray, y: FloatArray, a: FloatArray, b: FloatArray) -> None:
    """Fill a[i, k] = E|X_k - y| and b[i, k, l] = E|X_k - X_l| for cases i.

    Args:
        x: members as draws in rising order, shape (case, member, draw). y: outcomes, shape (case,).
    """
    cases, members, q = x.shape
    for i in prange(cases):
        for k in range(members):
            near = 0.0
            for s in range(q):
                near += abs(x[i, k, s] - y[i])
            a[i, k] = near / q
            for m in range(k, members):
                # E|X - Z| is the integral of F (1 - G) + G (1 - F): one walk over both in order.
                f, g, total, before = 0, 0, 0.0, min(x[i, k, 0], x[i, m, 0])
                while f < q or g < q:
                    first = g >= q or (f < q and x[i, k, f] <= x[i, m, g])
                    now = x[i, k, f] if first else x[i, m, g]
                    total += (now - before) * (f * (q - g) + g * (q - f))
                    before = now
                    if first:
                        f += 1
                    else:
                        g += 1
                b[i, k, m] = b[i, m, k] = total / (q * q)


def share_in_bin(x: FloatArray, y: FloatArray) -> FloatArray:
    """Compute the share of each member's draws in the outcome's VIEWS bin, shape (case, member)."""
    edges = np.asarray(VIEWS_BINS, dtype=float)
    which = np.searchsorted(edges, y, side="right") - 1
    low, high = edges[which], np.append(edges[1:], np.inf)[which]
    out: FloatArray = ((x >= low[:, None, None]) & (x < high[:, None, None])).mean(axis=2)
    return out


def fit_mixture_weights(
    a: FloatArray,
    b: FloatArray,
    p: FloatArray,
    scale: FloatArray,
    *,
    reference: int = 0,
    ignorance: float = 0.5,
    draws: int = 1_000,
) -> FloatArray:
    """Fit the weights with the best past score, shape (member,), at least 0 and adding up to 1.

    Args:
        a, b: from `fill_distances`; p: from `share_in_bin`, over the past cases.
        scale: weight of each case's CRPS, known at its origin, shape (case,). Otherwise one large war would determine
            all weights.
        reference: member whose scores are the unit. ignorance: its share relative to CRPS. draws: number in the forecast.

    Example:
        >>> x = np.sort(np.random.default_rng(0).poisson([[[2.0], [9.0]]], (400, 2, 50)).astype(float))
        >>> y = np.random.default_rng(1).poisson(9.0, 400).astype(float)
        >>> a, b = np.empty((400, 2)), np.empty((400, 2, 2)); fill_distances(x, y, a, b)
        >>> bool(fit_mixture_weights(a, b, share_in_bin(x, y), np.ones(400))[1] > 0.95)    # the member that knows the rate
        True
    """
    from scipy.optimize import minimize

    bins = len(VIEWS_BINS)
    near, apart = scale @ a, np.einsum("i,ikl->kl", scale, b)
    unit = max(float(near[reference] - 0.5 * apart[reference, reference]), 1e-9)
    surprise = max(float(-np.log2((draws * p[:, reference] + 1) / (draws + bins)).sum()), 1e-9)

    def loss(theta: FloatArray) -> tuple[float, FloatArray]:
        w = np.exp(theta - theta.max())
        w /= w.sum()
        mixed = (draws * (p @ w) + 1) / (draws + bins)
        value = (near @ w - 0.5 * w @ apart @ w) / unit - ignorance * np.log2(mixed).sum() / surprise
        slope = ignorance * (draws / (draws + bins)) / np.log(2) / surprise
        by_w = (near - apart @ w) / unit - slope * (p.T @ (1 / mixed))
        return float(value), w * (by_w - by_w @ w)

    start = np.zeros(a.shape[1])
    estimate = minimize(loss, start, jac=True, method="L-BFGS-B", options={"ftol": 1e-11, "gtol": 1e-8}).x
    out: FloatArray = np.exp(estimate - estimate.max())
    out /= out.sum()
    return out
