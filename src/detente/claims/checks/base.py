"""The interface of robustness checks, and the outcome of those that estimate again.

Checks run on parts whose claimed sign, or its contrary, has a probability of at least 90 %. A check that changes the data
and estimates again holds if the sign still has a probability of 80 %. It does not require more, since fewer data give wider
intervals.

A changed fit covers the effects that the claim asks about; the rest is taken from the fit of the whole record (`docs/replications/check_fits.md`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from detente.claims.checks.result import CheckOutcome, ResultLabel
from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate, reverse_claim
from detente.claims.estimate_text import probability_text
from detente.claims.verdict import LEANING
from detente.text.sentence import SentencePiece, make_sentence

HELD_AGAIN = 0.80  # probability that the sign must keep on changed data
EstimateFunction = Callable[[ClaimContext], tuple[Estimate, ...]]


@dataclass(frozen=True, slots=True)
class RobustnessCheck:
    """One robustness check.

    Fields:
        key: its name in code. title: in words. asks: the question, in a sentence.
        applies: whether it suits this part of this claim. The data may still lack what it needs.
        run: runs the check; takes a function that estimates the claim again on changed data.
    """

    key: str
    title: str
    asks: str
    applies: Callable[[str, Estimate], bool]
    run: Callable[[Estimate, EstimateFunction, ClaimContext], CheckOutcome]


def re_estimate(e: Estimate, estimates: EstimateFunction, changed: ClaimContext) -> Estimate:
    """Estimate the same part, with the same claimed sign, in a changed context."""
    again = next(x for x in estimates(changed) if x.key == e.key)
    return again if again.claimed == e.claimed else reverse_claim(again)


def can_be_checked(e: Estimate) -> bool:
    """Whether a part has enough events and probability for checks to matter."""
    return e.enough and (e.probability or 0.0) >= LEANING


def not_applicable(check: str, e: Estimate, *why: SentencePiece) -> CheckOutcome:
    """The outcome of a check for which data are missing."""
    return CheckOutcome(check, e.key, "not applicable", make_sentence(*why))


def outcome_of(check: str, e: Estimate, after: Estimate, *how: SentencePiece) -> CheckOutcome:
    """The outcome of a check that estimates again: held if the sign has a probability of at least 80 % in `after`."""
    if not after.enough or after.chance is None:
        return not_applicable(check, e, *how, f" too little would be left: {after.why_not}.")
    m = replace(after.chance, key=f"{e.key}_{check}")
    result: ResultLabel = "held" if (m.value or 0.0) >= HELD_AGAIN else "failed"
    return CheckOutcome(check, e.key, result, make_sentence(*how, " it is ", probability_text(m), "."))
