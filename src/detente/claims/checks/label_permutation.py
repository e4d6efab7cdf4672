"""Shuffled labels: a permutation test of whether this channel's events matter, or any events of those weeks.

Within each quarter (90 days) the labels of channel j's events are permuted among all events but those of the responding
channel, and the slope of `circular_shift.py` is computed again, 400 times with a stated seed. Each quarter keeps its
number of events; only which kind of event fell on which day is lost. Held if p <= 5 %.
"""

import numpy as np
from numpy.typing import NDArray

from detente.claims.checks.base import EstimateFunction, RobustnessCheck, not_applicable
from detente.claims.checks.circular_shift import p_value_outcome, residual_series, slope
from detente.claims.checks.result import CheckOutcome
from detente.claims.context import ClaimContext
from detente.claims.estimate import RESPONSE_DAYS, Estimate
from detente.core.rng import make_rng
from detente.model.fit import FittedModel
from detente.model.kernels import compute_memories

BLOCK_DAYS, N_PERMUTATIONS = 90, 400


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


def p_value(s: FittedModel, terms: tuple[tuple[float, str, str], ...], claimed: str, seed: int) -> float:
    """Share of permutations, the observed labels included, with a slope at least as extreme as the observed one."""
    rng, covered = make_rng(seed), s.coverage > 0
    share = 1 - 0.5 ** (RESPONSE_DAYS / np.array(s.half_lives))
    observed, permuted = 0.0, np.zeros(N_PERMUTATIONS)
    for w, after, of in terms:
        u, memory, d = residual_series(s, after, of)
        observed += w * slope(u, memory, d)
        j, k = s.channels.index(after), s.channels.index(of)
        pool = np.delete(s.y, k, axis=1).sum(axis=1)
        for i in range(N_PERMUTATIONS):
            memories = compute_memories(permute_labels(s.y[:, j], pool, rng)[:, None], s.by_channel[:, j], s.half_lives)
            permuted[i] += w * slope(u, (memories @ share)[covered], d)
    extreme = permuted >= observed if claimed == "above" else permuted <= observed
    return float((1 + extreme.sum()) / (1 + N_PERMUTATIONS))


def _run(e: Estimate, estimates: EstimateFunction, view: ClaimContext) -> CheckOutcome:
    s = view.fit_system(e.fit)
    if s is None or e.measured is None:
        return not_applicable("shuffled_labels", e, "No system could be fitted.")
    p = p_value(s, e.terms, e.claimed, view.seed)
    how = f"share of {N_PERMUTATIONS} deals of the labels within {BLOCK_DAYS} days that show as much (seed {view.seed})"
    recipe = {"kind": "shuffled labels", "seed": view.seed}
    return p_value_outcome("shuffled_labels", e, p, "Of deals of the labels ", how, recipe)


CHECK = RobustnessCheck(
    "shuffled_labels", "shuffled labels", "Is it this kind of event that matters, or any event of those weeks?",
    lambda claim, e: bool(e.terms) and not all(j == k for _, j, k in e.terms), _run,
)  # fmt: skip
