"""The longer view for a page: deaths by year in one state, with the takeover and the named fighting."""

from collections.abc import Sequence
from datetime import date
from html import escape

from detente.charts.inline.axes import AxisScale, build_svg, compute_ticks, draw_line, draw_text
from detente.charts.longer_view_data import ViewMark, YearBar
from detente.charts.style import BLUE, INK, RULE, SAND, SOFT, VERMILLION

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 170, 54, 10, 18, 24


def draw_year_bars(bars: Sequence[YearBar], marks: Sequence[ViewMark], label: str) -> str:
    """Draw the deaths of one state by year: a bar each, hollow where provisional.

    Args:
        bars: of one state, in order. marks: the takeover as a dashed line, fighting as red bars. label: for screen readers.
    """
    x = AxisScale(bars[0].year, bars[-1].year + 2, LEFT, WIDTH - RIGHT)
    y = AxisScale(0, max(1, *(b.deaths for b in bars)) * 1.05, HEIGHT - BOTTOM, TOP)
    parts = []
    for t in compute_ticks(0, y.high, 4):
        parts += [
            draw_line(LEFT, y(t), WIDTH - RIGHT, y(t), RULE, 0.8),
            draw_text(LEFT - 6, y(t) + 4, f"{t:,.0f}", anchor="end", fill=SOFT),
        ]
    wide = x(bars[0].year + 1) - x(bars[0].year) - 2
    for b in bars:
        look = f'fill="none" stroke="{BLUE}" stroke-width="1.4"' if b.provisional else f'fill="{BLUE}"'
        top = y(b.deaths)
        note = f"{b.year}: {b.deaths:,} deaths in {b.events:,} events{', provisional' if b.provisional else ''}"
        parts.append(
            f'<rect x="{x(b.year) + 1:g}" y="{top:g}" width="{wide:g}" height="{y(0) - top:g}" {look}><title>{note}</title></rect>'
        )
        if b.year % 5 == 0:
            parts.append(draw_text(x(b.year + 0.5), HEIGHT - 7, str(b.year), anchor="middle", fill=SOFT))
    parts.append(draw_line(LEFT, y(0), WIDTH - RIGHT, y(0), INK))
    for m in marks:
        start, end = x(_to_year(m.first)), x(_to_year(m.last))
        if m.kind == "fighting":
            parts.append(
                f'<rect x="{start:g}" y="{TOP}" width="{max(end - start, 2):g}" height="{y(0) - TOP:g}" fill="{VERMILLION}" '
                f'fill-opacity="0.55"><title>{escape(m.name)}</title></rect>'
            )
        else:
            parts += [
                draw_line(start, TOP - 4, start, y(0), SAND, 1.6, "5 3"),
                draw_text(start - 5, TOP + 2, m.name, anchor="end"),
            ]
    return build_svg(WIDTH, HEIGHT, parts, label)


def _to_year(day: date) -> float:
    return day.year + (day.timetuple().tm_yday - 1) / 365.25
