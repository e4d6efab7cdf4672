"""Residual diagnostics of a fit: autocorrelation and normal quantiles, by channel."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from detente.charts.inline.axes import (
    AxisScale,
    build_svg,
    draw_circle,
    draw_line,
    draw_text,
    draw_vertical_text,
    format_signed_number,
)
from detente.charts.inline.panels import compose_panels, draw_panel_title
from detente.charts.inline.values import ValueZone, draw_values
from detente.charts.picture import Picture
from detente.charts.style import DATA, INK, RULE, SOFT
from detente.core.scipy_functions import ndtri
from detente.model.diagnostics import FitDiagnostics

WIDTH, HEIGHT, TOP, FLOOR = 340, 160, 24, 124
BARS, POINTS = (44, 204), (240, 330)  # left and right edges of the two plots
MAX_AUTOCORRELATION, MAX_QUANTILE = 0.2, 3.0
QUANTILES = 24


def draw_residuals(c: FitDiagnostics, names: Mapping[str, str] | None = None) -> Picture:
    """Draw the autocorrelation of residuals with 95 % limits, and their quantiles against the normal's, for each channel.

    Args:
        names: readers' names by channel; channels without one keep their key.
    """
    called = {k: (names or {}).get(k, k) for k in c.channels}
    bad = ", ".join(called[k] for k in c.bad) or "none"
    return Picture(
        key="leftovers",
        title="Residuals of the fit",
        caption=(
            "If the model fits, residuals are independent and normal: bars stay within the dashed limits and points on the "
            f"line. Kinds of event that fail a test (1 % shared among them): {bad}."
        ),
        alt=f"Autocorrelations and normal quantiles of residuals for {len(called)} channels over {c.days} days; failing: {bad}.",
        svg=compose_panels(
            [_draw_panel(c, k, name) for k, name in enumerate(called.values())], 2, "Residuals of each kind of event"
        ),
    )


def _draw_panel(c: FitDiagnostics, k: int, name: str) -> str:
    y = AxisScale(-MAX_AUTOCORRELATION, MAX_AUTOCORRELATION, FLOOR, TOP)
    x = AxisScale(0.5, len(c.echo) + 0.5, *BARS)
    wide = x(2) - x(1)
    parts, zones = [draw_panel_title(name, WIDTH)], []
    for t in (-0.2, 0.0, 0.2):
        parts += [
            draw_line(BARS[0], y(t), BARS[1], y(t), INK if t == 0 else RULE, 0.8),
            draw_text(BARS[0] - 5, y(t) + 4, format_signed_number(t, 1), anchor="end", fill=SOFT, size=11),
        ]
    for lag, r in enumerate(c.echo[:, k], 1):
        end = y(float(r))
        parts.append(
            f'<rect x="{x(lag) - wide / 2 + 1:.1f}" y="{min(end, y(0)):.1f}" width="{wide - 2:.1f}" height="{abs(end - y(0)):.1f}" fill="{DATA}"/>'
        )
        days = f"{lag} day{'s' if lag > 1 else ''} apart"
        zones.append(
            ValueZone(x(lag) - wide / 2, TOP, wide, FLOOR - TOP, f"{name}, {days}: autocorrelation {format_signed_number(float(r), 3)}")
        )  # fmt: skip
    limit = float(1.96 / np.sqrt(c.days))
    parts += [draw_line(BARS[0], y(v), BARS[1], y(v), INK, 1.2, "3 2") for v in (-limit, limit)]
    parts += [draw_text(x(lag), FLOOR + 14, str(lag), anchor="middle", fill=SOFT, size=11) for lag in (1, 7, 14)]
    parts += [
        draw_text(sum(BARS) / 2, FLOOR + 29, "days apart", anchor="middle", fill=SOFT, size=11),
        draw_vertical_text(9, (TOP + FLOOR) / 2, "autocorrelation"),
        *_draw_quantiles(c, k),
        draw_values(zones),
    ]
    return build_svg(WIDTH, HEIGHT, parts, f"Residuals: {name}")


def _draw_quantiles(c: FitDiagnostics, k: int) -> list[str]:
    p = (np.arange(QUANTILES) + 0.5) / QUANTILES
    found = np.nanquantile(c.residuals[:, k], p)
    x, y = AxisScale(-MAX_QUANTILE, MAX_QUANTILE, *POINTS), AxisScale(-MAX_QUANTILE, MAX_QUANTILE, FLOOR, TOP)
    edge = [*pairwise([(POINTS[0], TOP), (POINTS[0], FLOOR), (POINTS[1], FLOOR)])]
    out = [draw_line(*a, *b, RULE, 0.8) for a, b in edge]
    out.append(draw_line(POINTS[0], FLOOR, POINTS[1], TOP, SOFT, 0.8))
    out += [draw_circle(x(float(a)), y(float(b)), 1.8, DATA) for a, b in zip(ndtri(p), found, strict=True)]
    out += [
        draw_text(x(t), FLOOR + 14, format_signed_number(t), anchor="middle", fill=SOFT, size=11) for t in (-2, 0, 2)
    ]
    out += [
        draw_text(sum(POINTS) / 2, FLOOR + 29, "expected quantile", anchor="middle", fill=SOFT, size=11),
        draw_vertical_text(POINTS[0] - 8, (TOP + FLOOR) / 2, "residual"),
    ]
    return out
