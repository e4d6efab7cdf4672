"""A finished picture. Reading one needs no chart library."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as SVG, with title and caption. `alt` describes it for readers who cannot see it."""

    key: str
    title: str
    caption: str
    alt: str
    svg: str


def inline_svg(picture: Picture) -> str:
    """Return a picture's SVG for a page: as wide as its column, hidden from screen readers.

    The figure around it has a name and a table, so the renderer's label of every stroke is removed.
    """
    # Without the size in pixels the column decides the width, and the viewBox preserves the proportions.
    head, rest = picture.svg.split(">", 1)
    attributes = [w for w in head.split(" ") if not w.startswith(("width=", "height="))]
    body = re.sub(r' (?:aria-label|role|aria-roledescription)="[^"]*"', "", rest)
    return " ".join(attributes) + ' aria-hidden="true" focusable="false">' + body
