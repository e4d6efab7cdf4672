"""Fan charts of a forecast: cumulative events of each channel of force, and cumulative deaths."""

from typing import Any

import altair as alt
import numpy as np

from detente.cases.channel_names import channel_name
from detente.charts.picture import Picture
from detente.charts.style import BLUE, VERMILLION, render_chart_svg
from detente.core.date_range import format_date
from detente.forecast.case import FORCE, CaseForecast

DEATH_PANELS = ("Reported deaths, lowest figures", "Reported deaths, highest figures")
QUANTILE_BANDS = ((0.05, 0.95, 0.16), (0.10, 0.90, 0.16), (0.25, 0.75, 0.26))


def draw_forecast_fans(f: CaseForecast) -> Picture:
    """Draw one panel per channel and two of deaths: median, bands of 50, 80 and 90 %, and the same number of past days."""
    horizon = max(f.horizons)
    days = np.array(f.grid)
    rows: list[dict[str, Any]] = []
    summaries = []
    channels = [c for c in FORCE if c in f.channels]
    names = {c: channel_name(f.g.case, c, capital=True) for c in channels}
    for c in channels:
        total = np.cumsum(f.paths.y[:, :horizon, f.channels.index(c)], axis=1)
        total = np.concatenate([np.zeros((len(total), 1), dtype=total.dtype), total], axis=1)[:, days]
        rows += _build_panel_rows(names[c], days, total, _sum_preceding_events(f, c, horizon)[days])
        low, middle, high = np.quantile(total[:, -1], [0.05, 0.5, 0.95], method="inverted_cdf")
        summaries.append(f"{names[c]} {middle:.0f} (90 % {low:.0f} to {high:.0f})")
    panels = [*names.values(), *DEATH_PANELS]
    for name, deaths in zip(DEATH_PANELS, (f.deaths_low, f.deaths_high), strict=True):
        deaths = deaths[:, days]
        rows += _build_panel_rows(name, days, deaths, None)
        low, middle, high = np.quantile(deaths[:, -1], [0.05, 0.5, 0.95], method="inverted_cdf")
        summaries.append(f"{name} {middle:.0f} (90 % {low:.0f} to {high:.0f})")
    # Layers of a facet must have no data of their own, or each panel would draw all of it.
    x = alt.X("day:Q", title="days ahead", axis=alt.Axis(grid=False))
    bands = [
        alt.Chart().mark_area(color=BLUE, opacity=o, interpolate="step-after").encode(
            x=x, y=alt.Y(f"l{k}:Q", title="cumulative"), y2=f"h{k}:Q"
        )
        for k, (_, _, o) in enumerate(QUANTILE_BANDS)
    ]  # fmt: skip
    line = alt.Chart().mark_line(color=BLUE, strokeWidth=2, interpolate="step-after").encode(x=x, y="m:Q")
    past = alt.Chart().mark_line(color=VERMILLION, strokeDash=[4, 3], strokeWidth=1.2, interpolate="step-after").encode(
        x=x, y="before:Q"
    )  # fmt: skip
    chart = (
        alt.layer(*bands, line, past, data=alt.InlineData(values=rows))
        .properties(width=270, height=120)
        .facet(facet=alt.Facet("channel:N", sort=panels, title=None), columns=2)
        .resolve_scale(y="independent")
    )
    return Picture(
        key="fans",
        title=f"Forecast for {horizon} days",
        caption=(
            f"Cumulative numbers in {len(f.paths.y):,} simulated futures from {format_date(f.as_of)}, at a reporting coverage of {f.coverage:g}. Line: "
            f"median. Bands: 50, 80 and 90 % of futures. Dashed: the {horizon} days before, scaled to the same coverage; days without coverage are left out."
        ),
        alt=f"Fan charts of events to come within {horizon} days: {'; '.join(summaries)}.",
        svg=render_chart_svg(chart, "fans"),
    )


def _build_panel_rows(name: str, days: Any, total: Any, before: Any) -> list[dict[str, Any]]:
    q = np.quantile(total, [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95], axis=0, method="inverted_cdf")
    out = []
    for i, d in enumerate(days):
        row: dict[str, Any] = {"channel": name, "day": int(d), "m": float(q[3, i])}
        row |= {f"l{k}": float(q[k, i]) for k in range(3)} | {f"h{k}": float(q[6 - k, i]) for k in range(3)}
        out.append(row if before is None else row | {"before": float(before[i])})
    return out


def _sum_preceding_events(f: CaseForecast, channel: str, horizon: int) -> Any:
    y = f.counts.of(channel)[-horizon:].astype(float)
    coverage = f.counts.by_channel[-horizon:, f.counts.channels.index(channel)]
    scaled = np.where(coverage > 0, y * f.coverage / np.where(coverage > 0, coverage, 1), 0)
    out = np.append(0.0, np.cumsum(scaled))
    return np.pad(out, (0, max(0, horizon + 1 - len(out))), mode="edge")
