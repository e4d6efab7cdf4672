"""Drop the densest window: the estimate without the period of highest reporting coverage.

Its days are treated as not covered. That period is often the worst of the conflict, so this is the most demanding check.
"""

from detente.claims.checks.base import EstimateFunction, RobustnessCheck, not_applicable, outcome_of, re_estimate
from detente.claims.checks.coverage_sensitivity import EQUAL_COVERAGE
from detente.claims.checks.result import CheckOutcome
from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate


def _run(e: Estimate, estimates: EstimateFunction, view: ClaimContext) -> CheckOutcome:
    g = view.g
    known = [w for w in g.case.windows if w.coverage is not None and w.first <= g.as_of]
    if len({w.coverage for w in known}) < 2:
        return not_applicable("drop_densest_window", e, EQUAL_COVERAGE)
    densest = max(known, key=lambda w: w.coverage or 0.0)
    out = [str(densest.first), str(min(densest.last or g.as_of, g.as_of))]
    after = re_estimate(e, estimates, view.with_changes("densest", left_out=out))
    return outcome_of("drop_densest_window", e, after, "Without the window that was collected most closely")


CHECK = RobustnessCheck(
    "drop_densest_window", "drop the densest window", "Does it rest on the stretch that was collected most closely?",
    lambda claim, e: bool(e.terms) or e.line is not None, _run,
)  # fmt: skip
