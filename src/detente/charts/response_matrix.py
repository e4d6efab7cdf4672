"""The matrix of responses between channels as a chart."""

import altair as alt

from detente.charts.picture import Picture
from detente.charts.style import INK, RULE, SOFT, render_chart_svg
from detente.model.summaries import Responses

CERTAIN_SIGN_PROBABILITY = 0.95


def draw_response_matrix(r: Responses) -> Picture:
    """Draw the response of each row's channel to one event of each column's. Colour and bold where the sign is certain."""
    sure = (r.positive >= CERTAIN_SIGN_PROBABILITY) | (r.positive <= 1 - CERTAIN_SIGN_PROBABILITY)
    rows = [
        {
            "answers": a,
            "event": b,
            "mean": float(r.mean[k, j]),
            "sure": bool(sure[k, j]),
            "label": f"{r.mean[k, j]:+.2f}".replace("-", "−"),
        }
        for k, a in enumerate(r.channels)
        for j, b in enumerate(r.channels)
    ]
    order = list(r.channels)
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X(
            "event:N",
            sort=order,
            title="after one event",
            axis=alt.Axis(orient="top", labelAngle=-35, ticks=False, domain=False),
        ),
        y=alt.Y("answers:N", sort=order, title="extra events", axis=alt.Axis(ticks=False, domain=False)),
    )
    shade = alt.Color(
        "mean:Q", scale=alt.Scale(scheme="blueorange", domain=[-0.8, 0.8], domainMid=0, clamp=True), legend=None
    )
    cells = base.mark_rect(stroke=RULE, strokeWidth=0.8).encode(
        color=alt.condition("datum.sure", shade, alt.value("#fafaf8"))
    )
    faint = (
        base.transform_filter("!datum.sure").mark_text(fontSize=10.5, color=SOFT, opacity=0.75).encode(text="label:N")
    )
    bold = (
        base.transform_filter("datum.sure").mark_text(fontSize=11.5, fontWeight=700, color=INK).encode(text="label:N")
    )
    chart = alt.layer(cells, faint, bold).properties(width=52 * len(order), height=30 * len(order))
    certain = [x for x in rows if x["sure"]]
    listed = "; ".join(f"{x['answers']} after {x['event']} {x['label']}" for x in certain) or "none"
    return Picture(
        key="responses",
        title="Responses between kinds of event",
        caption=(
            f"Extra events of the row's kind within {r.days:g} days after one event of the column's kind, above the baseline rate. "
            f"Coloured and bold: the direction has a probability of {CERTAIN_SIGN_PROBABILITY:.0%} or more. {len(certain)} of {len(rows)} "
            f"links look clear; about {2 * (1 - CERTAIN_SIGN_PROBABILITY) * len(rows):.0f} would by chance alone."
        ),
        alt=f"Matrix of responses between {len(order)} channels. Links whose direction is clear: {listed}.",
        svg=render_chart_svg(chart, "responses"),
    )
