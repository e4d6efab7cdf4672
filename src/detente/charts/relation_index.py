"""The relation index: monthly scores, the weekly level with its band, named periods and crises."""

from collections import defaultdict
from datetime import date
from itertools import groupby

from detente.charts.inline.axes import (
    AxisScale,
    build_svg,
    draw_area,
    draw_line,
    draw_path,
    draw_text,
    draw_vertical_text,
    format_signed_number,
)
from detente.charts.inline.time_axis import TimeAxis
from detente.charts.inline.values import build_columns, draw_values
from detente.charts.picture import Picture
from detente.charts.style import DATA, INK, SOFT
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
    parts += [draw_area(weeks, low, high, DATA, 0.22), *_draw_months(index, x, y), draw_path(weeks, level, DATA, 2.2)]
    for e in view.episodes:
        parts.append(f'<path d="M{x(e.first):g} {BOTTOM}v-9" stroke="{INK}" stroke-width="1.8"/>')
    parts.append(draw_vertical_text(12, (TOP + BOTTOM) / 2, "hostile ← Goldstein score → friendly"))
    parts.append(_draw_month_values(view, index, x, y))
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


def _sum_months(index: RelationIndex) -> dict[date, tuple[int, float]]:
    """Sum acts and scores by month; months without acts are left out."""
    acts: dict[date, int] = defaultdict(int)
    total: dict[date, float] = defaultdict(float)
    for week, n, score in zip(index.weeks, index.acts, index.score, strict=True):
        if n:
            acts[week.replace(day=1)] += int(n)
            total[week.replace(day=1)] += float(n) * float(score)
    return {month: (n, total[month]) for month, n in acts.items()}


def _draw_months(index: RelationIndex, x: TimeAxis, y: AxisScale) -> list[str]:
    return [
        f'<circle cx="{x(month.replace(day=15)):g}" cy="{y(total / n):g}" r="{min(1.6 + 0.75 * n**0.5, 7):.1f}" fill="{SOFT}" fill-opacity=".4"/>'
        for month, (n, total) in _sum_months(index).items()
    ]


def _draw_month_values(view: ClaimContext, index: RelationIndex, x: TimeAxis, y: AxisScale) -> str:
    """Draw a zone for each month: the trend in its middle, the mean score of its acts, and the crises that began in it."""
    months, began = _sum_months(index), defaultdict(list)
    for e in view.episodes:
        began[e.first.replace(day=1)].append(format_date(e.first))
    xs, texts, dots = [], [], []
    for month, weeks in groupby(range(len(index.weeks)), key=lambda i: index.weeks[i].replace(day=1)):
        of = list(weeks)
        i = of[len(of) // 2]
        n, total = months.get(month, (0, 0.0))
        trend, low, high = (format_signed_number(float(v), 1) for v in (index.smoothed[i], index.low[i], index.high[i]))
        mean = f"mean of {n} act{'s' if n != 1 else ''} {format_signed_number(total / n, 1)}" if n else "no acts"
        crises = f"; crisis from {' and '.join(began[month])}" if month in began else ""
        texts.append(f"{month:%B %Y}: trend {trend} (90\u00a0% interval {low} to {high}); {mean}{crises}")
        xs.append(x(index.weeks[i]))
        dots.append(y(float(index.smoothed[i])))
    return draw_values(build_columns(xs, texts, TOP, BOTTOM, left=x.left, right=x.right, dots=dots))
