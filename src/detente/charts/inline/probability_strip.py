"""Probabilities on a line from 0 to 100 %, with the bands of the likelihood words."""

from collections.abc import Sequence
from dataclasses import dataclass

from detente.charts.inline.axes import AxisScale, build_svg, draw_circle, draw_line, draw_text
from detente.charts.inline.values import ValueZone, draw_values
from detente.charts.style import DATA, INK, RULE, SOFT
from detente.claims.verdict import LEANING, SUPPORTED
from detente.text.probability_words import BANDS, format_percent

EDGE = 10


@dataclass(frozen=True, slots=True)
class ProbabilityDot:
    """One probability; `low` and `high` are the ends of a bar under it, `name` its label, `full` fills the dot."""

    at: float
    full: bool = True
    low: float | None = None
    high: float | None = None
    name: str = ""


def draw_small_strip(dots: Sequence[ProbabilityDot], label: str) -> str:
    """Draw a strip for a table cell, with ticks at the thresholds for leaning and supported."""
    x = AxisScale(0, 1, EDGE, 190 - EDGE)
    parts = [draw_line(x.a, 12, x.b, 12, RULE)]
    parts += [draw_line(x(p), 6, x(p), 18, SOFT) for p in (LEANING, SUPPORTED)]
    parts += [draw_circle(x(d.at), 12, 4.2, DATA if d.full else "#fff", DATA) for d in dots]
    zones = [
        ValueZone(max(x(d.at) - 7, 0), 0, 14, 24, d.name or format_percent(d.at))
        for d in sorted(dots, key=lambda d: d.at)
    ]
    parts.append(draw_values(zones))
    return build_svg(190, 24, parts, label)


def draw_banded_strip(
    dots: Sequence[ProbabilityDot], label: str, *, words: bool = False, width: float = 560, title: str = ""
) -> str:
    """Draw a wide strip on the bands of ICD 203, with one line per dot; `words` labels the bands and the axis; `title` is drawn above."""
    x, top = AxisScale(0, 1, EDGE, width - EDGE), 20 if words else 0
    height = 26 * len(dots)
    parts, start = [], 0.0
    for i, (end, word) in enumerate(BANDS):
        left, wide, shade = x(start), x(end) - x(start), "#f6f5f1" if i % 2 else "#e9e8e1"
        parts.append(f'<rect x="{left:g}" y="{top}" width="{wide:g}" height="{height}" fill="{shade}"/>')
        # The outermost bands are too narrow for their words, and the middle one for two words.
        if words and end - start > 0.08:
            shown = word.split(" ")[-1] if end - start < 0.12 else word
            parts.append(draw_text((x(start) + x(end)) / 2, 13, shown, anchor="middle", fill=SOFT, size=12))
        start = end
    for i, d in enumerate(dots):
        y = top + 26 * i + 13
        if d.low is not None and d.high is not None:
            parts.append(draw_line(x(min(d.low, d.high)), y, x(max(d.low, d.high)), y, DATA, 5))
        parts.append(draw_circle(x(d.at), y, 6, INK if d.full else "#fff", INK))
        ends = [v for v in (d.at, d.low, d.high) if v is not None]
        # A label that would run over the right edge goes to the left.
        if max(ends) < 0.8:
            parts.append(draw_text(x(max(ends)) + 11, y + 4.5, d.name, size=12.5))
        else:
            parts.append(draw_text(x(min(ends)) - 11, y + 4.5, d.name, anchor="end", size=12.5))
    if words:
        parts += [
            draw_text(x(p), top + height + 15, f"{100 * p:.0f} %", anchor=a, fill=SOFT, size=12)
            for p, a in ((0, "start"), (0.5, "middle"), (1, "end"))
        ]
    zones = []
    for i, d in enumerate(dots):
        models = (
            "" if d.low is None or d.high is None else f"; models {format_percent(d.low)} to {format_percent(d.high)}"
        )
        zones.append(ValueZone(0, top + 26 * i, width, 26, f"{d.name}{models}"))
    parts.append(draw_values(zones))
    height = top + height + (20 if words else 0)
    if title:
        parts = [draw_text(0, 14, title, size=12.5), f'<g transform="translate(0 22)">{"".join(parts)}</g>']
        height += 22
    return build_svg(width, height, parts, label)
