"""Robustness checks of claims, one a module. `CHECKS` lists all of them, in the order in which they are reported.

Three of them decide (`verdict.DECIDING`): a part that fails one is not supported. A check that could not fail is not run:
half-lives other than the fit's changed no false finding of `docs/replications/lead_check.md`, nor did equal reporting coverage
change a response. Fits are cached by what a check changes, so claims share them.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from detente.claims.checks import (
    break_moved,
    circular_shift,
    coverage_assumptions,
    coverage_sensitivity,
    external_replication,
    label_permutation,
    lead_check,
    leave_one_actor_out,
    leave_window_out,
    unnamed_fighters,
)
from detente.claims.checks.base import EstimateFunction, RobustnessCheck, can_be_checked
from detente.claims.checks.result import CheckOutcome
from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate, reverse_claim
from detente.claims.verdict import CONTRADICTED
from detente.text.sentence import make_sentence

CHECKS: tuple[RobustnessCheck, ...] = (
    lead_check.CHECK,
    circular_shift.CHECK,
    label_permutation.CHECK,
    leave_one_actor_out.CHECK,
    leave_window_out.CHECK,
    coverage_sensitivity.CHECK,
    coverage_assumptions.CHECK,
    unnamed_fighters.CHECK,
    break_moved.CHECK,
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
    """Run all checks that apply to one part; none if neither its claimed sign nor the contrary has a probability of 90 %.

    Where the contrary has a probability of at least 95 %, the checks attack the contrary: a part is contradicted only if
    the contrary stands.
    """
    contrary = e.chance is not None and (e.probability or 0.0) <= CONTRADICTED
    if contrary:
        e = reverse_claim(e)
    if not can_be_checked(e):
        return ()
    outcomes = tuple(c.run(e, claim.estimates, view) for c in checks if c.applies(claim.id, e))
    if not contrary:
        return outcomes
    return tuple(replace(o, told=make_sentence("Of the contrary: ", *o.told.pieces)) for o in outcomes)
