"""The verdict on a claim, from the verdicts on its parts (`model/verdict_rule.py`).

A claim takes the verdict of its weakest necessary part, in the order contradicted, not applicable, not supported, too
little data, leaning, supported. A contradicted part decides even where data for other parts are missing. A part is not
applicable where no source of the case records what it needs. Parts that are not necessary are reported and do not count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from detente.model.verdict_rule import (
    CONTRADICTED,
    DECIDING,
    ENOUGH_EVENTS,
    LEANING,
    SUPPORTED,
    apply_verdict_rule,
)
from detente.model.verdict_rule import VerdictLabel as RuleLabel

__all__ = [
    "CONTRADICTED", "DECIDING", "ENOUGH_EVENTS", "LEANING", "ORDER", "SUPPORTED", "VERDICT_SYMBOLS", "ClaimVerdict",
    "VerdictLabel", "decide_part_verdict", "decide_verdict",
]  # fmt: skip

VerdictLabel = RuleLabel | Literal["not applicable"]
ORDER: tuple[VerdictLabel, ...] = (
    "contradicted", "not applicable", "not supported", "too little data", "leaning", "supported",
)  # fmt: skip
# The shapes differ in black and white.
VERDICT_SYMBOLS: dict[VerdictLabel, str] = {
    "supported": "●",
    "leaning": "◐",
    "not supported": "○",
    "contradicted": "⊗",
    "too little data": "◌",
    "not applicable": "–",
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
    def applicable(self) -> bool: ...
    @property
    def why_not(self) -> str: ...
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
        word: one of the six. weakest: key of the part that decided, None if no part is necessary.
        held, failed, not_applicable: numbers of checks of necessary parts. A check that does not apply has not held.
        reason: where it is not applicable, what the sources of the case do not record, as a clause; else empty.
    """

    word: VerdictLabel
    weakest: str | None
    held: int
    failed: int
    not_applicable: int
    reason: str = ""

    @property
    def mark(self) -> str:
        """The verdict's symbol."""
        return VERDICT_SYMBOLS[self.word]


def decide_part_verdict(part: EstimateLike, outcomes: Sequence[OutcomeLike]) -> VerdictLabel:
    """Return the verdict on one part.

    Raises:
        ValueError: its probability is NaN or outside 0 to 1.

    Example:
        >>> from types import SimpleNamespace as N
        >>> part = N(key="x", applicable=True, enough=True, probability=0.97, required=("lead_check",))
        >>> held, failed = (N(check="lead_check", part="x", result=r) for r in ("held", "failed"))
        >>> [decide_part_verdict(part, [o]) for o in (held, failed)]
        ['supported', 'not supported']
    """
    if not part.applicable:
        return "not applicable"
    results = {o.check: o.result for o in outcomes if o.part == part.key}
    if part.probability is not None and not 0 <= part.probability <= 1:
        raise ValueError(f"The part {part.key!r} has the probability {part.probability}; it must be from 0 to 1.")
    return apply_verdict_rule(part.probability, results, required=part.required, enough=part.enough)


def decide_verdict(parts: Sequence[EstimateLike], outcomes: Sequence[OutcomeLike] = ()) -> ClaimVerdict:
    """Return the verdict on a claim, that of its weakest necessary part."""
    needed = [p for p in parts if p.necessary]
    words = {p.key: decide_part_verdict(p, outcomes) for p in needed}
    weakest = min(needed, key=lambda p: ORDER.index(words[p.key]), default=None)
    results = [o.result for o in outcomes if o.part in words]
    return ClaimVerdict(
        words[weakest.key] if weakest else "too little data", weakest.key if weakest else None, results.count("held"),
        results.count("failed"), results.count("not applicable"),
        weakest.why_not if weakest and words[weakest.key] == "not applicable" else "",
    )  # fmt: skip
