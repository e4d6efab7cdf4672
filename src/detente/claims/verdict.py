"""The verdict rule, from probabilities, numbers of events and robustness checks.

Three checks decide (`DECIDING`): lead check, placebo in time, shuffled labels. A part of a claim is

    too little data   fewer than 10 events support it, or it uses a channel in the model's `too_few`
    not supported     a deciding check failed, whatever the probability
    supported         probability of the claimed sign at least 95 %, no check failed, at least one held, and each of its
                      `required` checks held (the lead check, for a response)
    leaning           at least 90 %
    contradicted      at most 5 %, under the same conditions as supported, for the contrary
    not supported     all else

A claim takes the verdict of its weakest necessary part, in the order contradicted, not supported, too little data,
leaning, supported. A contradicted part decides even where data for other parts are missing. Parts that are not
necessary are reported and do not count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

SUPPORTED, LEANING, CONTRADICTED = 0.95, 0.90, 0.05
ENOUGH_EVENTS = 10
DECIDING = ("lead_check", "placebo_in_time", "shuffled_labels")

VerdictLabel = Literal["contradicted", "not supported", "too little data", "leaning", "supported"]
ORDER: tuple[VerdictLabel, ...] = ("contradicted", "not supported", "too little data", "leaning", "supported")
# The shapes differ in black and white.
VERDICT_SYMBOLS: dict[VerdictLabel, str] = {
    "supported": "●",
    "leaning": "◐",
    "not supported": "○",
    "contradicted": "⊗",
    "too little data": "◌",
}


class EstimateLike(Protocol):
    """The fields of an estimate that the rule uses."""

    @property
    def key(self) -> str: ...
    @property
    def necessary(self) -> bool: ...
    @property
    def enough(self) -> bool: ...
    @property
    def probability(self) -> float | None: ...
    @property
    def required(self) -> tuple[str, ...]: ...


class OutcomeLike(Protocol):
    """The fields of a check's outcome that the rule uses."""

    @property
    def check(self) -> str: ...
    @property
    def part(self) -> str: ...
    @property
    def result(self) -> str: ...


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """The verdict on a claim.

    Fields:
        word: one of the five. weakest: key of the part that decided, None if no part is necessary.
        held, failed, not_askable: numbers of checks of necessary parts. A check that does not apply has not held.
    """

    word: VerdictLabel
    weakest: str | None
    held: int
    failed: int
    not_askable: int

    @property
    def mark(self) -> str:
        """The verdict's symbol."""
        return VERDICT_SYMBOLS[self.word]


def decide_part_verdict(part: EstimateLike, outcomes: Sequence[OutcomeLike]) -> VerdictLabel:
    """Return the verdict on one part.

    Raises:
        ValueError: the probability is NaN or outside 0 to 1.

    Example:
        >>> from types import SimpleNamespace as N
        >>> part = N(key="x", necessary=True, enough=True, probability=0.97, required=("lead_check",))
        >>> held, failed = (N(check="lead_check", part="x", result=r) for r in ("held", "failed"))
        >>> [decide_part_verdict(part, [o]) for o in (held, failed)]
        ['supported', 'not supported']
        >>> decide_part_verdict(part, [])    # no check was run
        'leaning'
    """
    p = part.probability
    if p is not None and not 0 <= p <= 1:  # NaN lies nowhere
        raise ValueError(
            f"The probability of {part.key!r} is {p}. Pass a number from 0 to 1, or None where it is unknown."
        )
    if not part.enough or p is None:
        return "too little data"
    result = {o.check: o.result for o in outcomes if o.part == part.key}
    if any(result.get(c) == "failed" for c in DECIDING):
        return "not supported"
    robust = (
        "failed" not in result.values()
        and "held" in result.values()
        and all(result.get(c) == "held" for c in part.required)
    )
    if p <= CONTRADICTED:
        return "contradicted" if robust else "not supported"
    if p < LEANING:
        return "not supported"
    return "supported" if p >= SUPPORTED and robust else "leaning"


def decide_verdict(parts: Sequence[EstimateLike], outcomes: Sequence[OutcomeLike] = ()) -> ClaimVerdict:
    """Return the verdict on a claim, that of its weakest necessary part."""
    needed = [p for p in parts if p.necessary]
    words = {p.key: decide_part_verdict(p, outcomes) for p in needed}
    weakest = min(needed, key=lambda p: ORDER.index(words[p.key]), default=None)
    results = [o.result for o in outcomes if o.part in words]
    return ClaimVerdict(
        words[weakest.key] if weakest else "too little data", weakest.key if weakest else None, results.count("held"),
        results.count("failed"), results.count("not askable"),
    )  # fmt: skip
