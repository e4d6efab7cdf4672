"""Shuffled labels: a permutation test of whether this channel's events matter, or any events of those weeks.

The test is that of `model/placebo_tests.py`. Held if p <= 5 %.
"""

from detente.claims.checks.base import EstimateFunction, RobustnessCheck, not_applicable
from detente.claims.checks.circular_shift import p_value_outcome
from detente.claims.checks.result import CheckOutcome
from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate
from detente.model.placebo_tests import BLOCK_DAYS, N_PERMUTATIONS, shuffled_labels_p


def _run(e: Estimate, estimates: EstimateFunction, view: ClaimContext) -> CheckOutcome:
    s = view.fit_system(e.fit)
    if s is None or e.measured is None:
        return not_applicable("shuffled_labels", e, "No system could be fitted.")
    p = shuffled_labels_p(s, e.terms, e.claimed, view.seed)
    if not p <= 1:
        return not_applicable("shuffled_labels", e, "Other channels have too few events to exchange labels with.")
    how = f"share of {N_PERMUTATIONS} deals of the labels within {BLOCK_DAYS} days that show as much (seed {view.seed})"
    recipe = {"kind": "shuffled labels", "seed": view.seed}
    return p_value_outcome("shuffled_labels", e, p, "Of random exchanges of the labels ", how, recipe)


CHECK = RobustnessCheck(
    "shuffled_labels", "shuffled labels", "Is it this kind of event that matters, or any event of those weeks?",
    lambda claim, e: bool(e.terms) and not all(j == k for _, j, k in e.terms), _run,
)  # fmt: skip
