"""What came of an attack on a claim: held, failed, or not askable, which is neither."""

from dataclasses import dataclass
from typing import Literal

from detente.text.sentence import Sentence

ResultLabel = Literal["held", "failed", "not askable"]


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """One attack on one part of a claim.

    Fields:
        check: which attack. part: key of the estimate attacked. result: as it came out.
        told: what was done and seen, its numbers traced; where it could not be asked, what is missing.
    """

    check: str
    part: str
    result: ResultLabel
    told: Sentence
