"""Every number that a case's pages and brief print, by its key, with the sentences it stands in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from detente.api.case import Case
from detente.api.case_cache import cached_per_case
from detente.api.digest.build import build_digest
from detente.api.digest.months import list_months
from detente.api.digest.numbers import find_month
from detente.api.stated_rates import list_stated_sentences
from detente.api.summary import summarize_case
from detente.core.month import CalendarMonth
from detente.measures.quantity import Quantity
from detente.text.sentence import NumberPiece, Sentence


@dataclass(frozen=True, slots=True)
class TracedNumber:
    """A printed number: how it was made, its text, and the first sentence that prints it."""

    measured: Quantity
    text: str
    sentence: Sentence


def find_traced_number(prepared: Case, key: str) -> TracedNumber | None:
    """Find a number by its key: in the summary, a digest, what sources state, the brief and the forecast. None if no sentence prints it.

    Raises:
        BeingComputed: the number may stand in results that are not ready.
    """
    if (month := find_month(key)) is not None:
        return _index_digest(prepared, month).get(key) if month in list_months(prepared) else None
    if key.startswith("stated_"):
        return _index_stated(prepared).get(key) or _index_results(prepared).get(key)
    return _index_summary(prepared).get(key) or _index_results(prepared).get(key)


@cached_per_case()
def _index_summary(prepared: Case) -> Mapping[str, TracedNumber]:
    return _index(summarize_case(prepared))


@cached_per_case()
def _index_digest(prepared: Case, month: CalendarMonth) -> Mapping[str, TracedNumber]:
    return _index(build_digest(prepared, month))


@cached_per_case()
def _index_stated(prepared: Case) -> Mapping[str, TracedNumber]:
    return _index(list_stated_sentences(prepared))


@cached_per_case()
def _index_results(prepared: Case) -> Mapping[str, TracedNumber]:
    return _index((prepared.document, prepared.forecast_summary))


def _index(content: Any) -> dict[str, TracedNumber]:
    out: dict[str, TracedNumber] = {}
    for s in find_sentences(content):
        for p in s.pieces:
            if isinstance(p, NumberPiece):
                out.setdefault(p.measured.key, TracedNumber(p.measured, p.text, s))
    return out


def find_sentences(content: Any) -> Iterator[Sentence]:
    """Find all sentences in a result: a dataclass, or a collection of them, at any depth.

    Example:
        >>> from detente.text.sentence import make_sentence
        >>> [s.text for s in find_sentences({"a": [make_sentence("Nothing is recorded.")]})]
        ['Nothing is recorded.']
    """
    if isinstance(content, Sentence):
        yield content
    elif isinstance(content, Mapping):
        for x in content.values():
            yield from find_sentences(x)
    elif isinstance(content, tuple | list):
        for x in content:
            yield from find_sentences(x)
    elif is_dataclass(content) and not isinstance(content, type):
        for f in fields(content):
            yield from find_sentences(getattr(content, f.name, None))
