"""A sentence with its traces, ready for a page: numbers say how they were made, dates lead to their events."""

import re
from dataclasses import dataclass

from detente.api.case import Study
from detente.api.events.event_row import event_address
from detente.charts.style import Picture
from detente.measures.quantity import Measured
from detente.text.sentence import Chosen, Dated, Said, Sentence


@dataclass(frozen=True, slots=True)
class Bit:
    """A piece of a sentence. `how` says how a number was made or why a convention was chosen; `number` is the key of the
    number, `address` the page of the event that it is read off. All are empty for plain words."""

    text: str
    how: str
    number: str
    address: str


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence: its text, its pieces, and the numbers in it."""

    text: str
    bits: tuple[Bit, ...]
    numbers: tuple[Measured, ...]


def told(study: Study, sentence: Sentence) -> Told:
    """The sentence for a page of this case."""
    bits = []
    for p in sentence.pieces:
        match p:
            case Said():
                bits.append(Bit(p.text, p.measured.how, p.measured.key, ""))
            case Dated():
                bits.append(Bit(p.text, "", "", event_address(study, p.event)))
            case Chosen():
                bits.append(Bit(p.text, f"Chosen: {p.why}", "", ""))
            case _:
                bits.append(Bit(p, "", "", ""))
    return Told(sentence.text, tuple(bits), sentence.measured)


def light(picture: Picture) -> str:
    """A picture's SVG for a page: as wide as its column, without the label that the renderer gives to every stroke.

    The figure around it has a name and a table, so that a reader of screens misses nothing.
    """
    head, rest = picture.svg.split(">", 1)
    kept = [w for w in head.split(" ") if not w.startswith(("width=", "height="))]
    body = re.sub(r' (?:aria-label|role|aria-roledescription)="[^"]*"', "", rest)
    return " ".join(kept) + ' aria-hidden="true" focusable="false">' + body
