"""Stacked bars of a selection by period and kind, with a strip that marks the days without systematic coverage."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from detente.charts.inline.axes import AxisScale, compute_ticks, draw_line, draw_text
from detente.charts.style import GREEN, INK, KIND_COLOURS, RULE, SAND, SOFT

WIDTH, HEIGHT, RIGHT, TOP, BOTTOM = 600, 190, 4, 8, 160
DIGIT_WIDTH = 6.5  # pixels of a digit on the axis
STRIP_HEIGHT = 4
FEW = 36
"""Bars that fit a narrow window: the chart is then drawn as narrow as the window, with larger letters."""
LABEL, WIDE_LABEL = 31, 44  # of a year, with the usual and with larger letters


@dataclass(frozen=True, slots=True)
class SelectionBar:
    """One bar: the parts from below, each a kind and its events; its title and the address of its events.

    `year` is written under the bar if it begins a year. `covered` is the share of its days with systematic coverage.
    A kind without a colour of its own is drawn in dark ink.
    """

    parts: Sequence[tuple[str, int]]
    title: str
    address: str
    year: str
    covered: float | None


def draw_selection_bars(bars: Sequence[SelectionBar]) -> str:
    """Draw the bars as SVG, as wide as its column. Its links take no focus: the table beside it repeats them.

    Example:
        >>> svg = draw_selection_bars([SelectionBar([("strike", 2)], "October 2025: 2", "/c/events?from=2025-10-01", "2025", 1.0)])
        >>> svg.count("<a "), "October 2025: 2" in svg
        (1, True)
    """
    most = max([sum(n for _, n in b.parts) for b in bars], default=0) or 1
    y = AxisScale(0, most, BOTTOM, TOP)
    ticks = [int(t) for t in compute_ticks(0, most, 4) if t == int(t)]
    left = 12 + DIGIT_WIDTH * max(len(f"{t:,}") for t in ticks)
    step = (WIDTH - left - RIGHT) / max(len(bars), 1)
    out = []
    for tick in ticks:
        out.append(draw_line(left, y(tick), WIDTH - RIGHT, y(tick), RULE if tick else INK, 0.8))
        out.append(draw_text(left - 5, y(tick) + 4, f"{tick:,}", anchor="end", fill=SOFT, size=11))
    out += [_draw_bar(b, left + i * step, step, y) for i, b in enumerate(bars)]
    free = -1e9
    for i, b in enumerate(bars):
        x = left + i * step
        if b.year and x > free:
            out.append(draw_line(x, BOTTOM, x, HEIGHT - 14, RULE, 0.8))
            cut = x + (WIDE_LABEL if len(bars) <= FEW else LABEL) > WIDTH  # then it stands before the line
            out.append(
                draw_text(
                    x - 3 if cut else x + 3, HEIGHT - 5, b.year, fill=SOFT, size=11.5, anchor="end" if cut else "start"
                )
            )
            free = x + 30
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true" focusable="false" '
        f'font-size="12" fill="{INK}">{"".join(out)}</svg>'
    )


def _draw_bar(b: SelectionBar, x: float, step: float, y: AxisScale) -> str:
    width = max(step - (1.0 if step > 4 else 0.3), 0.8)
    parts, base = [], 0
    for kind, n in b.parts:
        if n:
            top, foot = y(base + n), y(base)
            colour = KIND_COLOURS.get(kind, SOFT)
            parts.append(f'<path fill="{colour}" d="M{x:.1f} {foot:g}V{top:g}h{width:.1f}V{foot:g}z"/>')
            base += n
    strip = ""
    if b.covered is not None:
        # A period that is only partly covered is drawn in both colours, by its share of covered days.
        green = width * b.covered
        strip = _draw_strip(x, green, GREEN, 0.55) + _draw_strip(x + green, width - green, SAND, 0.45)
    # The whole column can be clicked, since bars of single events are low.
    ground = f'<path fill="#fff" fill-opacity="0" d="M{x:.1f} {TOP}h{step:.1f}V{BOTTOM}h-{step:.1f}z"/>'
    body = f"<title>{escape(b.title)}</title>{ground}{''.join(parts)}"
    link = f'<a href="{escape(b.address)}" tabindex="-1">{body}</a>' if b.address else f"<g>{body}</g>"
    return link + strip


def _draw_strip(x: float, width: float, colour: str, opacity: float) -> str:
    if width <= 0.05:
        return ""
    return (
        f'<rect x="{x:.1f}" y="{BOTTOM + 3}" width="{width:.1f}" height="{STRIP_HEIGHT}" fill="{colour}" '
        f'fill-opacity="{opacity:g}"/>'
    )
