"""Uses of an event in the brief: as an example, named in a sentence, or counted in a number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from detente.api.case import Case
from detente.api.case_cache import cached_per_case
from detente.claims.finding import Finding
from detente.text.sentence import EventPiece, NumberPiece, Sentence


@dataclass(frozen=True, slots=True)
class EventUse:
    """One claim that uses an event.

    `how`, closest first: `example`, `named` in a sentence, `counted` in a number, `fitted`: used only in the model's
    estimates, as every event of a channel is. `sentences` name the event or state a number that counts it.
    `numbers` describes how each such number was computed, without repeats.
    """

    claim: str
    statement: str
    verdict: str
    how: Literal["example", "named", "counted", "fitted"]
    sentences: tuple[str, ...]
    numbers: tuple[str, ...]


USE_ORDER = ("example", "named", "counted", "fitted")


def find_event_uses(prepared: Case, event: str) -> tuple[EventUse, ...]:
    """Return the claims of the brief that use an event, closest use first; none while the brief is being computed."""
    brief = prepared.document_if_ready
    return _find_uses_of_events(prepared).get(event, ()) if brief else ()


@cached_per_case()
def _find_uses_of_events(prepared: Case) -> Mapping[str, tuple[EventUse, ...]]:
    return _group_by_event(f for s in prepared.document.sections for f in s.points)


def _group_by_event(findings: Iterable[Finding]) -> Mapping[str, tuple[EventUse, ...]]:
    out: dict[str, list[EventUse]] = {}
    for f in findings:
        sentences = (*f.sentences, f.limits)
        events_of = _events_by_sentence(sentences)
        counted: dict[str, dict[str, None]] = {}
        for m in f.numbers:
            for e in m.events:
                counted.setdefault(e, {})[m.how] = None
        dated = {p.event for s in sentences for p in s.pieces if isinstance(p, EventPiece)}
        for e in dict.fromkeys((*f.examples, *dated, *counted)):
            texts = tuple(s.text for s in sentences if e in events_of[s])
            how: Literal["example", "named", "counted", "fitted"] = (
                "example" if e in f.examples else "named" if e in dated else "counted" if texts else "fitted"
            )
            word = f.verdict.word if f.verdict else ""
            out.setdefault(e, []).append(
                EventUse(f.claim, f.statement or f.headline, word, how, texts, tuple(counted.get(e, ())))
            )
    return {e: tuple(sorted(uses, key=lambda u: USE_ORDER.index(u.how))) for e, uses in out.items()}


def _events_by_sentence(sentences: Iterable[Sentence]) -> Mapping[Sentence, frozenset[str]]:
    """Return for each sentence the events that it names or counts."""
    out = {}
    for s in sentences:
        named = {p.event for p in s.pieces if isinstance(p, EventPiece)}
        out[s] = frozenset(named.union(*(p.measured.events for p in s.pieces if isinstance(p, NumberPiece))))
    return out
