"""Values of a chart where the pointer or the keyboard is: invisible zones with a title.

Every chart carries its values in this one form. Without script the browser shows a zone's title as a tooltip. With
`static/chart_values.js` the chart is one stop of the Tab key, the arrow keys move between zones, and a tap shows a value. A
chart with several rows (panels, kinds of event) has one group for each; the keys up and down move between the groups.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class ValueZone:
    """A rectangle in pixels and the value that it shows, in words with units. `dot` is the height of a dot, None without one."""

    x: float
    y: float
    width: float
    height: float
    text: str
    dot: float | None = None


def draw_values(zones: Iterable[ValueZone]) -> str:
    """Draw one row of zones, in the order of the arrow keys.

    Example:
        >>> draw_values([ValueZone(0, 0, 10, 20, "May 2025: 3 events")])
        '<g class="values"><rect x="0" y="0" width="10" height="20" fill-opacity="0"><title>May 2025: 3 events</title></rect></g>'
    """
    out = []
    for z in zones:
        dot = "" if z.dot is None else f' data-y="{z.dot:.1f}"'
        out.append(
            f'<rect x="{_short(z.x)}" y="{_short(z.y)}" width="{_short(z.width)}" height="{_short(z.height)}"{dot} '
            f'fill-opacity="0"><title>{escape(z.text, quote=False)}</title></rect>'
        )
    return f'<g class="values">{"".join(out)}</g>'


def build_columns(
    xs: Sequence[float], texts: Sequence[str], top: float, bottom: float, *, left: float, right: float, dots: Sequence[float] = ()
) -> list[ValueZone]:  # fmt: skip
    """Build one full-height zone for each point of a line, each up to halfway to its neighbours.

    Args:
        xs: positions in pixels, ascending. texts: a value for each. left, right: ends of the plot. dots: heights, or empty.

    Example:
        >>> [(z.x, z.width) for z in build_columns([10, 20, 40], ["a", "b", "c"], 0, 9, left=10, right=40)]
        [(10, 5.0), (15.0, 15.0), (30.0, 10.0)]
    """
    edges = [left, *((a + b) / 2 for a, b in pairwise(xs)), right]
    return [
        ValueZone(a, top, max(b - a, 0.5), bottom - top, text, dots[i] if len(dots) else None)
        for i, ((a, b), text) in enumerate(zip(pairwise(edges), texts, strict=True))
    ]


def _short(x: float) -> str:
    return f"{round(x, 1):g}"
