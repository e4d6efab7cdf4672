"""Probabilities on one line from 0 to 100 %, with the bands of their words."""

from collections.abc import Sequence
from dataclasses import dataclass

from detente.claims.verdict import LEANING, SUPPORTED
from detente.ground.likelihood import BANDS
from detente.web.drawing.axes import BLUE, INK, RULE, SOFT, Scale, circle, line, svg, text

EDGE = 10


@dataclass(frozen=True, slots=True)
class Dot:
    """One probability; `low` and `high` are the ends of a bar under it, `full` fills the dot."""

    at: float
    full: bool = True
    low: float | None = None
    high: float | None = None


def small(dots: Sequence[Dot], label: str) -> str:
    """A strip for a table's cell: ticks where a part counts as leaning and as supported."""
    x = Scale(0, 1, EDGE, 190 - EDGE)
    parts = [line(x.a, 12, x.b, 12, RULE)]
    parts += [line(x(p), 6, x(p), 18, SOFT) for p in (LEANING, SUPPORTED)]
    parts += [circle(x(d.at), 12, 4.2, BLUE if d.full else "#fff", BLUE) for d in dots]
    return svg(190, 24, parts, label)


def banded(dots: Sequence[Dot], label: str, *, words: bool = False, width: float = 560) -> str:
    """A wide strip, its ground in the bands of ICD 203; `words` names them above."""
    x, top = Scale(0, 1, EDGE, width - EDGE), 18 if words else 2
    parts, start = [], 0.0
    for i, (end, word) in enumerate(BANDS):
        shade = "#f6f5f1" if i % 2 else "#ecebe5"
        parts.append(f'<rect x="{x(start):g}" y="{top}" width="{x(end) - x(start):g}" height="26" fill="{shade}"/>')
        # The outermost bands are too narrow for their words: those stand at the edges.
        if words and end - start > 0.08:
            parts.append(text((x(start) + x(end)) / 2, 12, word, anchor="middle", fill=SOFT, size=11))
        start = end
    for d in dots:
        if d.low is not None and d.high is not None:
            a, b = x(min(d.low, d.high)), x(max(d.low, d.high))
            parts.append(line(a, top + 13, b, top + 13, BLUE, 5))
        parts.append(circle(x(d.at), top + 13, 6, INK if d.full else "#fff", INK))
    return svg(width, top + 28, parts, label)
