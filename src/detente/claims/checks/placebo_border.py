"""Placebo border: the share of attacks near the other borders of either state.

Held if the upper limit of every other border's share is below the lower limit of this border's share.
"""

from detente.claims.checks.base import EstimateFunction, RobustnessCheck, not_applicable
from detente.claims.checks.result import CheckOutcome
from detente.claims.context import NEAR_KM, ClaimContext
from detente.claims.estimate import Estimate
from detente.measures.errors import NotObserved
from detente.measures.quantity_places import near_border_share
from detente.text.numbers import share_text
from detente.text.sentence import make_sentence


def _run(e: Estimate, estimates: EstimateFunction, view: ClaimContext) -> CheckOutcome:
    attack, geo = view.channel("attack"), view.geography
    if geo is None:
        return not_applicable("placebo_border", e, "The case comes without a map.")
    if not geo.placebos:
        return not_applicable("placebo_border", e, "The case's geometry holds no other border.")
    try:
        here = near_border_share(view.g, "border_here", attack, geo.border, view.g.case.names.border, NEAR_KM)
        others = [near_border_share(view.g, "border_there", attack, x, n, NEAR_KM) for n, x in geo.placebos.items()]
    except NotObserved:
        return not_applicable("placebo_border", e, "No attack has a known place.")
    worst = max(others, key=lambda m: m.high or 0.0)
    held = (worst.high or 0.0) < (here.low or 0.0)
    text = make_sentence(
        "By the next best border lie ", share_text(worst), " of attacks, by this one ", share_text(here), "."
    )
    return CheckOutcome("placebo_border", e.key, "held" if held else "failed", text)


CHECK = RobustnessCheck(
    "placebo_border", "placebo border", "Do as many attacks fall by any other border?",
    lambda claim, e: e.key == "nearer", _run,
)  # fmt: skip
