"""The relation index: weekly scores, the level with its band, regimes and crisis episodes."""

import altair as alt

from detente.charts.picture import Picture
from detente.charts.style import BLUE, INK, SOFT, VERMILLION, render_chart_svg
from detente.claims.context import ClaimContext

WIDTH = 640
REGIME_LABELS = {"truce": "truce of target and group", "fighting": "open fighting of the two states"}


def draw_relation_index(view: ClaimContext) -> Picture | None:
    """Draw the index over time, or return None if there is too little data for one."""
    index = view.index
    if index is None:
        return None
    g = view.g
    columns = zip(index.weeks, index.acts, index.score, index.smoothed, index.low, index.high, strict=True)
    weeks = [
        {"week": str(w), "score": None if acts == 0 else float(score), "acts": int(acts), "level": float(level), "low": float(low), "high": float(high)}
        for w, acts, score, level, low, high in columns
    ]  # fmt: skip
    regimes = [
        {"from": str(r.first), "to": str(r.last or g.as_of), "name": r.name, "kind": REGIME_LABELS[r.kind]}
        for r in g.case.regimes
        if r.kind != "takeover" and r.first <= g.as_of
    ]
    x = alt.X("week:T", title=None, axis=alt.Axis(format="%Y", tickCount="year", grid=False))
    y = alt.Y("score:Q", title="hostile  ←  intensity of acts  →  friendly", scale=alt.Scale(domain=[-10, 7.5]))
    base = alt.Chart(alt.InlineData(values=weeks))
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=list(REGIME_LABELS.values()), range=[BLUE, VERMILLION]),
        legend=alt.Legend(title=None, orient="top", symbolOpacity=0.5, labelLimit=300),
    )
    areas = alt.Chart(alt.InlineData(values=regimes)).mark_rect(opacity=0.16)
    shade = areas.encode(x="from:T", x2="to:T", color=colour)
    zero = alt.Chart(alt.InlineData(values=[{}])).mark_rule(color=SOFT, strokeWidth=0.8).encode(y=alt.datum(0))
    dots = base.mark_point(filled=True, color=SOFT, opacity=0.38).encode(
        x=x, y=y, size=alt.Size("acts:Q", scale=alt.Scale(range=[10, 150]), legend=None)
    )
    band = base.mark_area(color=BLUE, opacity=0.22).encode(x=x, y="low:Q", y2="high:Q")
    line = base.mark_line(color=BLUE, strokeWidth=2.2).encode(x=x, y="level:Q")
    crises = (
        alt.Chart(alt.InlineData(values=[{"from": str(e.first), "to": str(e.last)} for e in view.episodes]))
        .mark_tick(color=INK, thickness=1.6, size=11, orient="vertical")
        .encode(x="from:T", y=alt.datum(-9.5))
    )
    chart = alt.layer(shade, zero, dots, band, line, crises).properties(width=WIDTH, height=250)
    return Picture(
        key="index",
        title=f"Relations between {g.case.names.target} and {g.case.names.host_government}",
        caption=(
            "Dots: mean intensity of a week's acts between the governments on Goldstein's scale, larger for more acts. "
            "Line: the level underneath, with its 90 % band. Strokes at the foot: the start of each crisis episode "
            "(strikes or clashes). The index is a mean, so that denser collection does not lower it."
        ),
        alt=(
            f"Line chart of the relation index, {index.weeks[0]} to {index.weeks[-1]}. The smoothed level goes from "
            f"{index.smoothed[0]:.1f} to {index.smoothed[-1]:.1f}; {len(view.episodes)} crisis episodes are marked."
        ),
        svg=render_chart_svg(chart, "index"),
    )
