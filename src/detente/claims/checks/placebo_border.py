"""Placebo border: do as many attacks fall by any other border of either state?

Held if every other border's share has its upper limit under this border's lower limit.
"""

from detente.claims.checks.base import EstimateFunction, RobustnessCheck
from detente.claims.checks.result import CheckOutcome
from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate
from detente.measures.errors import NotObserved
from detente.measures.quantity_places import near_border_share
from detente.text.numbers import share_text
from detente.text.sentence import make_sentence

NEAR_KM = 50.0


def _run(e: Estimate, estimates: EstimateFunction, view: ClaimContext) -> CheckOutcome:
    attack, ground = view.channel("attack"), view.geography
    if ground is None or not ground.placebos:
        missing = make_sentence(
            "The case comes without a map." if ground is None else "The case's geometry holds no other border."
        )
        return CheckOutcome("placebo_border", e.key, "not askable", missing)
    try:
        here = near_border_share(view.g, "border_here", attack, ground.border, view.g.case.names.border, NEAR_KM)
        others = [near_border_share(view.g, "border_there", attack, x, n, NEAR_KM) for n, x in ground.placebos.items()]
    except NotObserved:
        return CheckOutcome("placebo_border", e.key, "not askable", make_sentence("No attack has a known place."))
    worst = max(others, key=lambda m: m.high or 0.0)
    held = (worst.high or 0.0) < (here.low or 0.0)
    told = make_sentence(
        "By the next best border lie ", share_text(worst), " of attacks, by this one ", share_text(here), "."
    )
    return CheckOutcome("placebo_border", e.key, "held" if held else "failed", told)


CHECK = RobustnessCheck(
    "placebo_border",
    "placebo border",
    "Do as many attacks fall by any other border?",
    lambda claim, e: e.key == "nearer",
    _run,
)
