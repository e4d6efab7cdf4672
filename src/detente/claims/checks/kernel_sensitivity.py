"""Another kernel: half-lives of 1, 5 and 30 days instead of 2, 10 and 45."""

from detente.claims.checks.base import EstimateFunction, RobustnessCheck, outcome_of, re_estimate
from detente.claims.checks.result import CheckOutcome
from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate
from detente.text.sentence import ConventionPiece

HALF_LIVES = (1.0, 5.0, 30.0)


def _run(e: Estimate, estimates: EstimateFunction, view: ClaimContext) -> CheckOutcome:
    after = re_estimate(e, estimates, view.with_changes("kernel", half_lives=HALF_LIVES))
    how = ConventionPiece("1, 5 and 30\u00a0days", "shorter than the usual 2, 10 and 45, by a half to a third")
    return outcome_of("another_kernel", e, after, "With half-lives of ", how)


CHECK = RobustnessCheck(
    "another_kernel", "another kernel", "Does it rest on how long the past is taken to be felt?",
    lambda claim, e: bool(e.terms), _run,
)  # fmt: skip
