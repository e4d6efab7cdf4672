r"""Placebo in time: a circular-shift test of the association between two series. Held if p <= 5 %.

For a response the test is that of `model/placebo_tests.py`. For shares and ratios the statistic is the number of days on which
both series have an event; one series is shifted against the other as there.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from detente.claims.checks.base import EstimateFunction, RobustnessCheck, not_applicable
from detente.claims.checks.result import CheckOutcome, ResultLabel
from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate
from detente.core.arrays import FloatArray
from detente.measures.quantity import Quantity
from detente.model.placebo_tests import MAX_P_VALUE, MIN_SHIFT_DAYS, placebo_in_time_p, shift_p, shifts
from detente.text.sentence import NumberPiece, make_sentence


def _run(e: Estimate, estimates: EstimateFunction, view: ClaimContext) -> CheckOutcome:
    if e.line is not None:
        p, n = shift_p(*_count_coincidences(e), e.claimed)
    else:
        s = view.fit_system(e.fit)
        if s is None:
            return not_applicable("placebo_in_time", e, "No system could be fitted.")
        p, n = placebo_in_time_p(s, e.terms, e.claimed)
    if not p <= 1:
        return not_applicable("placebo_in_time", e, "The observation period is too short to shift one series far.")
    how = f"share of {n} circular shifts, of {MIN_SHIFT_DAYS} days or more, that show as much"
    recipe = {"kind": "placebo in time", "least": MIN_SHIFT_DAYS}
    return p_value_outcome("placebo_in_time", e, p, "Of shifts in time ", how, recipe)


def p_value_outcome(check: str, e: Estimate, p: float, start: str, how: str, recipe: Mapping[str, Any]) -> CheckOutcome:
    """The outcome of a placebo test: held if p <= 5 %. `start` begins its sentence."""
    of, events = (e.measured.recipe, e.measured.events) if e.measured else ({}, ())
    m = Quantity(f"{e.key}_{check}", p, "share", how, {**recipe, "claimed": e.claimed, "of": of}, events)
    text = f"{100 * p:.0f}\u00a0%" if p >= 0.01 else "under 1\u00a0%"
    result: ResultLabel = "held" if p <= MAX_P_VALUE else "failed"
    return CheckOutcome(check, e.key, result, make_sentence(start, NumberPiece(m, text), " show as much."))


def _count_coincidences(e: Estimate) -> tuple[float, FloatArray]:
    line = e.line
    assert line is not None
    tried = np.array([np.roll(line.moving, i) @ line.fixed for i in shifts(len(line.moving))])
    return float(line.moving @ line.fixed), tried


CHECK = RobustnessCheck(
    "placebo_in_time", "placebo in time", "Would as much be seen if one series were shifted in time against the other?",
    lambda claim, e: bool(e.terms) or e.line is not None, _run,
)  # fmt: skip
