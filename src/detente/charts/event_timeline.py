"""Timeline of all events by channel, one stroke each, with the reporting coverage of each window."""

from collections import Counter

import altair as alt

from detente.cases.channel_rule import CHANNELS
from detente.charts.picture import Picture
from detente.charts.style import BLUE, GREEN, SOFT, VERMILLION, render_chart_svg
from detente.claims.context import ClaimContext

WIDTH = 580
FORCE = ("attack", "operation", "strike", "clash")
MIN_LABEL_DAYS = 60  # a label needs that much room
HOSTILE_CHANNELS = ("pressure", "defiance")


def draw_event_timeline(view: ClaimContext) -> Picture:
    """Draw one strip per channel, and above them the reporting coverage of each window."""
    g = view.g
    rows: list[dict[str, str | None]] = [
        {"day": str(e.day), "channel": g.channel(e), "kind": _classify_channel(g.channel(e) or "")}
        for e in g.of(*CHANNELS)
    ]
    windows = [
        {"from": str(w.first), "to": str(min(w.last or g.as_of, g.as_of)), "coverage": w.coverage or 0.0, "label": f"×{w.coverage:.1f}" if w.coverage and ((w.last or g.as_of) - w.first).days >= MIN_LABEL_DAYS else ""}
        for w in g.case.windows if w.first <= g.as_of
    ]  # fmt: skip
    time = alt.Scale(domain=[str(g.case.first), str(min(g.as_of, g.case.last))])
    x = alt.X("day:T", title=None, scale=time, axis=alt.Axis(format="%Y", tickCount="year", grid=True))
    strokes = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_tick(thickness=1.1, size=15, opacity=0.75)
        .encode(
            x=x,
            y=alt.Y("channel:N", sort=list(CHANNELS), title=None, axis=alt.Axis(ticks=False, domain=False)),
            color=alt.Color(
                "kind:N",
                scale=alt.Scale(domain=["force", "words and sanctions", "contact"], range=[VERMILLION, SOFT, BLUE]),
                legend=alt.Legend(title=None, orient="bottom", symbolType="square"),
            ),
        )
        .properties(width=WIDTH, height=230)
    )
    shade = alt.Scale(domain=[0, 3.5], range=[0.06, 0.6])
    bars = alt.Chart(alt.InlineData(values=windows)).encode(
        x=alt.X("from:T", title=None, scale=time, axis=None), x2="to:T"
    )
    coverage = alt.layer(
        bars.mark_bar(color=GREEN, opacity=0.3, height=16).encode(
            y=alt.value(8), opacity=alt.Opacity("coverage:Q", scale=shade, legend=None)
        ),
        bars.mark_text(align="left", dx=3, fontSize=9.5, color=SOFT).encode(y=alt.value(8), text="label:N"),
    ).properties(width=WIDTH, height=16)
    chart = alt.vconcat(coverage, strokes, spacing=6).resolve_scale(color="independent")
    return Picture(
        key="strip",
        title="Every event, by channel",
        caption=(
            f"{len(rows)} events in ten channels; {len(g.of('restraint'))} of restraint are counted apart, {len(g.unassigned)} more belong to none, and detente case show "
            "--unassigned says why. Top row: how densely each window was collected, against the reference window; "
            "strokes that stand closer in a denser window may show collection and not conflict."
        ),
        alt=(
            f"Strip chart: one row for each of ten channels, one stroke for each event, {g.case.first} to {g.as_of}. "
            f"The densest month is {_find_busiest_month(rows)}."
        ),
        svg=render_chart_svg(chart, "strip"),
    )


def _find_busiest_month(rows: list[dict[str, str | None]]) -> str:
    months = Counter(str(r["day"])[:7] for r in rows)
    return months.most_common(1)[0][0] if months else "none"


def _classify_channel(channel: str) -> str:
    if channel in FORCE:
        return "force"
    return "words and sanctions" if channel in HOSTILE_CHANNELS else "contact"
