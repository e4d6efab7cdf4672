"""Robustness checks of claims, one a module. `CHECKS` lists all of them, in the order in which they are reported.

On the flagship case all checks take about ten fits of the model, some eight seconds on two cores. Fits are cached by
what a check changes, so claims share them.
"""

from collections.abc import Sequence
from typing import Protocol

from detente.claims.checks import (
    circular_shift,
    coverage_assumptions,
    coverage_sensitivity,
    external_replication,
    kernel_sensitivity,
    label_permutation,
    leave_one_actor_out,
    leave_window_out,
    placebo_border,
    unnamed_fighters,
)
from detente.claims.checks.base import EstimateFunction, RobustnessCheck
from detente.claims.checks.result import CheckOutcome
from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate
from detente.claims.verdict import LEANING

CHECKS: tuple[RobustnessCheck, ...] = (
    circular_shift.CHECK,
    placebo_border.CHECK,
    label_permutation.CHECK,
    leave_one_actor_out.CHECK,
    leave_window_out.CHECK,
    coverage_sensitivity.CHECK,
    coverage_assumptions.CHECK,
    unnamed_fighters.CHECK,
    kernel_sensitivity.CHECK,
    external_replication.CHECK,
)


class ClaimLike(Protocol):
    """The fields of a claim that a check uses."""

    @property
    def id(self) -> str: ...
    @property
    def estimates(self) -> EstimateFunction: ...


def run_checks(
    claim: ClaimLike, e: Estimate, view: ClaimContext, checks: Sequence[RobustnessCheck] = CHECKS
) -> tuple[CheckOutcome, ...]:
    """Run all checks that apply to one part; none if its claimed sign has a probability below 80 %."""
    if not e.enough or (e.probability or 0.0) < LEANING:
        return ()
    return tuple(c.run(e, claim.estimates, view) for c in checks if c.applies(claim.id, e))
