"""Reporting changed: does it rest on what the case file states of the density of collection?

All watched days are taken as watched alike. If a finding stands with the stated density and without it, an
error in the density between the two does not make it.
"""

from detente.claims.checks.base import EstimateFunction, RobustnessCheck, outcome_of, re_estimate
from detente.claims.checks.result import CheckOutcome
from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate
from detente.text.sentence import make_sentence


def _run(e: Estimate, estimates: EstimateFunction, view: ClaimContext) -> CheckOutcome:
    if len({w.coverage for w in view.g.case.windows if w.coverage is not None}) < 2:
        return CheckOutcome(
            "reporting_changed", e.key, "not askable", make_sentence("All that was watched was watched alike.")
        )
    after = re_estimate(e, estimates, view.with_changes("even", even=True))
    return outcome_of("reporting_changed", e, after, "With every watched day counted alike")


CHECK = RobustnessCheck(
    "reporting_changed",
    "reporting changed",
    "Does it rest on the stated density of collection?",
    lambda claim, e: bool(e.terms) or e.key in ("strikes_more", "harm_more", "contacts_fewer"),
    _run,
)
