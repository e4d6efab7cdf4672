"""Attacks on claims, one a file. `CHECKS` is the whole register, in the order in which they are told.

On the flagship a full round costs about ten fits of the system, some eight seconds on two cores: fits are kept
by what was changed, so that claims share them.
"""

from collections.abc import Sequence
from typing import Protocol

from detente.claims.checks import (
    circular_shift,
    external_replication,
    kernel_sensitivity,
    label_permutation,
    leave_one_actor_out,
    leave_window_out,
    placebo_border,
    reporting_changed,
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
    reporting_changed.CHECK,
    kernel_sensitivity.CHECK,
    external_replication.CHECK,
)


class ClaimLike(Protocol):
    """What an attack reads of a claim."""

    @property
    def id(self) -> str: ...
    @property
    def estimates(self) -> EstimateFunction: ...


def run_checks(
    claim: ClaimLike, e: Estimate, view: ClaimContext, checks: Sequence[RobustnessCheck] = CHECKS
) -> tuple[CheckOutcome, ...]:
    """All attacks that apply to one part; none on a part that does not stand."""
    if not e.enough or (e.probability or 0.0) < LEANING:
        return ()
    return tuple(c.run(e, claim.estimates, view) for c in checks if c.applies(claim.id, e))
