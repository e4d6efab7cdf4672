"""Sentences whose every number can be traced.

A sentence is a sequence of pieces. Plain text contains no digit. A number is a `NumberPiece` with its `Quantity`. A date
or place of an event is an `EventPiece` with the event's id. A window or threshold that somebody chose is a
`ConventionPiece` with the reason for the choice. A name with digits that the case file declares, such as M23, is a `NamePiece`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from detente.core.date_range import format_date_range
from detente.core.proper_names import split_names
from detente.events.event import Event
from detente.measures.quantity import Quantity


@dataclass(frozen=True, slots=True)
class NumberPiece:
    """A number as text, with the quantity it comes from."""

    measured: Quantity
    text: str


@dataclass(frozen=True, slots=True)
class EventPiece:
    """The day or place of an event, with the event's id."""

    event: str
    text: str


@dataclass(frozen=True, slots=True)
class ConventionPiece:
    """A value chosen by convention and not estimated from data, with the reason."""

    text: str
    why: str


class NamePiece(str):
    """A name as text; its digits are part of the name."""

    __slots__ = ()


SentencePiece = str | NumberPiece | EventPiece | ConventionPiece


@dataclass(frozen=True, slots=True)
class Sentence:
    """Pieces in order; `text` joins them."""

    pieces: tuple[SentencePiece, ...]

    @property
    def text(self) -> str:
        """The sentence as plain text."""
        return "".join(p if isinstance(p, str) else p.text for p in self.pieces)

    @property
    def measured(self) -> tuple[Quantity, ...]:
        """Its quantities in order of appearance, each once."""
        return tuple({p.measured.key: p.measured for p in self.pieces if isinstance(p, NumberPiece)}.values())


def make_sentence(*pieces: SentencePiece) -> Sentence:
    """Build a sentence from pieces.

    Raises:
        ValueError: plain text contains a digit, so its number could not be traced.

    Example:
        >>> make_sentence("Nothing is recorded.").text
        'Nothing is recorded.'
        >>> make_sentence("It happened 3 times.")
        Traceback (most recent call last):
        ValueError: Untraced number in 'It happened 3 times.'. Pass it as a NumberPiece, EventPiece or ConventionPiece.
    """
    out: list[SentencePiece] = []
    for p in pieces:
        if not isinstance(p, str) or isinstance(p, NamePiece) or not any(c.isdigit() for c in p):
            out.append(p)
            continue
        parts = [NamePiece(part) if is_name else part for part, is_name in split_names(p)]
        if any(not isinstance(x, NamePiece) and any(c.isdigit() for c in x) for x in parts):
            raise ValueError(f"Untraced number in {p!r}. Pass it as a NumberPiece, EventPiece or ConventionPiece.")
        out += parts
    return Sentence(tuple(out))


def format_on_date(event: Event) -> EventPiece:
    """The day of an event with its preposition: `on 9 October 2025`, `about 24 July 2025`."""
    text = format_date_range(event.span)
    return EventPiece(event.id, text if text.startswith("about") else f"on {text}")


def collect_quantities(sentences: Iterable[Sentence]) -> tuple[Quantity, ...]:
    """All quantities of several sentences in order of appearance, each once."""
    return tuple({m.key: m for s in sentences for m in s.measured}.values())
