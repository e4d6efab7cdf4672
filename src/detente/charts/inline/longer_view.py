"""The longer view for a page: deaths by year in one state, with the takeover and the named fighting."""

from collections.abc import Sequence
from datetime import date

from detente.charts.inline.axes import AxisScale, build_svg, compute_ticks, draw_line, draw_text, draw_vertical_text
from detente.charts.inline.values import ValueZone, draw_values
from detente.charts.longer_view_data import ViewMark, YearBar
from detente.charts.style import DATA, FIGHTING, INK, RULE, SOFT

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 212, 70, 10, 48, 36


def draw_year_bars(bars: Sequence[YearBar], marks: Sequence[ViewMark], label: str) -> str:
    """Draw the deaths of one state by year: a bar each, hollow where provisional.

    Args:
        bars: of one state, in order. marks: the takeover as a dashed line, fighting as dark red strips, each with its name. label: for screen readers.
    """
    x = AxisScale(bars[0].year, bars[-1].year + 2, LEFT, WIDTH - RIGHT)
    y = AxisScale(0, max(1, *(b.deaths for b in bars)) * 1.05, HEIGHT - BOTTOM, TOP)
    parts: list[str] = []
    zones: list[ValueZone] = []
    for t in compute_ticks(0, y.high, 4):
        parts += [
            draw_line(LEFT, y(t), WIDTH - RIGHT, y(t), RULE, 0.8),
            draw_text(LEFT - 6, y(t) + 4, f"{t:,.0f}", anchor="end", fill=SOFT),
        ]
    wide = x(bars[0].year + 1) - x(bars[0].year) - 2
    for b in bars:
        look = f'fill="none" stroke="{DATA}" stroke-width="1.4"' if b.provisional else f'fill="{DATA}"'
        top = y(b.deaths)
        parts.append(f'<rect x="{x(b.year) + 1:g}" y="{top:g}" width="{wide:g}" height="{y(0) - top:g}" {look}/>')
        if b.year % 5 == 0:
            parts.append(draw_text(x(b.year + 0.5), HEIGHT - 19, str(b.year), anchor="middle", fill=SOFT))
        note = f"{b.year}: {b.deaths:,} deaths in {b.events:,} events{', provisional' if b.provisional else ''}"
        zones.append(ValueZone(x(b.year), TOP, wide + 2, y(0) - TOP, note))
    parts.append(draw_line(LEFT, y(0), WIDTH - RIGHT, y(0), INK))
    ends = [-1e9, -1e9, -1e9]
    for m in marks:
        start, end = x(_to_year(m.first)), x(_to_year(m.last))
        if m.kind == "fighting":
            parts.append(
                f'<rect x="{start:g}" y="{TOP}" width="{max(end - start, 2):g}" height="{y(0) - TOP:g}" fill="{FIGHTING}" '
                'fill-opacity="0.55"/>'
            )
        else:
            parts.append(draw_line(start, TOP - 4, start, y(0), INK, 1.4, "5 3"))
        # A name ends at its line; about 6 pixels a letter. Names that would collide stand in lines of their own.
        line = next((i for i, end in enumerate(ends) if start - 6 * len(m.name) > end), 2)
        ends[line] = start + 6
        parts += [
            draw_text(start, TOP - 8 - 13 * line, m.name, anchor="end", size=11.5, fill=SOFT),
            draw_line(start, TOP - 6 - 13 * line, start, TOP, SOFT, 0.8),
        ]
    parts += [
        draw_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 3, "year", anchor="middle", fill=SOFT, size=11.5),
        draw_vertical_text(12, (TOP + y(0)) / 2, "deaths a year"),
        draw_values(zones),
    ]
    return build_svg(WIDTH, HEIGHT, parts, label)


def _to_year(day: date) -> float:
    return day.year + (day.timetuple().tm_yday - 1) / 365.25
