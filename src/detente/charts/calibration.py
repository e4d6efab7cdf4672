"""Calibration of probabilities, and of the quantiles of count forecasts."""

import altair as alt
import numpy as np

from detente.charts.picture import Picture
from detente.charts.style import DATA, INK, SOFT, render_chart_svg
from detente.forecast.scorecard import ScoreCard
from detente.forecast.scores.brier import brier


def draw_calibration(c: ScoreCard) -> Picture:
    """Draw stated probabilities against observed shares (left), and the forecast tenths of the outcomes (right)."""
    b = brier(c.said, c.happened)
    spread = 1.645 * np.sqrt(b.said * (1 - b.said) / b.cases)
    rows = [
        {"said": float(p), "share": float(s), "cases": int(n), "low": float(max(p - w, 0)), "high": float(min(p + w, 1))}
        for p, s, n, w in zip(b.said, b.share, b.cases, spread, strict=True)
    ]  # fmt: skip
    unit = alt.Scale(domain=[0, 1])
    x = alt.X("said:Q", title="forecast probability", scale=unit, axis=alt.Axis(format="%"))
    base = alt.Chart(alt.InlineData(values=rows))
    ends = alt.Chart(alt.InlineData(values=[{"v": 0}, {"v": 1}]))
    diagonal = ends.mark_line(color=SOFT, strokeWidth=0.8).encode(x="v:Q", y="v:Q")
    band = base.mark_area(color=SOFT, opacity=0.15).encode(
        x=x, y=alt.Y("low:Q", title="share of cases in which it happened", scale=unit), y2="high:Q"
    )
    dots = base.mark_point(filled=True, color=DATA, opacity=0.9).encode(
        x=x, y=alt.Y("share:Q", title="share of cases in which it happened", scale=unit, axis=alt.Axis(format="%")),
        size=alt.Size("cases:Q", title="forecasts", scale=alt.Scale(range=[20, 260])),
    )  # fmt: skip
    left = alt.layer(diagonal, band, dots).properties(width=250, height=250)
    bars = [
        {"days": f"{d} days", "tenth": i + 1, "share": float(s)} for d, k in c.calibration.items() for i, s in enumerate(k.share)
    ]  # fmt: skip
    bar = alt.Chart().mark_bar(color=DATA).encode(
        x=alt.X("tenth:O", title="tenth of the forecast distribution", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("share:Q", title="share", axis=alt.Axis(format="%", tickCount=3)),
    )  # fmt: skip
    expected = alt.Chart().mark_rule(color=INK, strokeDash=[3, 2]).encode(y=alt.datum(0.1))
    right = (
        alt.layer(bar, expected, data=alt.InlineData(values=bars))
        .properties(width=220, height=56)
        .facet(row=alt.Row("days:N", sort=[f"{d} days" for d in c.calibration], title=None))
    )
    bins = "; ".join(
        f"forecast {p:.0%}, happened in {s:.0%} of {n}" for p, s, n in zip(b.said, b.share, b.cases, strict=True)
    )
    return Picture(
        key="calibration",
        title="Calibration: did events happen as often as forecast?",
        caption=(
            f"{len(c.said)} forecasts of at least one event, over all horizons. Left: dots on the line are calibrated; the grey band holds 90 % of shares "
            "if forecasts are calibrated and independent; forecasts of overlapping months are not independent. Right: numbers of events; "
            "each bar reaches the dashed line if forecasts are calibrated. Tall end bars: ranges too narrow; tall middle bars: too wide."
        ),
        alt=f"Calibration: {bins}.",
        svg=render_chart_svg(alt.hconcat(left, right), "calibration"),
    )
