"""A sentence whose every number can be traced.

A sentence is a row of pieces. Plain text holds no digit: a number is a `Said`, which carries the
`Measured` it comes from; a date or place of an event is a `Dated`, which carries the event; a window
or threshold that somebody chose is a `Chosen`, which carries who chose it and why.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from detente.core.date_range import format_date_range
from detente.events.event import Event
from detente.measures.quantity import Quantity


@dataclass(frozen=True, slots=True)
class NumberPiece:
    """A number in words."""

    measured: Quantity
    text: str


@dataclass(frozen=True, slots=True)
class EventPiece:
    """Something that is read off an event: its day, or its place."""

    event: str
    text: str


@dataclass(frozen=True, slots=True)
class ConventionPiece:
    """A convention: nothing in the data makes it this and no other."""

    text: str
    why: str


SentencePiece = str | NumberPiece | EventPiece | ConventionPiece


@dataclass(frozen=True, slots=True)
class Sentence:
    """Pieces in order; `text` is what a reader sees."""

    pieces: tuple[SentencePiece, ...]

    @property
    def text(self) -> str:
        """The whole sentence."""
        return "".join(p if isinstance(p, str) else p.text for p in self.pieces)

    @property
    def measured(self) -> tuple[Quantity, ...]:
        """The numbers it rests on, in order, each once."""
        found = {p.measured.key: p.measured for p in self.pieces if isinstance(p, NumberPiece)}
        return tuple(found.values())


def make_sentence(*pieces: SentencePiece) -> Sentence:
    """A sentence of pieces.

    Raises:
        ValueError: plain text holds a digit, which would be a number nobody can trace.

    Example:
        >>> make_sentence("Nothing is recorded.").text
        'Nothing is recorded.'
        >>> make_sentence("It happened 3 times.")
        Traceback (most recent call last):
        ValueError: an untraced number in 'It happened 3 times.'
    """
    for p in pieces:
        if isinstance(p, str) and any(c.isdigit() for c in p):
            raise ValueError(f"an untraced number in {p!r}")
    return Sentence(tuple(pieces))


def format_event_date(event: Event) -> EventPiece:
    """The day or days of an event, in words."""
    return EventPiece(event.id, format_date_range(event.span))


def format_on_date(event: Event) -> EventPiece:
    """The day of an event after its preposition: `on 9 October 2025`, `about 24 July 2025`."""
    text = format_date_range(event.span)
    return EventPiece(event.id, text if text.startswith("about") else f"on {text}")


def collect_quantities(sentences: Iterable[Sentence]) -> tuple[Quantity, ...]:
    """All numbers of several sentences, each once, in order of appearance."""
    found = {m.key: m for s in sentences for m in s.measured}
    return tuple(found.values())
