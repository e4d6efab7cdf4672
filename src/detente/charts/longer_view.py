"""The longer view: another source's deaths by year in both states, with the takeover and the named fighting."""

from collections.abc import Sequence
from typing import Any

import altair as alt

from detente.charts.longer_view_data import ViewMark, YearBar, describe_longer_view, list_view_marks, list_year_bars
from detente.charts.picture import Picture
from detente.charts.style import DATA, FIGHTING, INK, render_chart_svg
from detente.claims.context import ClaimContext
from detente.measures.yardstick import source_figures

WIDTH, PANEL_HEIGHT = 640, 120


def build_longer_view_chart(bars: Sequence[YearBar], marks: Sequence[ViewMark], source: str) -> alt.TopLevelMixin:
    """Build the chart: a panel for each state with a scale of its own; provisional years are pale."""
    end = f"{max(b.year for b in bars) + 2}-01-01"
    panels: list[alt.LayerChart | alt.FacetChart] = []
    for country in dict.fromkeys(b.country for b in bars):
        rows = [
            {"from": f"{b.year}-01-20", "to": f"{b.year}-12-12", "year": b.year, "deaths": b.deaths, "events": b.events,
             "figures": "provisional" if b.provisional else "final"}
            for b in bars if b.country == country
        ]  # fmt: skip
        panels.append(_build_panel(rows, marks, country, f"{min(b.year for b in bars)}-01-01", end, named=not panels))
    chart: alt.TopLevelMixin = alt.vconcat(*panels, spacing=14).properties(
        title=alt.TitleParams(
            f"Deaths a year, {source}'s best estimate", anchor="start", fontSize=11, fontWeight="normal"
        )
    )
    return chart


def _build_panel(
    rows: list[dict[str, Any]], marks: Sequence[ViewMark], country: str, start: str, end: str, *, named: bool
) -> alt.LayerChart | alt.FacetChart:
    x = alt.X("from:T", title=None, axis=alt.Axis(format="%Y", grid=False), scale=alt.Scale(domain=[start, end]))
    y = alt.Y("deaths:Q", title=country, axis=alt.Axis(format=",d", tickCount=4))
    bars = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_rect(color=DATA, stroke=DATA, strokeWidth=0.8)
        .encode(
            x=x, x2="to:T", y=y, y2=alt.datum(0), tooltip=["year:Q", "deaths:Q", "events:Q", "figures:N"],
            fillOpacity=alt.condition("datum.figures == 'provisional'", alt.value(0.25), alt.value(0.85)),
        )
    )  # fmt: skip
    fights = [{"from": str(m.first), "to": str(m.last), "name": m.name} for m in marks if m.kind == "fighting"]
    takeovers = [{"from": str(m.first), "name": m.name} for m in marks if m.kind == "takeover"]
    layers: list[Any] = [bars]
    if fights:
        # A fortnight is narrower than a stroke at this scale, so each one has an edge.
        areas = alt.Chart(alt.InlineData(values=fights)).mark_rect(color=FIGHTING, opacity=0.5, stroke=FIGHTING)
        layers.append(areas.encode(x="from:T", x2="to:T", tooltip=["name:N"]))
    if takeovers:
        base = alt.Chart(alt.InlineData(values=takeovers)).encode(x="from:T")
        layers.append(base.mark_rule(color=INK, strokeWidth=1.6, strokeDash=[5, 3]).encode(tooltip=["name:N"]))
        if named:
            words = base.mark_text(align="right", dx=-5, color=INK, fontSize=10.5, baseline="top")
            layers.append(words.encode(y=alt.value(2), text="name:N"))
    return alt.layer(*layers).properties(width=WIDTH, height=PANEL_HEIGHT)


def draw_longer_view(view: ClaimContext) -> Picture | None:
    """Draw the longer view, or return None if the case has no figures known on its day."""
    figures, bars = source_figures(view.g), list_year_bars(view)
    if figures is None or not bars:
        return None
    names, marks = view.g.case.names, list_view_marks(view)
    provisional = sorted({b.year for b in bars if b.provisional})
    pale = f" Pale: provisional ({', '.join(map(str, provisional))})." if provisional else ""
    fighting = (
        " Dark red strips: the named fighting of the two states." if any(m.kind == "fighting" for m in marks) else ""
    )
    takeover = "Dashed line: the takeover." if any(m.kind == "takeover" for m in marks) else ""
    return Picture(
        key="longer-view",
        title=f"Deaths in organised violence, {bars[0].year} to {max(b.year for b in bars)}",
        caption=(
            f"{figures.source} counts every conflict in each state, not only that with {names.group}. The two scales differ. "
            f"{takeover}{fighting}{pale} Years before {bars[0].year} are not covered. {figures.cite}"
        ),
        alt=describe_longer_view(bars, figures.source),
        svg=render_chart_svg(build_longer_view_chart(bars, marks, figures.source), "longer-view"),
    )
