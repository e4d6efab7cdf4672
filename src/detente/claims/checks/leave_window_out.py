"""Drop the densest window: does it rest on the stretch that was collected most closely?

Its days are taken as not watched. The densest window of collection is often the worst of the conflict, so
this is the hardest of the attacks.
"""

from detente.claims.checks.base import EstimateFunction, RobustnessCheck, outcome_of, re_estimate
from detente.claims.checks.result import CheckOutcome
from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate
from detente.text.sentence import make_sentence


def _run(e: Estimate, estimates: EstimateFunction, view: ClaimContext) -> CheckOutcome:
    g = view.g
    known = [w for w in g.case.windows if w.coverage is not None and w.first <= g.as_of]
    if len({w.coverage for w in known}) < 2:
        return CheckOutcome(
            "drop_densest_window", e.key, "not askable", make_sentence("All that was watched was watched alike.")
        )
    densest = max(known, key=lambda w: w.coverage or 0.0)
    out = [str(densest.first), str(min(densest.last or g.as_of, g.as_of))]
    after = re_estimate(e, estimates, view.with_changes("densest", left_out=out))
    return outcome_of("drop_densest_window", e, after, "Without the window that was collected most closely")


CHECK = RobustnessCheck(
    "drop_densest_window",
    "drop the densest window",
    "Does it rest on the stretch that was collected most closely?",
    lambda claim, e: bool(e.terms) or e.line is not None,
    _run,
)
