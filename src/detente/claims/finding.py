"""Findings: the result for one claim, and the events that illustrate it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from detente.claims.checks.result import CheckOutcome
from detente.claims.estimate import Estimate
from detente.claims.estimate_text import probability_text
from detente.claims.reader_text import ReaderText
from detente.claims.stated_evidence import StatedEvidence
from detente.claims.verdict import DECIDING, ClaimVerdict
from detente.measures.quantity import Quantity
from detente.text.sentence import Sentence, collect_quantities

DESCRIPTIVE = "descriptive"


@dataclass(frozen=True, slots=True)
class Finding:
    """One point of a brief.

    Fields:
        claim: its id. headline: the point in one line, without numbers.
        sentences: what the record shows. limits: what it cannot show.
        short: the same in one sentence, for an answer with a word limit.
        pools: for each example wanted, ids of suitable events, best first.
        examples: those chosen; one event illustrates two points only where no other is left.
        enough: False where too few events are recorded; the sentences then say so.
        kind: `descriptive` for counts, shares and durations as recorded; `tested` where a verdict is given.
        statement: what was tested. estimates: its estimates, necessary ones first. tests: each as a sentence.
        reader: headline and plain sentences, once a verdict is known.
        stated: what sources state on the responses, and whether counts agree. disagreement: where they do not, in a sentence.
        false_alarms: how often a false claim of this kind is rated leaning or better; None where that was not measured.
        outcomes: of the robustness checks. verdict: by the rule of `verdict.py`; None where nothing was tested.
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
    stated: tuple[StatedEvidence, ...] = ()
    disagreement: Sentence | None = None
    false_alarms: Sentence | None = None
    outcomes: tuple[CheckOutcome, ...] = ()
    verdict: ClaimVerdict | None = None
    reader: ReaderText | None = None

    @property
    def numbers(self) -> tuple[Quantity, ...]:
        """Every quantity in the sentences and estimates, each once."""
        plain = [m.sentence for m in self.reader.sentences] if self.reader else []
        sentences = (*self.sentences, self.short, self.limits, *plain, *self.tests, *(o.told for o in self.outcomes))
        sentences += (*(x.told for x in self.stated), *((self.false_alarms,) if self.false_alarms else ()))
        by_key = {m.key: m for m in collect_quantities(sentences)}
        return tuple((by_key | {m.key: m for e in self.estimates for m in e.numbers}).values())


def find_weakest_estimate(f: Finding) -> Estimate | None:
    """The estimate that decided the verdict."""
    return next((e for e in f.estimates if f.verdict and e.key == f.verdict.weakest), None)


def describe_weakest_chance(f: Finding) -> str:
    """The probability of the part that decided the verdict, and the deciding checks that it fails.

    A part may be almost certain in the model and still no finding: a shared shock, or chance, gives as much.
    """
    weakest = find_weakest_estimate(f)
    if weakest is not None and not weakest.applicable:
        return "not applicable"
    if weakest is None or not weakest.enough or weakest.chance is None:
        return "too little data"
    text = probability_text(weakest.chance).text
    failed = [o.check for o in f.outcomes if o.part == weakest.key and o.result == "failed" and o.check in DECIDING]
    if not failed:
        return text
    return f"{text} by the model alone, but it fails: {', '.join(c.replace('_', ' ') for c in failed)}"


def choose_examples(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Fill in the examples: from each pool the best event that no earlier finding uses."""
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
