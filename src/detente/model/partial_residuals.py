r"""Partial residuals of one response: what the fit leaves of k without channel j's part, and the memory of j.

With e the residual of channel k with channel j's part put back, u = y_k / d - (b + sum_{i != j} R_ki z_i), and f a memory
of j. Both are residualised on the background (its columns b X, by weighted least squares with the prior's penalty) and
divided by the standard deviation that the fit expects for the day. Without the first step, a season or a change point that
the fit estimates slightly wrong moves both series alike. Without the second, days of fighting count for more than quiet days.

Source: residuals of both sides as in Freedman and Lane (1983).
"""

import numpy as np
from numpy.typing import ArrayLike

from detente.core.arrays import FloatArray
from detente.core.blas_threads import one_blas_thread
from detente.model.fit import FittedModel
from detente.model.kernels import compute_memories

RESPONSE_DAYS = 30


def forward_memory(s: FittedModel, after: str, weights: ArrayLike | None = None) -> FloatArray:
    """Memory of `after` on covered days, shape (day,): its memories times `weights`, by default the shares within 30 days."""
    j, m = s.channels.index(after), len(s.half_lives)
    by = response_shares(s) if weights is None else np.asarray(weights, dtype=float)
    out: FloatArray = s.Z[s.coverage > 0, j * m : (j + 1) * m] @ by
    return out


def backward_memory(s: FittedModel, after: str, weights: ArrayLike | None = None) -> FloatArray:
    """The same with time reversed: how much of `after` comes in the days that follow. Shape (day,)."""
    j = s.channels.index(after)
    by = response_shares(s) if weights is None else np.asarray(weights, dtype=float)
    reversed_memories = compute_memories(s.y[::-1, j : j + 1], s.by_channel[::-1, j : j + 1], s.half_lives)[::-1]
    out: FloatArray = reversed_memories[s.coverage > 0] @ by
    return out


def response_shares(s: FittedModel) -> FloatArray:
    """Share of the children that come within 30 days, by memory, shape (m,)."""
    out: FloatArray = 1 - 0.5 ** (RESPONSE_DAYS / np.array(s.half_lives))
    return out


def residual_series(s: FittedModel, after: str, of: str) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Residual u, memory and reporting coverage d on covered days, each of shape (day,)."""
    k, covered = s.channels.index(of), s.coverage > 0
    level, others = components_without(s, after, of)
    d = s.by_channel[covered, k]
    return s.y[covered, k] / d - (level + others), forward_memory(s, after), d


def components_without(s: FittedModel, after: str, of: str) -> tuple[FloatArray, FloatArray]:
    """Background of `of` and its responses to all channels but `after`, at coverage 1 on covered days, each of shape (day,)."""
    k, j, m = s.channels.index(of), s.channels.index(after), len(s.half_lives)
    covered, width, best = s.coverage > 0, s.background.X.shape[1], s.of[k].best
    rates = best[width:-1].copy()
    rates[j * m : (j + 1) * m] = 0.0
    return np.exp(np.clip(s.background.X[covered] @ best[:width], -30, 30)), s.Z[covered] @ rates


def residualise(s: FittedModel, after: str, of: str) -> tuple[FloatArray, FloatArray]:
    """Residualise u and the memory of `after` as the module says; both of shape (day,)."""
    e, f = residualise_series(s, after, of)
    return e, f


def residualise_series(s: FittedModel, after: str, of: str, *more: FloatArray) -> tuple[FloatArray, ...]:
    """Residualise u, the memory of `after` and further series (each of shape (day,)), in this order."""
    u, memory, d = residual_series(s, after, of)
    posterior, (level, others) = s.of[s.channels.index(of)], components_without(s, after, of)
    # Concessions or talks can push the fitted rate to zero; 2 % of the background remain, since the weights divide by it.
    mean = d * np.maximum(level + others, 0.02 * level)
    weight = d**2 / (mean + mean**2 / np.exp(np.clip(posterior.best[-1], -6, 12)))
    D = s.background.X[s.coverage > 0] * level[:, None]
    penalty = s.background.precision[int(np.argmax(posterior.weights))]
    series = np.column_stack([u, memory, *more])
    # On busy cores, multithreaded BLAS is many times slower for matrices this small.
    with one_blas_thread():
        fitted = np.linalg.solve((D.T * weight) @ D + penalty, (D.T * weight) @ series)
    residuals = (series - D @ fitted) * np.sqrt(weight)[:, None]
    return tuple(residuals.T)
