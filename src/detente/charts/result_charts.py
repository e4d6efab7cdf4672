"""Interactive Altair charts of results, for notebooks: hover for values, save as SVG or PNG."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from detente.charts.style import DATA, KIND_COLOURS, LESS_HOSTILE, MORE_HOSTILE, SOFT, tone_colour

WIDTH = 640


def chart_events_by_month(events: Sequence[tuple[date, str]]) -> alt.TopLevelMixin:
    """Chart events by month, stacked by channel."""
    totals: dict[tuple[date, str], int] = {}
    for day, channel in events:
        totals[day.replace(day=1), channel] = totals.get((day.replace(day=1), channel), 0) + 1
    rows = [{"month": str(m), "channel": c, "events": n} for (m, c), n in sorted(totals.items())]
    base = alt.Chart(alt.InlineData(values=rows)).mark_bar()
    chart: alt.TopLevelMixin = base.encode(
        x=alt.X("yearmonth(month):T", title=None), y=alt.Y("sum(events):Q", title="events a month"),
        color=_kind_colour(sorted({c for _, c in totals})), tooltip=["channel:N", alt.Tooltip("yearmonth(month):T", title="month"), "events:Q"],
    ).properties(width=WIDTH, height=220)  # fmt: skip
    return chart


def chart_counts(first: Sequence[date], channels: Sequence[str], y: NDArray[np.int64]) -> alt.TopLevelMixin:
    """Chart counts over time, a row for each channel."""
    rows = [
        {"from": str(d), "channel": c, "events": int(n)}
        for d, counts in zip(first, y, strict=True)
        for c, n in zip(channels, counts, strict=True)
    ]
    chart: alt.TopLevelMixin = alt.Chart(alt.InlineData(values=rows)).mark_area(interpolate="step-after").encode(
        x=alt.X("from:T", title=None), y=alt.Y("events:Q", title=None), color=_kind_colour(channels, legend=None),
        row=alt.Row("channel:N", title=None, sort=list(channels)), tooltip=["from:T", "channel:N", "events:Q"],
    ).properties(width=WIDTH, height=48)  # fmt: skip
    return chart


def chart_band(
    days: Sequence[date], level: Sequence[float], low: Sequence[float], high: Sequence[float], title: str
) -> alt.TopLevelMixin:
    """Chart a line with its interval."""
    rows = [{"day": str(d), "level": m, "low": a, "high": b} for d, m, a, b in zip(days, level, low, high, strict=True)]
    base = alt.Chart(alt.InlineData(values=rows)).encode(x=alt.X("day:T", title=None))
    band = base.mark_area(color=DATA, opacity=0.22).encode(y=alt.Y("low:Q", title=title), y2="high:Q")
    line = base.mark_line(color=DATA).encode(y="level:Q", tooltip=["day:T", "level:Q", "low:Q", "high:Q"])
    return alt.layer(band, line).properties(width=WIDTH, height=240)


def chart_matrix(cells: Sequence[tuple[str, str, float, bool]], channels: Sequence[str]) -> alt.TopLevelMixin:
    """Chart a matrix of causes and effects; cells whose sign is uncertain are pale and have no number."""
    rows = [
        {"cause": a, "effect": b, "mean": m, "tone": _tone(b, m), "sure": s, "text": f"{m:+.2f}" if s else ""}
        for a, b, m, s in cells
    ]
    largest = max((abs(m) for _, _, m, _ in cells), default=1.0) or 1.0
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("effect:N", sort=list(channels), title="responds"), y=alt.Y("cause:N", sort=list(channels), title="after one event of")
    )  # fmt: skip
    scale = alt.Scale(domain=[-largest, 0, largest], range=[LESS_HOSTILE, "#ffffff", MORE_HOSTILE])
    squares = base.mark_rect(stroke=SOFT, strokeWidth=0.3).encode(
        color=alt.Color("tone:Q", scale=scale, title="hostility"),
        opacity=alt.condition("datum.sure", alt.value(1.0), alt.value(0.25)), tooltip=["cause:N", "effect:N", "mean:Q"],
    )  # fmt: skip
    return alt.layer(squares, base.mark_text(size=10).encode(text="text:N")).properties(width=420, height=420)


def _tone(kind: str, change: float) -> float:
    """Return the change as more (above 0) or less hostility."""
    return {MORE_HOSTILE: abs(change), LESS_HOSTILE: -abs(change)}.get(tone_colour(kind, change), 0.0)


def _kind_colour(channels: Sequence[str], **options: Any) -> alt.Color:
    colours = [KIND_COLOURS.get(c, DATA) for c in channels]
    return alt.Color("channel:N", title=None, scale=alt.Scale(domain=list(channels), range=colours), **options)


def chart_probabilities(rows: Sequence[dict[str, Any]]) -> alt.TopLevelMixin:
    """Chart probabilities from 0 to 1, a row for each kind of event and a colour for each horizon."""
    chart: alt.TopLevelMixin = alt.Chart(alt.InlineData(values=list(rows))).mark_point(filled=True, size=90).encode(
        x=alt.X("probability:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%")), y=alt.Y("kind:N", title=None),
        color=alt.Color("days:O", title="within days"), tooltip=["kind:N", "days:O", "probability:Q"],
    ).properties(width=WIDTH / 2)  # fmt: skip
    return chart
