"""Shuffled labels: is it this channel's events that matter, or any event of those weeks?

Within each quarter (90 days) the labels of channel j's events are dealt anew among all events but those of
the channel that answers, and the slope of `circular_shift.py` is computed again, 400 times with a stated
seed. A season of crisis stays a season of crisis; only who acted when in it is lost. Held if p <= 5 %.
"""

import numpy as np
from numpy.typing import NDArray

from detente.claims.checks.base import EstimateFunction, RobustnessCheck
from detente.claims.checks.circular_shift import MAX_P_VALUE, residual_series, slope
from detente.claims.checks.result import CheckOutcome, ResultLabel
from detente.claims.context import ClaimContext
from detente.claims.estimate import RESPONSE_DAYS, Estimate
from detente.core.rng import make_rng
from detente.measures.quantity import Quantity
from detente.model.fit import FittedModel
from detente.model.kernels import compute_memories
from detente.text.sentence import NumberPiece, make_sentence

BLOCK_DAYS, N_PERMUTATIONS = 90, 400


def permute_labels(y: NDArray[np.int64], pool: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Channel counts after dealing its labels among the pool within blocks; both of shape (day,), as is the result.

    Example:
        >>> y = np.array([1, 0, 0, 2])
        >>> int(permute_labels(y, y + 1, np.random.default_rng(0)).sum())    # none is lost
        3
    """
    out = np.zeros_like(y)
    for a in range(0, len(y), BLOCK_DAYS):
        days = np.repeat(np.arange(a, min(a + BLOCK_DAYS, len(y))), pool[a : a + BLOCK_DAYS])
        n = int(y[a : a + BLOCK_DAYS].sum())
        np.add.at(out, rng.permutation(days)[:n], 1)
    return out


def p_value(s: FittedModel, terms: tuple[tuple[float, str, str], ...], claimed: str, seed: int) -> float:
    """The share of deals, with the truth among them, that show as much as was seen."""
    rng, watched = make_rng(seed), s.coverage > 0
    share = 1 - 0.5 ** (RESPONSE_DAYS / np.array(s.half_lives))
    seen, tried = 0.0, np.zeros(N_PERMUTATIONS)
    for w, after, of in terms:
        u, memory, d = residual_series(s, after, of)
        seen += w * slope(u, memory, d)
        j, k = s.channels.index(after), s.channels.index(of)
        pool = np.delete(s.y, k, axis=1).sum(axis=1)
        for i in range(N_PERMUTATIONS):
            again = compute_memories(permute_labels(s.y[:, j], pool, rng)[:, None], s.coverage, s.half_lives)
            tried[i] += w * slope(u, (again @ share)[watched], d)
    extreme = tried >= seen if claimed == "above" else tried <= seen
    return float((1 + extreme.sum()) / (1 + N_PERMUTATIONS))


def _run(e: Estimate, estimates: EstimateFunction, view: ClaimContext) -> CheckOutcome:
    s = view.fit_system(e.fit)
    if s is None or e.measured is None:
        return CheckOutcome("shuffled_labels", e.key, "not askable", make_sentence("No system could be fitted."))
    p = p_value(s, e.terms, e.claimed, view.seed)
    recipe = {"kind": "shuffled labels", "seed": view.seed, "claimed": e.claimed, "of": e.measured.recipe}
    how = f"share of {N_PERMUTATIONS} deals of the labels within {BLOCK_DAYS} days that show as much (seed {view.seed})"
    m = Quantity(f"{e.key}_shuffled_labels", p, "share", how, recipe, e.measured.events)
    text = f"{100 * p:.0f}\u00a0%" if p >= 0.01 else "under 1\u00a0%"
    result: ResultLabel = "held" if p <= MAX_P_VALUE else "failed"
    return CheckOutcome(
        "shuffled_labels",
        e.key,
        result,
        make_sentence("Of deals of the labels ", NumberPiece(m, text), " show as much."),
    )


CHECK = RobustnessCheck(
    "shuffled_labels",
    "shuffled labels",
    "Is it this kind of event that matters, or any event of those weeks?",
    lambda claim, e: bool(e.terms) and not all(j == k for _, j, k in e.terms),
    _run,
)
