"""The outcome of a robustness check: held, failed, or not applicable, which counts as neither."""

from dataclasses import dataclass
from typing import Literal

from detente.text.sentence import Sentence

ResultLabel = Literal["held", "failed", "not applicable"]


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """The outcome of one check of one part of a claim.

    Fields:
        check: key of the check. part: key of the estimate. result: `not applicable` where the check does not apply.
        told: what was done and its result, with traceable numbers; where it does not apply, what is missing.
    """

    check: str
    part: str
    result: ResultLabel
    told: Sentence
