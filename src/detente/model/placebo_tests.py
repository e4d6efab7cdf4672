r"""Two placebo tests of responses: one series shifted in time against the other, and labels shuffled within quarters.

Placebo in time. One series is shifted against the other around the circle of covered days, by every number of days from 60
up. Each keeps its own clusters, and their alignment is lost. p = (1 + shifts at least as extreme) / (1 + shifts). The
statistic is a t-value, summed over the terms w of the form,

    T = sum w s / (sum w^2 v)^(1/2),   s = sum_t e_t f_t / sum_t f_t^2,   v = sum_t e_t^2 f_t^2 / (sum_t f_t^2)^2,

with the partial residuals e and f of `partial_residuals.py`; f is the series that is shifted. Without the t-value, days of
fighting count for more before the shift than after it, and responses that do not exist pass far more often than in 5 % of
cases under a shared background.

Shuffled labels. Within each quarter (90 days) the labels of channel j's events are permuted among all events but those of the
responding channel, and the slope of what is left of k on j's memory is computed again, 400 times with a stated seed. Each
quarter keeps its number of events; only which kind of event fell on which day is lost.

Sources: Davison and Hinkley (1997), chapter 4; circular shifts as in Politis and Romano (1992).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detente.core.arrays import FloatArray
from detente.core.rng import make_rng
from detente.model.fit import FittedModel
from detente.model.kernels import compute_memories
from detente.model.partial_residuals import residual_series, residualise, response_shares

Term = tuple[float, str, str]
MIN_SHIFT_DAYS, MIN_SHIFTS, MAX_P_VALUE = 60, 100, 0.05
BLOCK_DAYS, N_PERMUTATIONS = 90, 400


def placebo_in_time_p(s: FittedModel, terms: Sequence[Term], claimed: str = "above") -> tuple[float, int]:
    """Share of circular shifts that show as much as the sum of responses, and the number of shifts.

    NaN where fewer than 100 shifts are possible.
    """
    t = t_values([(w, *residualise(s, j, k)) for w, j, k in terms])
    return shift_p(float(t[0]), t[list(shifts(len(t)))], claimed)


def shift_p(observed: float, placebo: FloatArray, claimed: str) -> tuple[float, int]:
    """Share of placebo values at least as extreme as the observed one, itself counted, and their number; NaN below 100."""
    if len(placebo) < MIN_SHIFTS:
        return float("nan"), len(placebo)
    extreme = placebo >= observed - 1e-12 if claimed == "above" else placebo <= observed + 1e-12
    return (1 + int(extreme.sum())) / (1 + len(placebo)), len(placebo)


def slope(u: FloatArray, memory: FloatArray, d: FloatArray) -> float:
    """Slope of u on the memory, by least squares weighted by reporting coverage."""
    centred = memory - memory.mean()
    return float((d * u * centred).sum() / (d * centred**2).sum())


def t_values(parts: Sequence[tuple[float, FloatArray, FloatArray]]) -> FloatArray:
    """T for every shift of f by 0, 1, ... days, shape (day,); `parts` holds (w, e, f) of each term.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> f = rng.normal(size=500)
        >>> e = 0.3 * f + rng.normal(size=500)
        >>> t = t_values([(1.0, e, f)])
        >>> bool(t[0] > 5), bool(abs(t[60:440]).max() < 4)
        (True, True)
    """

    def correlate(a: FloatArray, b: FloatArray) -> FloatArray:
        # The circular cross-correlation: a_t b_(t - i) summed over t, for every i.
        out: FloatArray = np.fft.irfft(np.fft.rfft(a) * np.conj(np.fft.rfft(b)), len(a))
        return out

    total = sum(w * correlate(e, f) / (f @ f) for w, e, f in parts)
    spread = sum(w**2 * correlate(e**2, f**2) / (f @ f) ** 2 for w, e, f in parts)
    out: FloatArray = total / np.sqrt(np.maximum(spread, 1e-300))
    return out


def shifts(days: int) -> range:
    """The shifts tried: at least 60 days in either direction around the circle."""
    return range(MIN_SHIFT_DAYS, days - MIN_SHIFT_DAYS + 1)


def permute_labels(y: NDArray[np.int64], pool: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Permute a channel's labels among the pool within blocks of 90 days; all arrays have shape (day,).

    Example:
        >>> y = np.array([1, 0, 0, 2])
        >>> int(permute_labels(y, y + 1, np.random.default_rng(0)).sum())    # the total stays the same
        3
    """
    out = np.zeros_like(y)
    for a in range(0, len(y), BLOCK_DAYS):
        days = np.repeat(np.arange(a, min(a + BLOCK_DAYS, len(y))), pool[a : a + BLOCK_DAYS])
        n = int(y[a : a + BLOCK_DAYS].sum())
        np.add.at(out, rng.permutation(days)[:n], 1)
    return out


def shuffled_labels_p(s: FittedModel, terms: Sequence[Term], claimed: str, seed: int) -> float:
    """Share of permutations, the observed labels included, with a slope at least as extreme as the observed one.

    NaN where channels other than cause and effect have fewer than half as many events as the cause: labels then have nothing
    to be exchanged with, and the test could not be passed.
    """
    rng, covered = make_rng(seed), s.coverage > 0
    share = response_shares(s)
    observed, permuted = 0.0, np.zeros(N_PERMUTATIONS)
    for w, after, of in terms:
        u, memory, d = residual_series(s, after, of)
        observed += w * slope(u, memory, d)
        j, k = s.channels.index(after), s.channels.index(of)
        pool = np.delete(s.y, k, axis=1).sum(axis=1)
        if pool.sum() < 1.5 * s.y[:, j].sum():
            return float("nan")
        shuffled = np.column_stack([permute_labels(s.y[:, j], pool, rng) for _ in range(N_PERMUTATIONS)])
        memories = compute_memories(shuffled, s.by_channel[:, j], s.half_lives).reshape(
            len(shuffled), N_PERMUTATIONS, -1
        )
        f = (memories @ share)[covered]
        f -= f.mean(axis=0)
        permuted += w * ((d * u) @ f) / (d @ f**2)
    extreme = permuted >= observed if claimed == "above" else permuted <= observed
    return float((1 + extreme.sum()) / (1 + N_PERMUTATIONS))
