"""Residual diagnostics of a fit: autocorrelation and normal quantiles, by channel."""

from typing import Any

import altair as alt
import numpy as np
from scipy.special import ndtri

from detente.charts.picture import Picture
from detente.charts.style import BLUE, SOFT, VERMILLION, render_chart_svg
from detente.model.diagnostics import FitDiagnostics


def draw_residuals(c: FitDiagnostics) -> Picture:
    """Draw the autocorrelation of residuals with 95 % limits (left), and their quantiles against the normal's (right)."""
    rows: list[dict[str, Any]] = []
    quantiles: list[dict[str, Any]] = []
    p = (np.arange(60) + 0.5) / 60
    for k, name in enumerate(c.channels):
        rows += [{"channel": name, "lag": i + 1, "echo": float(e)} for i, e in enumerate(c.echo[:, k])]
        observed = np.nanquantile(c.residuals[:, k], p)
        quantiles += [
            {"channel": name, "expected": float(a), "found": float(b)} for a, b in zip(ndtri(p), observed, strict=True)
        ]
    order = list(c.channels)
    row = alt.Row("channel:N", sort=order, title=None, header=alt.Header(labelAngle=0, labelAlign="left"))
    # Layers of a facet must have no data of their own, or each row would draw all of it.
    bars = alt.Chart().mark_bar(color=BLUE).encode(
        x=alt.X("lag:O", title="days apart", axis=alt.Axis(labelAngle=0, values=[1, 7, 14])),
        y=alt.Y("echo:Q", title="autocorrelation", scale=alt.Scale(domain=[-0.2, 0.2], clamp=True), axis=alt.Axis(tickCount=3)),
    )  # fmt: skip
    limit = float(1.96 / np.sqrt(c.days))
    lines = [alt.Chart().mark_rule(color=VERMILLION, strokeDash=[3, 2]).encode(y=alt.datum(v)) for v in (-limit, limit)]
    diagonal = alt.Chart().mark_line(color=SOFT, strokeWidth=0.8).encode(
        x=alt.X("expected:Q", title="expected"), y=alt.Y("expected:Q", title="residual")
    )  # fmt: skip
    points = alt.Chart().mark_point(size=10, color=BLUE).encode(x="expected:Q", y="found:Q")
    left = alt.layer(bars, *lines, data=alt.InlineData(values=rows)).properties(width=220, height=64).facet(row=row)
    right = (
        alt.layer(diagonal, points, data=alt.InlineData(values=quantiles))
        .properties(width=120, height=64)
        .facet(row=row)
    )
    bad = ", ".join(c.bad) or "none"
    return Picture(
        key="leftovers",
        title="Residuals of the fit",
        caption=(
            "If the model fits, residuals are independent and normal: bars stay within the dashed limits and points on the "
            f"line. Kinds of event that fail a test (1 % shared among them): {bad}."
        ),
        alt=f"Autocorrelations and normal quantiles of residuals for {len(order)} channels over {c.days} days; failing: {bad}.",
        svg=render_chart_svg(alt.hconcat(left, right), "leftovers"),
    )
