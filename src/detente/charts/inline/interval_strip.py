"""A strip with one number, its interval and the claimed side, for a line of text or a table."""

import math

from detente.charts.inline.axes import (
    AxisScale,
    build_svg,
    compute_ticks,
    draw_circle,
    draw_line,
    draw_text,
    format_signed_number,
)
from detente.charts.inline.values import ValueZone, draw_values
from detente.charts.style import INK, RULE, SOFT

WIDTH, HEIGHT, EDGE = 420, 78, 19


def draw_interval_strip(
    value: float | None, low: float | None, high: float | None, *, than: float, claimed: str, label: str,
    percent: bool = False, ratio: bool = False,
    unit: str = "", title: str = "",
) -> str:  # fmt: skip
    """Draw a dot and its interval; the claimed side of the line `than` is shaded.

    Args:
        value, low, high: None or infinite means unbounded, drawn as an arrow. claimed: `above` or `below`.
        label: for screen readers. unit: title of the axis, empty for none. title: drawn above, or empty. percent: values are shares. ratio: values are ratios, on a logarithmic axis, where 0 is
            drawn as unbounded.
    """

    def is_bounded(x: float | None) -> bool:
        return x is not None and math.isfinite(x) and (x > 0 or not ratio)

    known = [x for x in (value, low, high, than) if x is not None and is_bounded(x)]
    if percent:
        axis = AxisScale(0, 1, EDGE, WIDTH - EDGE)
        marks = compute_ticks(0, 1, 5)
    elif ratio:
        least, most = min(known) / 1.4, max(known) * 1.4
        axis = AxisScale(least, most, EDGE, WIDTH - EDGE, log=True)
        marks = [m * 10.0**p for p in range(-3, 4) for m in (1, 2, 5) if least <= m * 10.0**p <= most]
        marks = marks if len(marks) <= 7 else [m for m in marks if f"{m:g}".strip("0.") == "1"]
    else:
        reach = (max(known) - min(known) or 1.0) * 0.12
        axis = AxisScale(min(known) - reach, max(known) + reach, EDGE, WIDTH - EDGE)
        marks = compute_ticks(axis.low, axis.high, 5)
    middle, floor = 22, 42
    zero, end = axis(than), (axis.b if claimed == "above" else axis.a)
    left, wide = min(zero, end), abs(end - zero)
    parts = [f'<rect x="{left:g}" y="6" width="{wide:g}" height="36" fill="{SOFT}" fill-opacity="0.13"/>']
    parts += [draw_line(axis(m), floor, axis(m), floor + 4, SOFT) for m in marks]
    parts += [
        draw_text(axis(m), floor + 16, f"{100 * m:g} %" if percent else f"{m:g}×" if ratio else format_signed_number(m), anchor="middle", fill=SOFT, size=12)
        for m in marks
    ]  # fmt: skip
    parts += [draw_line(axis.a, floor, axis.b, floor, RULE), draw_line(zero, 4, zero, floor, INK, 1.2)]
    if low is not None or high is not None:
        a, b = (axis(x) if x is not None and is_bounded(x) else e for x, e in ((low, axis.a), (high, axis.b)))
        parts.append(draw_line(a, middle, b, middle, INK, 2.2))
        for at, x, way in ((a, low, -1), (b, high, 1)):
            parts.append(
                draw_line(at, middle - 5, at, middle + 5, INK, 1.6) if is_bounded(x)
                else f'<path d="M{at - 6 * way:g} {middle - 5}L{at:g} {middle}L{at - 6 * way:g} {middle + 5}" fill="none" stroke="{INK}" stroke-width="1.6"/>'
            )  # fmt: skip
    if value is not None and is_bounded(value):
        parts.append(draw_circle(axis(value), middle, 5.5, INK))
    if unit:
        parts.append(draw_text(WIDTH / 2, HEIGHT - 4, unit, anchor="middle", fill=SOFT, size=11.5))
    parts.append(draw_values([ValueZone(0, 4, WIDTH, floor - 4, _describe(value, low, high, percent, ratio), middle)]))
    height = HEIGHT if unit else HEIGHT - 16
    if title:
        head, wide = 20, max(WIDTH, 16 + 6.3 * len(title))
        parts = [draw_text(EDGE, 14, title, size=12.5), f'<g transform="translate(0 {head})">{"".join(parts)}</g>']
        return build_svg(round(wide), height + head, parts, label)
    return build_svg(WIDTH, height, parts, label)


def _describe(value: float | None, low: float | None, high: float | None, percent: bool, ratio: bool) -> str:
    def write(x: float | None) -> str:
        if x is None or not math.isfinite(x):
            return "without limit"
        return f"{100 * x:.0f}\u00a0%" if percent else f"{x:.2g} times" if ratio else format_signed_number(x)

    point = "no estimate" if value is None or not math.isfinite(value) else write(value)
    return point if low is None and high is None else f"{point}, interval {write(low)} to {write(high)}"
