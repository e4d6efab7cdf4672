"""Survival curves of truces and rounds of talks, with confidence bands."""

import math

import altair as alt

from detente.charts.picture import Picture
from detente.charts.style import BLUE, VERMILLION, render_chart_svg
from detente.claims.context import ClaimContext
from detente.measures.truces import TruceDuration, fit_duration_curve

WIDTH = 600
SPELL_LABELS = {"round": "mediated round of talks", "truce": "truce between the governments"}


def draw_truce_survival(view: ClaimContext) -> Picture | None:
    """Draw the two curves, or return None if no truce and no round is recorded."""
    truces = [t for t in view.truces if t.pair == "target–host"]
    kinds: list[tuple[str, list[TruceDuration]]] = [("round", list(view.rounds)), ("truce", truces)]
    rows, censored, summaries, medians = [], [], [], []
    for kind, spells in kinds:
        if not spells:
            continue
        curve = fit_duration_curve(spells)
        last = max(h.days for h in spells)
        steps = [*zip(curve.days, curve.alive, curve.low, curve.high, strict=True)]
        if last > steps[-1][0]:
            steps.append((float(last), *steps[-1][1:]))
        for day, alive, low, high in steps:
            row = {"day": float(day), "alive": float(alive), "kind": SPELL_LABELS[kind]}
            if not math.isnan(low):
                row |= {"low": float(low), "high": float(high)}
            rows.append(row)
        censored += [
            {"day": h.days, "kind": SPELL_LABELS[kind], "alive": float(curve.alive[curve.days <= h.days][-1])}
            for h in spells
            if h.ended_by is None
        ]
        name = "truces" if kind == "truce" else "rounds"
        summaries.append(f"{len(spells)} {name}, {curve.ended} followed by force")
        if curve.median is not None:
            medians.append(f"half of the {name} within {curve.median:.0f} days")
    if not rows:
        return None
    scale = alt.Scale(domain=list(SPELL_LABELS.values()), range=[BLUE, VERMILLION])
    x = alt.X("day:Q", title="days since the truce began or the round ended", axis=alt.Axis(grid=False))
    percent = alt.Axis(format="%", tickCount=5)
    y = alt.Y("alive:Q", title="share not yet followed by force", axis=percent, scale=alt.Scale(domain=[0, 1]))
    legend = alt.Legend(title=None, orient="top-right", symbolType="stroke", symbolOpacity=1, symbolSize=260)
    colour = alt.Color("kind:N", scale=scale, legend=legend)
    base = alt.Chart(alt.InlineData(values=rows)).encode(x=x, color=colour)
    band = base.mark_area(interpolate="step-after", opacity=0.15).encode(y="low:Q", y2="high:Q")
    line = base.mark_line(interpolate="step-after", strokeWidth=2.2).encode(
        y=y,
        strokeDash=alt.StrokeDash(
            "kind:N", scale=alt.Scale(domain=list(SPELL_LABELS.values()), range=[[1, 0], [5, 3]]),
            legend=legend,
        ),
    )  # fmt: skip
    layers: list[alt.Chart] = [band, line]
    if censored:
        layers.append(
            alt.Chart(alt.InlineData(values=censored))
            .mark_point(shape="stroke", angle=90, size=90, strokeWidth=2, filled=False)
            .encode(x="day:Q", y="alive:Q", color=colour)
        )
    chart = alt.layer(*layers).properties(width=WIDTH, height=220)
    return Picture(
        key="held",
        title="How long truces and rounds of talks held",
        caption=(
            f"{'; '.join(summaries)}. Bands: 95 % confidence. Ticks on a curve: the record or the truce's announced "
            "term ended first. Rounds are held because force is near; no curve shows what caused it."
        ),
        alt=f"Survival curves: {'; '.join(summaries)}. Followed by force: {', '.join(medians) or 'fewer than half'}.",
        svg=render_chart_svg(chart, "held"),
    )
