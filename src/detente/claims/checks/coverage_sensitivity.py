"""Reporting changed: the estimate without the case file's reporting coverage.

All covered days count alike. A finding that holds both with the stated coverage and with equal coverage does not depend on
an error in the coverage between the two. Only comparisons of periods are checked: a response is estimated within weeks of equal
coverage, so the check could hardly fail there.
"""

from detente.claims.checks.base import EstimateFunction, RobustnessCheck, not_applicable, outcome_of, re_estimate
from detente.claims.checks.result import CheckOutcome
from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate

EQUAL_COVERAGE = "All that was watched was watched alike."


def _run(e: Estimate, estimates: EstimateFunction, view: ClaimContext) -> CheckOutcome:
    windows = [w for w in view.g.case.windows if w.coverage is not None]
    if len({w.coverage for w in windows}) < 2 and not any(w.kinds for w in windows):
        return not_applicable("reporting_changed", e, EQUAL_COVERAGE)
    after = re_estimate(e, estimates, view.with_changes("even", even=True))
    return outcome_of("reporting_changed", e, after, "With every observed day counted alike")


CHECK = RobustnessCheck(
    "reporting_changed", "reporting changed", "Does it rest on the stated reporting coverage?",
    lambda claim, e: e.measured is not None and e.measured.recipe["kind"] == "ratio", _run,
)  # fmt: skip
