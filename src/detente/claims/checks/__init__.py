"""Attacks on claims, one a file. `CHECKS` is the whole register, in the order in which they are told.

On the flagship a full round costs about ten fits of the system, some eight seconds on two cores: fits are kept
by what was changed, so that claims share them.
"""

from collections.abc import Sequence
from typing import Protocol

from detente.claims.checks import (
    another_kernel,
    drop_actor,
    drop_densest_window,
    other_source,
    placebo_border,
    placebo_in_time,
    reporting_changed,
    shuffled_labels,
)
from detente.claims.checks.check import Again, Check
from detente.claims.checks.outcome import Outcome
from detente.claims.estimate import Estimate
from detente.claims.verdict import LEANING
from detente.claims.view import View

CHECKS: tuple[Check, ...] = (
    placebo_in_time.CHECK,
    placebo_border.CHECK,
    shuffled_labels.CHECK,
    drop_actor.CHECK,
    drop_densest_window.CHECK,
    reporting_changed.CHECK,
    another_kernel.CHECK,
    other_source.CHECK,
)


class Claimed(Protocol):
    """What an attack reads of a claim."""

    @property
    def id(self) -> str: ...
    @property
    def estimates(self) -> Again: ...


def attack(claim: Claimed, e: Estimate, view: View, checks: Sequence[Check] = CHECKS) -> tuple[Outcome, ...]:
    """All attacks that apply to one part; none on a part that does not stand."""
    if not e.enough or (e.probability or 0.0) < LEANING:
        return ()
    return tuple(c.run(e, claim.estimates, view) for c in checks if c.applies(claim.id, e))
