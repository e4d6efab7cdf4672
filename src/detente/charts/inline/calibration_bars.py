"""Calibration of count forecasts: share of outcomes in each tenth of the forecast."""

from collections.abc import Sequence

from detente.charts.inline.axes import AxisScale, build_svg, draw_line, draw_text
from detente.charts.style import BLUE, INK, SOFT, VERMILLION

WIDTH, HEIGHT = 260, 120


def draw_calibration_bars(share: Sequence[float], label: str) -> str:
    """Draw ten bars, and the dashed line that each reaches if the forecasts are calibrated."""
    x, y = AxisScale(0, 10, 8, WIDTH - 8), AxisScale(0, max(0.25, *share), HEIGHT - 22, 6)
    parts = [
        f'<rect x="{x(i) + 1.5:g}" y="{y(s):g}" width="{x(1) - x(0) - 3:g}" height="{y(0) - y(s):g}" fill="{BLUE}"><title>{100 * s:.0f} %</title></rect>'
        for i, s in enumerate(share)
    ]
    parts += [draw_line(x(0), y(0), x(10), y(0), INK), draw_line(x(0), y(0.1), x(10), y(0.1), VERMILLION, 1.4, "5 3")]
    parts += [
        draw_text(x(0), HEIGHT - 6, "lower than forecast", fill=SOFT),
        draw_text(x(10), HEIGHT - 6, "higher than forecast", anchor="end", fill=SOFT),
    ]
    return build_svg(WIDTH, HEIGHT, parts, label)
