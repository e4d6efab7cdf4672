"""A sentence with its traces, ready for a page: numbers say how they were made, dates lead to their events."""

import re
from dataclasses import dataclass

from detente.api.case import PreparedCase
from detente.api.events.event_row import event_address
from detente.charts.style import Picture
from detente.measures.quantity import Quantity
from detente.text.sentence import ConventionPiece, EventPiece, NumberPiece, Sentence


@dataclass(frozen=True, slots=True)
class RenderedPiece:
    """A piece of a sentence. `how` says how a number was made or why a convention was chosen; `number` is the key of the
    number, `address` the page of the event that it is read off. All are empty for plain words."""

    text: str
    how: str
    number: str
    address: str


@dataclass(frozen=True, slots=True)
class RenderedSentence:
    """A sentence: its text, its pieces, and the numbers in it."""

    text: str
    bits: tuple[RenderedPiece, ...]
    numbers: tuple[Quantity, ...]


def render_sentence(study: PreparedCase, sentence: Sentence) -> RenderedSentence:
    """The sentence for a page of this case."""
    bits = []
    for p in sentence.pieces:
        match p:
            case NumberPiece():
                bits.append(RenderedPiece(p.text, p.measured.how, p.measured.key, ""))
            case EventPiece():
                bits.append(RenderedPiece(p.text, "", "", event_address(study, p.event)))
            case ConventionPiece():
                bits.append(RenderedPiece(p.text, f"Chosen: {p.why}", "", ""))
            case _:
                bits.append(RenderedPiece(p, "", "", ""))
    return RenderedSentence(sentence.text, tuple(bits), sentence.measured)


def inline_svg(picture: Picture) -> str:
    """A picture's SVG for a page: as wide as its column, without the label that the renderer gives to every stroke.

    The figure around it has a name and a table, so that a reader of screens misses nothing.
    """
    head, rest = picture.svg.split(">", 1)
    kept = [w for w in head.split(" ") if not w.startswith(("width=", "height="))]
    body = re.sub(r' (?:aria-label|role|aria-roledescription)="[^"]*"', "", rest)
    return " ".join(kept) + ' aria-hidden="true" focusable="false">' + body
