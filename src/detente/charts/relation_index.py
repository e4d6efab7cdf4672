"""The relation index: monthly scores, the weekly level with its band, named periods and crises."""

from collections import defaultdict
from datetime import date

from detente.charts.inline.axes import (
    AxisScale,
    build_svg,
    draw_area,
    draw_line,
    draw_path,
    draw_text,
    format_signed_number,
)
from detente.charts.inline.time_axis import TimeAxis
from detente.charts.picture import Picture
from detente.charts.style import BLUE, INK, SOFT
from detente.claims.context import ClaimContext
from detente.core.date_range import format_date
from detente.measures.relation_index import RelationIndex

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 320, 50, 10, 36, 280
PAGE_WIDTH = 540
"""Width where the chart stands beside text."""
LOWEST, HIGHEST = -10.0, 7.5


def draw_relation_index(view: ClaimContext, width: int = WIDTH) -> Picture | None:
    """Draw the index over time, or return None if there is too little data for one.

    Args:
        width: in pixels; letters keep their size.
    """
    index = view.index
    if index is None:
        return None
    g = view.g
    x = TimeAxis(g.case.first, max(min(g.as_of, g.case.last), index.weeks[-1]), LEFT, width - RIGHT, TOP, BOTTOM)
    y = AxisScale(LOWEST, HIGHEST, BOTTOM, TOP)
    parts = x.draw_periods(g.case, g.as_of)
    for t in (-10, -5, 0, 5):
        parts += [
            draw_line(LEFT, y(t), width - RIGHT, y(t), SOFT if t == 0 else "#e6e9ec", 0.8),
            draw_text(LEFT - 7, y(t) + 4, format_signed_number(t), anchor="end", fill=SOFT),
        ]
    parts += x.draw_years()
    weeks = [x(w) for w in index.weeks]
    low, level, high = ([y(float(v)) for v in row] for row in (index.low, index.smoothed, index.high))
    parts += [draw_area(weeks, low, high, BLUE, 0.22), *_draw_months(index, x, y), draw_path(weeks, level, BLUE, 2.2)]
    for e in view.episodes:
        dates = format_date(e.first) if e.first == e.last else f"{format_date(e.first)} to {format_date(e.last)}"
        parts.append(
            f'<path d="M{x(e.first):g} {BOTTOM}v-9" stroke="{INK}" stroke-width="1.8"><title>Crisis: {dates}</title></path>'
        )
    # Wide, invisible columns show the level where the pointer is.
    for i in range(0, len(weeks), 8):
        text = f"Week of {format_date(index.weeks[i])}: {format_signed_number(float(index.smoothed[i]), 1)} ({format_signed_number(float(index.low[i]), 1)} to {format_signed_number(float(index.high[i]), 1)})"
        parts.append(
            f'<rect x="{weeks[i] - 8:.0f}" y="{min(level) - 8:.0f}" width="20" height="{max(level) - min(level) + 16:.0f}" fill-opacity="0"><title>{text}</title></rect>'
        )
    parts.append(
        f'<text transform="translate(12 {(TOP + BOTTOM) / 2:g})rotate(-90)" text-anchor="middle" font-size="11" fill="{SOFT}">hostile ← Goldstein score → friendly</text>'
    )
    return Picture(
        key="index",
        title=f"Relations between {g.case.names.target} and {g.case.names.host_government}",
        caption=(
            "Dots: mean score of a month's acts between the governments, larger for more acts. Line: the smoothed trend, "
            "with its 90 % interval. Ticks: start of a crisis (strikes or clashes). Shading: named periods. "
            "The index is a mean, so more reports do not lower it by themselves."
        ),
        alt=(
            f"Line chart of the relation index, {index.weeks[0]} to {index.weeks[-1]}. The smoothed level goes from "
            f"{index.smoothed[0]:.1f} to {index.smoothed[-1]:.1f}; {len(view.episodes)} crises are marked."
        ),
        svg=build_svg(width, HEIGHT - 20, parts, "Relation index"),
    )  # fmt: skip


def _draw_months(index: RelationIndex, x: TimeAxis, y: AxisScale) -> list[str]:
    acts: dict[date, int] = defaultdict(int)
    total: dict[date, float] = defaultdict(float)
    for week, n, score in zip(index.weeks, index.acts, index.score, strict=True):
        if n:
            month = week.replace(day=1)
            acts[month] += int(n)
            total[month] += float(n) * float(score)
    out = []
    for month, n in acts.items():
        mean, r = total[month] / n, min(1.6 + 0.75 * n**0.5, 7)
        text = f"{month:%B %Y}: {format_signed_number(mean, 1)}, {n} act{'s' if n != 1 else ''}"
        out.append(
            f'<circle cx="{x(month.replace(day=15)):g}" cy="{y(mean):g}" r="{r:.1f}" fill="{SOFT}" fill-opacity=".4"><title>{text}</title></circle>'
        )
    return out
