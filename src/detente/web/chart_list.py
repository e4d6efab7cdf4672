"""Every chart of a case that can be downloaded, by the key in its address."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException

from detente.api.case import Case
from detente.api.events.filters import parse_event_query
from detente.api.events.table import get_event_columns
from detente.cases.channel_names import channel_name
from detente.charts.border_map import draw_border_map, list_border_events
from detente.charts.event_timeline import count_events_by_month, draw_event_timeline
from detente.charts.inline.calibration_bars import draw_calibration_bars
from detente.charts.inline.longer_view import draw_year_bars
from detente.charts.inline.panels import compose_panels
from detente.charts.inline.response_curve import draw_response_curve
from detente.charts.longer_view_data import describe_longer_view
from detente.charts.picture import Picture
from detente.charts.relation_index import draw_relation_index
from detente.charts.residuals import draw_residuals
from detente.charts.response_matrix import draw_response_matrix
from detente.charts.truce_survival import SPELL_LABELS, draw_truce_survival, list_duration_curves
from detente.core.date_range import format_date
from detente.text.probability_words import format_percent
from detente.web.chart_file import ChartFile
from detente.web.map.page import get_basemap, get_event_map
from detente.web.map.picture import draw_event_map
from detente.web.pages.claim import build_claim_page, draw_interval
from detente.web.pages.forecast import build_forecast_page, draw_probabilities
from detente.web.pages.responses import (
    ResponsePage,
    build_response_page,
    build_responses_page,
    get_response_tables,
    parse_horizon,
)
from detente.web.pages.whatif import build_whatif_page, draw_fan_chart
from detente.web.pages.whatif_query import parse_whatif_query

Rows = Iterable[tuple[object, ...]]
QUANTILE_COLUMNS = ("q05", "q10", "q25", "median", "q75", "q90", "q95")
FAN_COLUMNS = ("q05", "q25", "median", "q75", "q95")


def find_chart(prepared: Case, key: str, query: QueryParams) -> ChartFile:
    """Build the chart of a key.

    Args:
        query: of the page that shows the chart: `days` for responses, and the simulator's settings.

    Raises:
        HTTPException: 404, if there is no such chart or too little data for it; 400, if the query is invalid.
    """
    if key in CHARTS:
        found = CHARTS[key](prepared, query)
    else:
        start, _, rest = key.partition("-")
        found = FAMILIES[start](prepared, rest, query) if start in FAMILIES else None
    if found is None:
        known = ", ".join([*CHARTS, *(f"{k}-…" for k in FAMILIES)])
        raise HTTPException(404, f"This case has no chart {key[:40]!r}. Charts: {known}.")
    return found


def _of_picture(p: Picture | None, header: tuple[str, ...], rows: Rows, note: str = "") -> ChartFile | None:
    return ChartFile(p.title, p.svg, header, rows, note) if p else None


def _index(prepared: Case, query: QueryParams) -> ChartFile | None:
    i = prepared.view.index
    if i is None:
        return None
    rows = [
        (w, int(n), f"{s:.3f}" if n else "", f"{m:.3f}", f"{a:.3f}", f"{b:.3f}")
        for w, n, s, m, a, b in zip(i.weeks, i.acts, i.score, i.smoothed, i.low, i.high, strict=True)
    ]
    header = ("week", "acts", "mean_score", "trend", "low_90", "high_90")
    return _of_picture(draw_relation_index(prepared.view), header, rows)


def _strip(prepared: Case, query: QueryParams) -> ChartFile | None:
    counts = count_events_by_month(prepared.view)
    rows = [
        (f"{month:%Y-%m}", kind, channel_name(prepared.case, kind), n)
        for (kind, month), n in sorted(counts.items(), key=lambda x: (x[0][1], x[0][0]))
    ]
    return _of_picture(draw_event_timeline(prepared.view), ("month", "kind", "name", "events"), rows)


def _deaths(prepared: Case, role: str, query: QueryParams) -> ChartFile | None:
    view = prepared.longer_view
    countries = {"target": prepared.case.names.target, "host": prepared.case.names.host}
    bars = [b for b in view.bars if b.country == countries.get(role)] if view else []
    if view is None or not bars:
        return None
    svg = draw_year_bars(bars, view.marks, describe_longer_view(bars, view.figures.source))
    rows = [(b.country, b.year, b.deaths, b.events, "provisional" if b.provisional else "final") for b in bars]
    title = f"Deaths in organised violence in {bars[0].country}, {bars[0].year} to {bars[-1].year}"
    note = f"{view.figures.source}'s best estimates, every conflict. {view.figures.cite}"
    return ChartFile(title, svg, ("state", "year", "deaths_best", "events", "figures"), rows, note)


def _fans(prepared: Case, query: QueryParams) -> ChartFile | None:
    f = prepared.forecast_summary
    if isinstance(f, str):
        return None
    rows = [
        (p.key, p.name, day, *(f"{q:g}" for q in quantiles), f"{before:g}" if before is not None else "")
        for p in f.panels
        for day, quantiles, before in zip(
            p.days, zip(*p.quantiles, strict=True), p.before or [None] * len(p.days), strict=True
        )
    ]
    header = ("kind", "name", "days_ahead", *QUANTILE_COLUMNS, "same_days_before")
    return _of_picture(f.fans, header, rows, f"Forecast of {format_date(f.as_of)}, {f.paths:,} simulated futures.")


def _probabilities(prepared: Case, query: QueryParams) -> ChartFile | None:
    page = build_forecast_page(prepared)
    if not page.asked:
        return None
    names = {a.key: a.chances[0].what for a in page.asked}
    panels = [draw_probabilities(a, words=True, title=names[a.key]) for a in page.asked]
    rows = [
        (c.number.key, c.what, c.days, f"{c.number.value or 0:.4f}", f"{c.answers:.4f}", f"{c.background:.4f}", f"{c.recent:.4f}")
        for a in page.asked
        for c in a.chances
    ]  # fmt: skip
    header = ("key", "event", "within_days", "probability", "response_model", "background_model", "recent_rate_model")
    note = f"Forecast of {page.as_of}. Line: from the lowest to the highest of three models."
    title = "Probability of at least one event"
    return ChartFile(title, compose_panels(panels, 1, title), header, rows, note)


def _calibration(prepared: Case, days: str, query: QueryParams) -> ChartFile | None:
    score = build_forecast_page(prepared).score
    found = (score.card["calibration"] if score else {}).get(days)
    if not found:
        return None
    share = found["share_by_tenth"]
    rows = [(i + 1, f"{s:.4f}") for i, s in enumerate(share)]
    title = f"Calibration of forecasts within {days} days: where outcomes fell"
    return ChartFile(title, draw_calibration_bars(share, title), ("tenth_of_forecast", "share_of_outcomes"), rows)


def _responses(prepared: Case, query: QueryParams) -> ChartFile | None:
    tables, names = get_response_tables(prepared), _names(prepared)
    days = parse_horizon(query.get("days"))
    r, cells = tables.direct[days], build_responses_page(prepared, days).rows
    rows = [
        (b, a, f"{r.mean[k, j]:.4f}", f"{r.low[k, j]:.4f}", f"{r.high[k, j]:.4f}", f"{r.positive[k, j]:.4f}",
         "not estimated" if cells[k][j].few else "yes" if cells[k][j].standing else "no")
        for j, b in enumerate(r.channels)
        for k, a in enumerate(r.channels)
    ]  # fmt: skip
    header = ("after", "response", "extra_events", "low_90", "high_90", "probability_above_0", "passes_checks")
    note = f"Extra events within {r.days:g} days. Coloured: passes every check. An association does not show that one act provoked the other."
    standing = np.array([[c.standing for c in row] for row in cells])
    return _of_picture(draw_response_matrix(r, names, standing), header, rows, note)


def _response(prepared: Case, pair: str, query: QueryParams) -> ChartFile | None:
    after, _, answer = pair.partition("-")
    page = build_response_page(prepared, after, answer, parse_horizon(query.get("days")))
    c, t = page.curve, page.in_turn
    svg = draw_response_curve(
        answer, c.mean, c.low, c.high, at=page.days, label=page.direct.text, unit="extra events", beside=t.mean
    )
    rows = [(d, *(f"{v[d]:.4f}" for v in (c.mean, c.low, c.high, t.mean, t.low, t.high))) for d in range(len(c.mean))]
    header = ("days_after", "direct", "direct_low_90", "direct_high_90", "in_turn", "in_turn_low_90", "in_turn_high_90")
    title = f"{channel_name(prepared.case, answer, capital=True)} after {channel_name(prepared.case, after)}"
    return ChartFile(title, svg, header, rows, _describe_response(page))


def _describe_response(page: ResponsePage) -> str:
    doubt = (
        "Fewer than 30 events: not estimated. "
        if page.few
        else ""
        if page.cell.standing
        else "Does not pass the checks. "
    )
    return (
        f"Extra events after one event. {doubt}Dashed: with what follows in turn. An association, not proof of a cause."
    )


def _residuals(prepared: Case, query: QueryParams) -> ChartFile | None:
    c = get_response_tables(prepared).check
    rows = [(k, i + 1, f"{c.echo[i, j]:.4f}") for j, k in enumerate(c.channels) for i in range(len(c.echo))]
    return _of_picture(draw_residuals(c, _names(prepared)), ("kind", "days_apart", "autocorrelation"), rows)


def _truces(prepared: Case, query: QueryParams) -> ChartFile | None:
    rows = [
        (SPELL_LABELS[c.kind], h.first, h.days, h.ended_by or "", "no" if h.ended_by is None else "yes")
        for c in list_duration_curves(prepared.view)
        for h in c.spells
    ]
    header = ("kind", "first_day", "days", "ended_by", "followed_by_force")
    return _of_picture(draw_truce_survival(prepared.view), header, rows)


def _border(prepared: Case, query: QueryParams) -> ChartFile | None:
    header = ("event", "kind", "day", "latitude", "longitude", "reported_deaths")
    rows = [
        (e.id, e.kind, e.day, e.latitude, e.longitude, "" if e.deaths is None else e.deaths)
        for e in list_border_events(prepared.view)
    ]
    return _of_picture(draw_border_map(prepared.view), header, rows, "Boundaries: Natural Earth.")


def _atlas(prepared: Case, query: QueryParams) -> ChartFile | None:
    """The map page's map; `query` is the page's."""
    asked = parse_event_query(query.multi_items(), get_event_columns(prepared))
    m, ground = get_event_map(prepared, asked), get_basemap(prepared)
    if m is None or ground is None:
        return None
    names = {k: channel_name(prepared.case, k, capital=True) for k in m.channels}
    rows = [
        (s.name, s.kind, g.channel, names[g.channel], g.events, g.deaths if g.told else "")
        for s in m.spots
        for g in s.signs
        if g.channel in m.channels and g.events
    ]
    header = ("place", "located_to_the", "kind", "name", "events", "reported_deaths")
    title = f"Where it happened, {m.window}"
    return ChartFile(title, draw_event_map(m, ground, names), header, rows, ground.source)


def _claim(prepared: Case, claim: str, query: QueryParams) -> ChartFile | None:
    page = build_claim_page(prepared, claim)
    drawn = [
        (t, draw_interval(t, title=f"{t.part[:1].upper()}{t.part[1:]} ({t.word})")) for t in page.tests if t.number
    ]
    if not drawn:
        return None
    rows = [
        (t.key, t.part, *("" if v is None else f"{v:.4g}" for v in (m.value, m.low, m.high)), m.unit, f"{t.claimed} {t.than:.3g}",
         format_percent(t.chance.value) if t.enough and t.chance and t.chance.value is not None else "")
        for t, _ in drawn if (m := t.number)
    ]  # fmt: skip
    header = ("key", "part", "estimate", "low", "high", "unit", "claim_predicts", "probability")
    note = f"{'Verdict: ' + page.verdict if page.verdict else 'Not tested'}. Shaded: the side that the claim predicts."
    return ChartFile(page.headline, compose_panels([svg for _, svg in drawn], 1, page.headline), header, rows, note)


def _simulator(prepared: Case, channel: str, query: QueryParams) -> ChartFile | None:
    page = build_whatif_page(prepared, parse_whatif_query(query, prepared))
    fan = next((f for f in page.fans if f.channel == channel), None)
    if fan is None:
        return None
    name = channel_name(prepared.case, channel, capital=True)
    rows = [
        (day, *(f"{q[i]:g}" for q in fan.as_fitted), *(f"{q[i]:g}" for q in fan.changed if page.changed), *(fan.came[i : i + 1]))
        for i, day in enumerate(fan.days)
    ]  # fmt: skip
    header = ("day", *(f"without_{q}" for q in FAN_COLUMNS))
    header += tuple(f"with_{q}" for q in FAN_COLUMNS) if page.changed else ()
    header += ("recorded",) if fan.came else ()
    setting = f"Simulation, {page.setting}: " if page.changed else "Expected without a change: "
    note = f"{setting}{page.paths:,} paired futures, cumulative. Associations are assumed to be effects."
    return ChartFile(name, draw_fan_chart(page, fan, name), header, rows, note)


def _names(prepared: Case) -> dict[str, str]:
    system = prepared.system
    return {c: channel_name(prepared.case, c, capital=True) for c in (system.channels if system else ())}


CHARTS: Mapping[str, Callable[[Case, QueryParams], ChartFile | None]] = {
    "index": _index, "strip": _strip, "fans": _fans, "probabilities": _probabilities, "responses": _responses,
    "residuals": _residuals, "held": _truces, "map": _border, "atlas": _atlas,
}  # fmt: skip
FAMILIES: Mapping[str, Callable[[Case, str, QueryParams], ChartFile | None]] = {
    "deaths": _deaths, "calibration": _calibration, "response": _response, "claim": _claim, "simulator": _simulator,
}  # fmt: skip
