"""What every attack is: a question put to one part of a claim, and whom it may be put to.

An attack is made on parts whose claimed sign has a probability of 80 % or more: what does not stand cannot
be felled. Those that change the data and estimate again hold if the sign still has that probability
afterwards. With less data less is known, so 95 % is not asked twice.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from detente.claims.checks.result import CheckOutcome, ResultLabel
from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate
from detente.claims.estimate_text import probability_text
from detente.claims.verdict import LEANING
from detente.text.sentence import SentencePiece, make_sentence

EstimateFunction = Callable[[ClaimContext], tuple[Estimate, ...]]


@dataclass(frozen=True, slots=True)
class RobustnessCheck:
    """One attack.

    Fields:
        key: its name in code. title: in words. asks: the question, in a sentence.
        applies: may it be put to this part of this claim? It may apply and still not be askable.
        run: makes the attack; gets a way to estimate the claim again on a changed view.
    """

    key: str
    title: str
    asks: str
    applies: Callable[[str, Estimate], bool]
    run: Callable[[Estimate, EstimateFunction, ClaimContext], CheckOutcome]


def re_estimate(e: Estimate, estimates: EstimateFunction, changed: ClaimContext) -> Estimate:
    """The same part on a changed view."""
    return next(x for x in estimates(changed) if x.key == e.key)


def outcome_of(check: str, e: Estimate, after: Estimate, *how: SentencePiece) -> CheckOutcome:
    """Held if the sign keeps its probability on the changed data."""
    if not after.enough or after.chance is None:
        return CheckOutcome(
            check, e.key, "not askable", make_sentence(*how, f" too little would be left: {after.why_not}.")
        )
    m = replace(after.chance, key=f"{e.key}_{check}")
    result: ResultLabel = "held" if (m.value or 0.0) >= LEANING else "failed"
    return CheckOutcome(check, e.key, result, make_sentence(*how, " it is ", probability_text(m), "."))
