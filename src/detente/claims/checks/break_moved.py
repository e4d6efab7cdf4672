"""Break moved: the change of a monthly count with the break half a year earlier and half a year later.

The takeover is a day, but its effects need not begin on it, and violence may have risen before. The less favourable of the
two is reported. The check concerns the one part that compares the months before and after a break.
"""

from detente.claims.checks.base import EstimateFunction, RobustnessCheck, not_applicable, outcome_of
from detente.claims.checks.result import CheckOutcome
from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate, reverse_claim
from detente.claims.violence_before_after import KEY, estimate_violence_change
from detente.text.sentence import ConventionPiece

SHIFT_MONTHS = 6


def _run(e: Estimate, estimates: EstimateFunction, view: ClaimContext) -> CheckOutcome:
    moved = [(estimate_violence_change(view, shift=s), s) for s in (-SHIFT_MONTHS, SHIFT_MONTHS)]
    tried = [
        (x if x.claimed == e.claimed else reverse_claim(x), s)
        for x, s in moved
        if x is not None and x.chance is not None
    ]
    if len(tried) < len(moved):
        return not_applicable("break_moved", e, "The figures do not reach far enough to move the break.")
    after, shift = min(tried, key=lambda x: x[0].probability or 0.0)
    months = ConventionPiece(f"{SHIFT_MONTHS} months", "half a year, longer than most effects of a change of rule take")
    way = "earlier" if shift < 0 else "later"
    return outcome_of("break_moved", e, after, "With the break ", months, f" {way}, the less favourable way,")


CHECK = RobustnessCheck(
    "break_moved", "break moved", "Does it rest on the month taken as the break?", lambda claim, e: e.key == KEY, _run
)
