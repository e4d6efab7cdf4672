"""Named fighters only: the estimate without operations against fighters whom nobody named.

A case's rule may count such operations as force against the group, by where they happened. An estimate that holds
without them does not depend on that rule.
"""

from detente.cases.load import is_against_unnamed
from detente.claims.checks.base import EstimateFunction, RobustnessCheck, not_applicable, outcome_of, re_estimate
from detente.claims.checks.result import CheckOutcome
from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate


def _run(e: Estimate, estimates: EstimateFunction, view: ClaimContext) -> CheckOutcome:
    if not any(is_against_unnamed(view.g, x) for x in view.g.events):
        return not_applicable("named_fighters_only", e, "No operation against unnamed fighters is counted.")
    after = re_estimate(e, estimates, view.with_changes("named only", named_only=True))
    return outcome_of("named_fighters_only", e, after, "Without the operations against unnamed fighters")


CHECK = RobustnessCheck(
    "named_fighters_only", "named fighters only", "Does it rest on operations against fighters whom nobody named?",
    lambda claim, e: bool(e.terms) or e.key == "force_whose", _run,
)  # fmt: skip
