"""Placebo border: do as many attacks fall by any other border of either state?

Held if every other border's share has its upper limit under this border's lower limit.
"""

from detente.claims.checks.base import Again, Check
from detente.claims.checks.result import Outcome
from detente.claims.context import View
from detente.claims.estimate import Estimate
from detente.measures.errors import NotWatched
from detente.measures.quantity_places import near_border
from detente.text.numbers import percent
from detente.text.sentence import say

NEAR = 50.0


def _run(e: Estimate, estimates: Again, view: View) -> Outcome:
    attack, ground = view.channel("attack"), view.ground
    if ground is None or not ground.placebos:
        missing = say(
            "The case comes without a map." if ground is None else "The case's geometry holds no other border."
        )
        return Outcome("placebo_border", e.key, "not askable", missing)
    try:
        here = near_border(view.g, "border_here", attack, ground.border, view.g.case.names.border, NEAR)
        others = [near_border(view.g, "border_there", attack, x, n, NEAR) for n, x in ground.placebos.items()]
    except NotWatched:
        return Outcome("placebo_border", e.key, "not askable", say("No attack has a known place."))
    worst = max(others, key=lambda m: m.high or 0.0)
    held = (worst.high or 0.0) < (here.low or 0.0)
    told = say("By the next best border lie ", percent(worst), " of attacks, by this one ", percent(here), ".")
    return Outcome("placebo_border", e.key, "held" if held else "failed", told)


CHECK = Check(
    "placebo_border",
    "placebo border",
    "Do as many attacks fall by any other border?",
    lambda claim, e: e.key == "nearer",
    _run,
)
