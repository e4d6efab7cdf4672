"""Fan charts of a forecast: cumulative events of each channel of force, and cumulative deaths."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.cases.channel_names import channel_name
from detente.charts.inline.fan_chart import FanSeries, draw_fan, fan_colour
from detente.charts.inline.panels import compose_panels
from detente.charts.picture import Picture
from detente.core.date_range import format_date
from detente.forecast.case import FORCE, CaseForecast

DEATH_PANELS = ("Reported deaths, lowest figures", "Reported deaths, highest figures")
QUANTILES = (0.05, 0.10, 0.25, 0.5, 0.75, 0.90, 0.95)


@dataclass(frozen=True, slots=True)
class ForecastFan:
    """One panel of the forecast.

    Fields:
        key, name: kind of event, or `deaths`, and the name of the panel. days: ahead. quantiles: of cumulative numbers, a row for
            each of `QUANTILES`. before: the same numbers of past days, on the same days; empty for deaths.
    """

    key: str
    name: str
    days: tuple[int, ...]
    quantiles: tuple[tuple[float, ...], ...]
    before: tuple[float, ...]


def compute_forecast_fans(f: CaseForecast) -> tuple[ForecastFan, ...]:
    """Compute a panel for each channel of force and two of deaths, on the forecast's grid of days."""
    horizon, days = max(f.horizons), np.array(f.grid)
    out = []
    for c in (c for c in FORCE if c in f.channels):
        total = np.cumsum(f.paths.y[:, :horizon, f.channels.index(c)], axis=1)
        total = np.concatenate([np.zeros((len(total), 1), dtype=total.dtype), total], axis=1)[:, days]
        before = tuple(_sum_preceding_events(f, c, horizon)[days].tolist())
        out.append(ForecastFan(c, channel_name(f.g.case, c, capital=True), tuple(f.grid), _quantiles(total), before))
    for name, deaths in zip(DEATH_PANELS, (f.deaths_low, f.deaths_high), strict=True):
        out.append(ForecastFan("deaths", name, tuple(f.grid), _quantiles(deaths[:, days]), ()))
    return tuple(out)


def draw_forecast_fans(f: CaseForecast) -> Picture:
    """Draw one panel per channel and two of deaths: median, bands of 50, 80 and 90 %, and the same number of past days."""
    horizon, fans = max(f.horizons), compute_forecast_fans(f)
    ends = [
        f"{p.name} {p.quantiles[3][-1]:.0f} (90 % {p.quantiles[0][-1]:.0f} to {p.quantiles[6][-1]:.0f})" for p in fans
    ]
    return Picture(
        key="fans",
        title=f"Forecast for {horizon} days",
        caption=(
            f"Cumulative numbers in {len(f.paths.y):,} simulated futures from {format_date(f.as_of)}, at a reporting coverage of {f.coverage:g}. Line: "
            f"median. Bands: 50, 80 and 90 % of futures. Dotted: the {horizon} days before, scaled to the same coverage; days without coverage are left out."
        ),
        alt=f"Fan charts of events to come within {horizon} days: {'; '.join(ends)}.",
        svg=compose_panels([_draw_panel(f.as_of, p) for p in fans], 2, f"Forecast for {horizon} days"),
    )


def _draw_panel(as_of: date, p: ForecastFan) -> str:
    texts = []
    for i, d in enumerate(p.days):
        q = [row[i] for row in p.quantiles]
        past = f"; by day {d} of the {p.days[-1]} days before: {p.before[i]:,.0f}" if p.before and d else ""
        texts.append(
            f"{p.name} by {format_date(as_of + timedelta(days=d))}, day {d}: median {q[3]:,.0f}, 50\u00a0% of futures {q[2]:,.0f} to {q[4]:,.0f}, "
            f"90\u00a0% {q[0]:,.0f} to {q[6]:,.0f}{past}"
        )
    unit = "deaths so far" if p.key == "deaths" else "events so far"
    series = FanSeries(np.array(p.quantiles), fan_colour(p.key))
    return draw_fan(p.days, [series], texts, label=p.name, unit=unit, line=p.before, title=p.name)


def _quantiles(total: NDArray[Any]) -> tuple[tuple[float, ...], ...]:
    found = np.quantile(total, QUANTILES, axis=0, method="inverted_cdf")
    return tuple(tuple(float(v) for v in row) for row in found)


def _sum_preceding_events(f: CaseForecast, channel: str, horizon: int) -> NDArray[np.float64]:
    y = f.counts.of(channel)[-horizon:].astype(float)
    coverage = f.counts.by_channel[-horizon:, f.counts.channels.index(channel)]
    scaled = np.where(coverage > 0, y * f.coverage / np.where(coverage > 0, coverage, 1), 0)
    out = np.append(0.0, np.cumsum(scaled))
    return np.pad(out, (0, max(0, horizon + 1 - len(out))), mode="edge")
