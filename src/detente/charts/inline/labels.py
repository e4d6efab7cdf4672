"""Names on a map, placed so that no sign and no other name covers them: the important ones first, the rest only if there is room."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Anchor = Literal["start", "middle", "end"]
Box = tuple[float, float, float, float]
LETTER = 0.54  # mean width of a letter, as a share of the size of the type


@dataclass(frozen=True, slots=True)
class NameAt:
    """A name at a point. `size` is that of the type in pixels; `spots` are the offsets to try, best first."""

    text: str
    x: float
    y: float
    size: float
    spots: Sequence[tuple[float, float, Anchor]] = ((0.0, 0.0, "middle"),)


@dataclass(frozen=True, slots=True)
class PlacedName:
    """A name with the point and anchor of its text."""

    name: NameAt
    x: float
    y: float
    anchor: Anchor


def spots_around(gap: float, size: float) -> tuple[tuple[float, float, Anchor], ...]:
    """Return the places around a dot: right, left, above, below."""
    return (
        (gap, size * 0.35, "start"),
        (-gap, size * 0.35, "end"),
        (0.0, -gap, "middle"),
        (0.0, gap + size * 0.75, "middle"),
    )


def place_names(names: Iterable[NameAt], obstacles: Iterable[Box], frame: Box) -> list[PlacedName]:
    """Place names in order of importance; a name without a free spot is left out.

    Args:
        obstacles, frame: as left, top, right, bottom in pixels.

    Example:
        >>> one, two = NameAt("Kabul", 50, 50, 12), NameAt("Kabul again", 52, 50, 12)
        >>> [p.name.text for p in place_names([one, two], [], (0, 0, 200, 100))]
        ['Kabul']
    """
    taken, out = list(obstacles), []
    for n in names:
        for dx, dy, anchor in n.spots:
            box = name_box(n.text, n.x + dx, n.y + dy, n.size, anchor)
            inside = frame[0] <= box[0] and frame[1] <= box[1] and box[2] <= frame[2] and box[3] <= frame[3]
            if inside and not any(overlaps(box, other) for other in taken):
                taken.append(box)
                out.append(PlacedName(n, round(n.x + dx, 1), round(n.y + dy, 1), anchor))
                break
    return out


def name_box(text: str, x: float, y: float, size: float, anchor: Anchor) -> Box:
    """Return the box of a text whose baseline begins, ends or has its middle at a point."""
    width = LETTER * size * len(text)
    left = x if anchor == "start" else x - width if anchor == "end" else x - width / 2
    return left - 2, y - 0.8 * size - 1, left + width + 2, y + 0.25 * size + 1


def overlaps(a: Box, b: Box) -> bool:
    """True if two boxes share more than an edge."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
