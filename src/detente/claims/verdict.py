"""The verdict: one rule for every claim, from probabilities, numbers of events and attacks.

A part of a claim is

    too little data   fewer than 10 events carry it, or the system says `too_few` of a channel it uses
    supported         probability of the claimed sign at least 95 %, and no attack failed
    leaning           at least 80 %; or 95 % with a failed attack, or with none that could be asked
    contradicted      at most 5 %
    not supported     all else

A claim takes the weakest of its necessary parts, in the order contradicted, not supported, too little data,
leaning, supported: a chain is as good as its weakest link, and one that is known to be broken is broken
whatever is unknown of the others. Parts that are not necessary are told and do not count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

SUPPORTED, LEANING, CONTRADICTED = 0.95, 0.80, 0.05
ENOUGH_EVENTS = 10

VerdictLabel = Literal["contradicted", "not supported", "too little data", "leaning", "supported"]
ORDER: tuple[VerdictLabel, ...] = ("contradicted", "not supported", "too little data", "leaning", "supported")
# A filled, a half, an empty shape, a crossed one and a dotted one: they differ in black and white.
VERDICT_SYMBOLS: dict[VerdictLabel, str] = {
    "supported": "●",
    "leaning": "◐",
    "not supported": "○",
    "contradicted": "⊗",
    "too little data": "◌",
}


class EstimateLike(Protocol):
    """What the rule reads of an estimate."""

    @property
    def key(self) -> str: ...
    @property
    def necessary(self) -> bool: ...
    @property
    def enough(self) -> bool: ...
    @property
    def probability(self) -> float | None: ...


class OutcomeLike(Protocol):
    """What the rule reads of an attack's outcome."""

    @property
    def part(self) -> str: ...
    @property
    def result(self) -> str: ...


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """A word and what it rests on.

    Fields:
        word: of the five. weakest: key of the part that decided, None where a claim has none.
        held, failed, not_askable: attacks on necessary parts, counted. Not askable is not held.
    """

    word: VerdictLabel
    weakest: str | None
    held: int
    failed: int
    not_askable: int

    @property
    def mark(self) -> str:
        """A shape that can be told from the others in black and white."""
        return VERDICT_SYMBOLS[self.word]


def decide_part_verdict(part: EstimateLike, outcomes: Sequence[OutcomeLike]) -> VerdictLabel:
    """The word for one part.

    Example:
        >>> from types import SimpleNamespace as N
        >>> part = N(key="x", necessary=True, enough=True, probability=0.97)
        >>> decide_part_verdict(part, [N(part="x", result="held")]), decide_part_verdict(part, [N(part="x", result="failed")])
        ('supported', 'leaning')
        >>> decide_part_verdict(part, [])    # nobody has attacked it
        'leaning'
    """
    p = part.probability
    if not part.enough or p is None:
        return "too little data"
    if p <= CONTRADICTED:
        return "contradicted"
    if p < LEANING:
        return "not supported"
    results = [o.result for o in outcomes if o.part == part.key]
    stands = "failed" not in results and "held" in results
    return "supported" if p >= SUPPORTED and stands else "leaning"


def decide_verdict(parts: Sequence[EstimateLike], outcomes: Sequence[OutcomeLike] = ()) -> ClaimVerdict:
    """The verdict of a claim: the weakest of its necessary parts."""
    needed = [p for p in parts if p.necessary]
    words = {p.key: decide_part_verdict(p, outcomes) for p in needed}
    weakest = min(needed, key=lambda p: ORDER.index(words[p.key]), default=None)
    about = [o.result for o in outcomes if o.part in words]
    return ClaimVerdict(
        words[weakest.key] if weakest else "too little data",
        weakest.key if weakest else None,
        about.count("held"),
        about.count("failed"),
        about.count("not askable"),
    )
