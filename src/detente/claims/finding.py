"""What was found about one claim, and which events show it best."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from detente.claims.checks.result import CheckOutcome
from detente.claims.estimate import Estimate
from detente.claims.verdict import ClaimVerdict
from detente.core.publishers import publisher_name
from detente.events.event import Event
from detente.measures.quantity import Quantity
from detente.text.sentence import Sentence, collect_quantities

DESCRIPTIVE = "descriptive"


@dataclass(frozen=True, slots=True)
class Finding:
    """One point of a brief.

    Fields:
        claim: its id. headline: the point in one line, without numbers.
        sentences: what the record shows. limits: what it cannot show.
        short: the same in one sentence, for an answer of few words.
        pools: for each example wanted, ids of events that would show the point, best first.
        examples: those chosen, so that no event serves two points while another would do.
        enough: False where too little is recorded; the sentences then say so.
        kind: `descriptive` where counts, shares and durations are told as recorded; `tested` where a verdict is
            given. statement: what was tested.
        estimates: tested numbers, necessary ones first. tests: each in a careful sentence. outcomes: of the
            attacks. verdict: by the one rule of `verdict.py`; None where nothing was tested.
    """

    claim: str
    headline: str
    sentences: tuple[Sentence, ...]
    short: Sentence
    limits: Sentence
    pools: tuple[tuple[str, ...], ...]
    enough: bool = True
    examples: tuple[str, ...] = ()
    kind: str = DESCRIPTIVE
    statement: str = ""
    estimates: tuple[Estimate, ...] = ()
    tests: tuple[Sentence, ...] = ()
    outcomes: tuple[CheckOutcome, ...] = ()
    verdict: ClaimVerdict | None = None

    @property
    def numbers(self) -> tuple[Quantity, ...]:
        """Every number said, each once."""
        told = (*self.sentences, self.short, self.limits, *self.tests, *(o.told for o in self.outcomes))
        found = {m.key: m for m in collect_quantities(told)}
        return tuple((found | {m.key: m for e in self.estimates for m in e.numbers}).values())


def best_documented(events: Iterable[Event], most: int = 8) -> tuple[str, ...]:
    """The events that show a point best, in order: well sourced, undisputed, severe, recent.

    The score adds the source's confidence (high 1, medium 0.5), 0.5 if undisputed, up to 0.5 for the
    number of publishers, the common logarithm of deaths (lowest or best figure), and up to 1 for
    recency, halving with each year before the newest event.
    """
    pool = list(events)
    newest = max((e.day for e in pool), default=date.min)

    def score(e: Event) -> float:
        told = e.tolls.low if e.tolls.low is not None else e.tolls.best
        return (
            {"high": 1.0, "medium": 0.5}.get(e.confidence, 0.0)
            + (0.0 if e.disputed else 0.5)
            + min(len({publisher_name(a) for a in e.addresses}), 3) / 6
            + math.log10(1 + (told or 0))
            + math.exp2(-(newest - e.day).days / 365)
        )

    return tuple(e.id for e in sorted(pool, key=lambda e: (-score(e), e.id))[:most])


def choose_examples(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings with their examples: from each pool the best event that no earlier point has used."""
    used: set[str] = set()
    out = []
    for f in findings:
        chosen: list[str] = []
        for pool in f.pools:
            free = [i for i in pool if i not in used] or [i for i in pool if i not in chosen]
            chosen += free[:1]
            used.update(free[:1])
        out.append(replace(f, examples=tuple(chosen)))
    return tuple(out)
