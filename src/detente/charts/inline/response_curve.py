"""Cumulative response over days, with its interval."""

from collections.abc import Sequence

from detente.charts.inline.axes import (
    AxisScale,
    build_svg,
    compute_ticks,
    draw_area,
    draw_circle,
    draw_line,
    draw_path,
    draw_text,
    draw_vertical_text,
    format_signed_number,
)
from detente.charts.inline.values import build_columns, draw_values
from detente.charts.style import INK, RULE, SOFT, tone_colour

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 560, 272, 64, 14, 14, 46


def draw_response_curve(
    kind: str, mean: Sequence[float], low: Sequence[float], high: Sequence[float], *, at: int, label: str, unit: str,
    beside: Sequence[float] = (),
) -> str:  # fmt: skip
    """Draw the mean as a line in its band, a dot on day `at`, and a second, dashed line for indirect effects.

    Args:
        kind: the responding kind of event. mean, low, high: by day from the day of the event, shape (day,). beside: the second line, or empty.
    """
    bottom, top = min(0.0, *low, *beside), max(0.0, *high, *beside)
    reach = (top - bottom or 1.0) * 0.08
    x = AxisScale(0, len(mean) - 1, LEFT, WIDTH - RIGHT)
    y = AxisScale(bottom - reach, top + reach, HEIGHT - BOTTOM, TOP)
    colour = tone_colour(kind, mean[at])
    parts = []
    for t in compute_ticks(y.low, y.high, 5):
        parts += [
            draw_line(LEFT, y(t), WIDTH - RIGHT, y(t), RULE, 0.8),
            draw_text(LEFT - 7, y(t) + 4, format_signed_number(t), anchor="end", fill=SOFT),
        ]
    for d in (0, 7, 14, 30, 60, 90):
        if d < len(mean):
            parts += [
                draw_line(x(d), HEIGHT - BOTTOM, x(d), HEIGHT - BOTTOM + 4, SOFT),
                draw_text(x(d), HEIGHT - BOTTOM + 17, str(d), anchor="middle", fill=SOFT),
            ]
    xs = [x(d) for d in range(len(mean))]
    parts.append(draw_area(xs, [y(v) for v in low], [y(v) for v in high], colour, 0.16))
    parts.append(draw_line(LEFT, y(0), WIDTH - RIGHT, y(0), INK, 1))
    if len(beside):
        parts.append(draw_path(xs, [y(v) for v in beside], SOFT, 1.6, "5 4"))
    parts.append(draw_path(xs, [y(v) for v in mean], colour, 2.4))
    parts += [draw_line(x(at), y(low[at]), x(at), y(high[at]), INK, 1.6), draw_circle(x(at), y(mean[at]), 5, INK)]
    parts += [
        draw_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 5, "days after the event", anchor="middle", fill=SOFT),
        draw_vertical_text(13, (TOP + HEIGHT - BOTTOM) / 2, unit, 12),
    ]
    days = sorted({*range(0, len(mean), 3), at})
    texts = []
    for d in days:
        turn = f"; with what follows in turn {format_signed_number(beside[d])}" if len(beside) else ""
        interval = f"90\u00a0% interval {format_signed_number(low[d])} to {format_signed_number(high[d])}"
        texts.append(f"Day {d}: {format_signed_number(mean[d])} {unit} ({interval}){turn}")
    columns = build_columns(
        [x(d) for d in days],
        texts,
        TOP,
        HEIGHT - BOTTOM,
        left=LEFT,
        right=WIDTH - RIGHT,
        dots=[y(mean[d]) for d in days],
    )
    parts.append(draw_values(columns))
    return build_svg(WIDTH, HEIGHT, parts, label)
