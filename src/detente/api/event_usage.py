"""Where the brief uses an event: named as an example, dated in a sentence, or counted in a number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from detente.api.case import PreparedCase
from detente.claims.finding import Finding
from detente.text.sentence import EventPiece, NumberPiece, Sentence


@dataclass(frozen=True, slots=True)
class EventUse:
    """One claim that uses an event.

    `how`, the closest first: `example`, `named` in a sentence, `counted` in a number, `fitted`: only in the estimates of the
    fitted system, as every event of a channel is. `sentences` are those that name it or say a number that it is counted
    in. `numbers` tells how each number was made that counts it, each once.
    """

    claim: str
    statement: str
    verdict: str
    how: Literal["example", "named", "counted", "fitted"]
    sentences: tuple[str, ...]
    numbers: tuple[str, ...]


_USES_CACHE: dict[str, Mapping[str, tuple[EventUse, ...]]] = {}
USE_ORDER = ("example", "named", "counted", "fitted")


def find_event_uses(study: PreparedCase, event: str) -> tuple[EventUse, ...]:
    """The claims of the brief that use an event, the closest use first."""
    if study.key not in _USES_CACHE:
        _USES_CACHE[study.key] = _group_by_event(f for s in study.brief.sections for f in s.points)
    return _USES_CACHE[study.key].get(event, ())


def _group_by_event(findings: Iterable[Finding]) -> Mapping[str, tuple[EventUse, ...]]:
    out: dict[str, list[EventUse]] = {}
    for f in findings:
        told = (*f.sentences, f.limits)
        said_in = _events_by_sentence(told)
        counted: dict[str, dict[str, None]] = {}
        for m in f.numbers:
            for e in m.events:
                counted.setdefault(e, {})[m.how] = None
        dated = {p.event for s in told for p in s.pieces if isinstance(p, EventPiece)}
        for e in dict.fromkeys((*f.examples, *dated, *counted)):
            sentences = tuple(s.text for s in told if e in said_in[s])
            how: Literal["example", "named", "counted", "fitted"] = (
                "example" if e in f.examples else "named" if e in dated else "counted" if sentences else "fitted"
            )
            word = f.verdict.word if f.verdict else ""
            out.setdefault(e, []).append(
                EventUse(f.claim, f.statement or f.headline, word, how, sentences, tuple(counted.get(e, ())))
            )
    return {e: tuple(sorted(uses, key=lambda u: USE_ORDER.index(u.how))) for e, uses in out.items()}


def _events_by_sentence(sentences: Iterable[Sentence]) -> Mapping[Sentence, frozenset[str]]:
    """For each sentence the events that it names or counts."""
    out = {}
    for s in sentences:
        found: set[str] = set()
        for p in s.pieces:
            if isinstance(p, EventPiece):
                found.add(p.event)
            elif isinstance(p, NumberPiece):
                found.update(p.measured.events)
        out[s] = frozenset(found)
    return out
