"""Calibration of count forecasts: share of outcomes in each tenth of the forecast."""

from collections.abc import Sequence

from detente.charts.inline.axes import AxisScale, build_svg, draw_line, draw_text, draw_vertical_text
from detente.charts.inline.values import ValueZone, draw_values
from detente.charts.style import DATA, INK, SOFT

WIDTH, HEIGHT, LEFT, BOTTOM = 290, 150, 48, 40


def draw_calibration_bars(share: Sequence[float], label: str) -> str:
    """Draw ten bars, and the dashed line that each reaches if the forecasts are calibrated."""
    x, y = AxisScale(0, 10, LEFT, WIDTH - 8), AxisScale(0, max(0.25, *share), HEIGHT - BOTTOM, 6)
    parts = [
        f'<rect x="{x(i) + 1.5:g}" y="{y(s):g}" width="{x(1) - x(0) - 3:g}" height="{y(0) - y(s):g}" fill="{DATA}"/>'
        for i, s in enumerate(share)
    ]
    parts += [draw_line(x(0), y(0), x(10), y(0), INK), draw_line(x(0), y(0.1), x(10), y(0.1), INK, 1.4, "5 3")]
    parts += [
        draw_text(x(0), y(0) + 15, "lower than forecast", fill=SOFT, size=11.5),
        draw_text(x(10), y(0) + 15, "higher than forecast", anchor="end", fill=SOFT, size=11.5),
        draw_text((x.a + x.b) / 2, HEIGHT - 5, "tenth of the forecast", anchor="middle", fill=SOFT, size=11.5),
        draw_vertical_text(11, (6 + y(0)) / 2, "share of outcomes", 11.5),
        *(draw_text(LEFT - 5, y(t) + 4, f"{100 * t:.0f} %", anchor="end", fill=SOFT, size=11.5) for t in (0, 0.1, 0.2)),
        draw_values(
            ValueZone(x(i), 6, x(1) - x(0), y(0) - 6, f"Tenth {i + 1} of the forecast, from the lowest: {100 * s:.0f}\u00a0% of outcomes")
            for i, s in enumerate(share)
        ),
    ]  # fmt: skip
    return build_svg(WIDTH, HEIGHT, parts, label)
