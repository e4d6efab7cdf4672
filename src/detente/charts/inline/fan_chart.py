"""Fan chart of cumulative events: baseline, intervention and outcome."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detente.charts.inline.axes import AxisScale, build_svg, compute_ticks, draw_area, draw_line, draw_path, draw_text
from detente.charts.style import BLUE, INK, RULE, SOFT, VERMILLION

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 330, 200, 38, 8, 12, 30
BASELINE_GREY = "#8a929b"


def draw_intervention_fan(
    days: Sequence[int], plain: NDArray[np.float64], changed: NDArray[np.float64] | None, *, label: str, came: Sequence[float] = ()
) -> str:  # fmt: skip
    """Draw bands of 90 and 50 % and the median: baseline grey and dashed, intervention blue and solid.

    Args:
        days: from 0. plain, changed: quantiles 5, 25, 50, 75 and 95 %, shape (5, day); None without an intervention.
        came: the outcome on the same days, dotted.
    """
    top = max(1.0, float(plain[4].max()), float(changed[4].max()) if changed is not None else 0.0, *came)
    x, y = AxisScale(0, days[-1], LEFT, WIDTH - RIGHT), AxisScale(0, top * 1.04, HEIGHT - BOTTOM, TOP)
    xs = [x(d) for d in days]
    parts = []
    for t in compute_ticks(0, top, 4):
        parts += [
            draw_line(LEFT, y(t), WIDTH - RIGHT, y(t), RULE, 0.8),
            draw_text(LEFT - 6, y(t) + 4, f"{t:,.0f}" if top >= 4 else f"{t:g}", anchor="end", fill=SOFT),
        ]
    step = 30 if days[-1] <= 120 else 60 if days[-1] <= 240 else 90 if days[-1] <= 400 else 365
    for d in range(0, days[-1] + 1, step):
        parts += [
            draw_line(x(d), HEIGHT - BOTTOM, x(d), HEIGHT - BOTTOM + 4, SOFT),
            draw_text(x(d), HEIGHT - BOTTOM + 17, str(d), anchor="middle", fill=SOFT),
        ]
    parts.append(draw_line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, INK, 1))
    for q, colour, strong in ((plain, BASELINE_GREY, 0.5), (changed, BLUE, 1.0)):
        if q is None:
            continue
        at = [[y(float(v)) for v in row] for row in q]
        parts += [
            draw_area(xs, at[0], at[4], colour, 0.16 * strong + 0.06),
            draw_area(xs, at[1], at[3], colour, 0.2 * strong + 0.06),
        ]
    if changed is not None:
        # The edges of the baseline band stay visible under the other.
        parts += [draw_path(xs, [y(float(v)) for v in plain[i]], BASELINE_GREY, 1, "2 3") for i in (0, 4)]
    parts.append(draw_path(xs, [y(float(v)) for v in plain[2]], SOFT, 2, "6 4"))
    if changed is not None:
        parts.append(draw_path(xs, [y(float(v)) for v in changed[2]], BLUE, 2.4))
    if len(came):
        parts.append(draw_path(xs, [y(v) for v in came], VERMILLION, 2, "1.5 3"))
    return build_svg(WIDTH, HEIGHT, parts, label)
