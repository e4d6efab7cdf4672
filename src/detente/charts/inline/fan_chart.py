"""Fan chart of cumulative events: bands and medians of one or two sets of futures, and what happened."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.charts.inline.axes import (
    AxisScale,
    build_svg,
    compute_ticks,
    draw_area,
    draw_line,
    draw_path,
    draw_text,
    draw_vertical_text,
)
from detente.charts.inline.panels import draw_panel_title
from detente.charts.inline.values import build_columns, draw_values
from detente.charts.style import DATA, INK, KIND_COLOURS, RULE, SOFT

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 340, 216, 54, 10, 12, 42
TITLE_HEIGHT = 32
BASELINE_GREY = "#8a929b"
MAX_VALUES = 31  # zones with values; one for each day would be too narrow to point at


@dataclass(frozen=True, slots=True)
class FanSeries:
    """Quantiles of cumulative counts by day, shape (quantile, day), outermost first; the middle row is the median.

    `colour` is that of the line and the bands, `dash` of the line, `strength` of the bands, from 0 to 1.
    """

    quantiles: NDArray[np.float64]
    colour: str
    dash: str = ""
    strength: float = 1.0


def fan_colour(kind: str) -> str:
    """Return the colour of a kind of event; deaths belong to no kind.

    Example:
        >>> fan_colour("attack") == KIND_COLOURS["attack"], fan_colour("deaths") == DATA
        (True, True)
    """
    return KIND_COLOURS.get(kind, DATA)


def draw_fan(
    days: Sequence[int], series: Sequence[FanSeries], texts: Sequence[str], *, label: str, unit: str,
    line: Sequence[float] = (), title: str = "",
) -> str:  # fmt: skip
    """Draw bands and medians over days ahead, and a dotted line of what happened.

    Args:
        days: from 0, ascending. series: the first is drawn lowest. texts: for each day, its value in words. label: for screen
            readers. unit: title of the upright axis. line: numbers on the same days, or empty. title: drawn above, or empty.
    """
    head = TITLE_HEIGHT if title else 0
    top, floor, height = TOP + head, HEIGHT - BOTTOM + head, HEIGHT + head
    most = max([1.0, *(float(s.quantiles.max()) for s in series), *line])
    x, y = AxisScale(0, days[-1], LEFT, WIDTH - RIGHT), AxisScale(0, most * 1.04, floor, top)
    xs = [x(d) for d in days]
    parts = [draw_panel_title(title, WIDTH)] if title else []
    for t in compute_ticks(0, most, 4):
        parts += [
            draw_line(LEFT, y(t), WIDTH - RIGHT, y(t), RULE, 0.8),
            draw_text(LEFT - 6, y(t) + 4, f"{t:,.0f}" if most >= 4 else f"{t:g}", anchor="end", fill=SOFT),
        ]
    step = 30 if days[-1] <= 120 else 60 if days[-1] <= 240 else 90 if days[-1] <= 400 else 365
    for d in range(0, days[-1] + 1, step):
        parts += [
            draw_line(x(d), floor, x(d), floor + 4, SOFT),
            draw_text(x(d), floor + 17, str(d), anchor="middle", fill=SOFT),
        ]
    parts += [
        draw_line(LEFT, floor, WIDTH - RIGHT, floor, INK, 1),
        draw_text((LEFT + WIDTH - RIGHT) / 2, height - 4, "days ahead", anchor="middle", fill=SOFT, size=11.5),
        draw_vertical_text(12, (top + floor) / 2, unit, 11.5),
    ]
    for s in series:
        at = [[y(float(v)) for v in row] for row in s.quantiles]
        for i in range(len(at) // 2):
            parts.append(draw_area(xs, at[i], at[-1 - i], s.colour, 0.1 + 0.1 * s.strength))
    for s in series[:-1]:
        # The edges of a lower band stay visible under the next.
        parts += [draw_path(xs, [y(float(v)) for v in s.quantiles[i]], s.colour, 1, "2 3") for i in (0, -1)]
    for s in series:
        middle = [y(float(v)) for v in s.quantiles[len(s.quantiles) // 2]]
        parts.append(draw_path(xs, middle, s.colour if not s.dash else SOFT, 2.2, s.dash))
    if len(line):
        parts.append(draw_path(xs, [y(v) for v in line], INK, 1.8, "1.5 3"))
    shown = _pick(len(days))
    dots = [y(float(series[-1].quantiles[len(series[-1].quantiles) // 2][i])) for i in shown]
    parts.append(
        draw_values(
            build_columns([xs[i] for i in shown], [texts[i] for i in shown], top, floor, left=LEFT, right=WIDTH - RIGHT, dots=dots)
        )
    )  # fmt: skip
    return build_svg(WIDTH, height, parts, label)


def _pick(count: int) -> list[int]:
    """Pick days with values: all, or evenly spread ones with the first and the last."""
    if count <= MAX_VALUES:
        return list(range(count))
    return sorted({round(i * (count - 1) / (MAX_VALUES - 1)) for i in range(MAX_VALUES)})


def draw_intervention_fan(
    kind: str, days: Sequence[int], plain: NDArray[np.float64], changed: NDArray[np.float64] | None, *, label: str,
    came: Sequence[float] = (),
) -> str:  # fmt: skip
    """Draw bands of 90 and 50 % and the median: the baseline grey and dashed, the change solid in its kind's colour.

    Args:
        kind: of event, or `deaths`. days: from 0. plain, changed: quantiles 5, 25, 50, 75 and 95 %, shape (5, day); None
            without a change. came: the outcome on the same days, dotted.
    """
    series = [FanSeries(plain, BASELINE_GREY, "6 4", 0.4)]
    texts = [f"Day {d}: {_format_range(plain[:, i])}" for i, d in enumerate(days)]
    if changed is not None:
        series.append(FanSeries(changed, fan_colour(kind)))
        texts = [
            f"Day {d}: with the change {_format_range(changed[:, i])}; without it {_format_range(plain[:, i])}"
            for i, d in enumerate(days)
        ]
    if len(came):
        texts = [f"{t}; recorded {n:,.0f}" for t, n in zip(texts, came, strict=True)]
    unit = "deaths so far" if kind == "deaths" else "events so far"
    return draw_fan(days, series, texts, label=label, unit=unit, line=came)


def _format_range(q: NDArray[np.float64]) -> str:
    return f"median {q[2]:,.0f} (90\u00a0% of futures {q[0]:,.0f} to {q[4]:,.0f})"
