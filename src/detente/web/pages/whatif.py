"""The simulator page: policy options and counterfactual pasts, with assumed and estimated effects separate."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

import anyio
import numpy as np
from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from detente.api.case import Case
from detente.api.interventions import (
    InterventionResult,
    WhatIfQuery,
    check_history,
    describe_intervention,
    intervention_result,
)
from detente.cases.channel_names import channel_name
from detente.charts.inline.fan_chart import draw_intervention_fan
from detente.claims.intervention_text import PATHS, PLURAL
from detente.core.arrays import FloatArray
from detente.core.date_range import format_date
from detente.forecast.errors import HistoryTooShort
from detente.model.fit import FittedModel
from detente.model.intervention_spec import INTERVENTION_KINDS, InterventionKind
from detente.model.interventions import InterventionEffect
from detente.text.sentence import Sentence
from detente.web.pages.whatif_query import DAYS, parse_whatif_query
from detente.web.rendering.responses import get_case, page_routes, provenance_footer, respond

MAX_CONCURRENT = 2
LABELS = {
    "border": ("Border control", "share of attacks that still happen"),
    "delink": ("De-linking ideology from policy", "share of rejections after pressure that remains"),
    "mediation": ("Third-party mediation", "share of retaliation that remains"),
}
EXAMPLES = {"border": 0.8, "delink": 0.5, "mediation": 0.7}


@dataclass(frozen=True, slots=True)
class Slider:
    """A policy option: key, title, unit, value, the neutral value without effect, maximum and step, its assumption, and whether
    the record has the channels that it changes (`there`)."""

    key: str
    title: str
    unit: str
    value: float
    neutral: float
    most: float
    step: float
    assumes: str
    there: bool


@dataclass(frozen=True, slots=True)
class EffectRow:
    """Events of one channel within a horizon: expected as fitted, and the expected change with intervals.

    Fields:
        assumed: by the assumption alone. checked: if only responses that pass the lead check are effects. estimated, whole:
            through all responses, and with the assumption. single_low, single_high: spread of single futures.
        fewer: probability that the whole change is below 0. agreed: sign on which all agree, 0 if they do not.
        error: the simulation's standard error of the whole change. few: the channel has fewer than 30 events (treat as not
            estimated).
    """

    channel: str
    days: int
    as_fitted: float
    assumed: float
    estimated: float
    estimated_low: float
    estimated_high: float
    whole: float
    whole_low: float
    whole_high: float
    checked: float
    checked_low: float
    checked_high: float
    single_low: float
    single_high: float
    fewer: float
    agreed: int
    error: float
    few: bool


@dataclass(frozen=True, slots=True)
class FanChartData:
    """Cumulative events of one channel by day: quantiles 5, 25, 50, 75, 95 % as fitted and with the change, shape (5, day);
    `came` are the observed numbers, in a counterfactual past."""

    channel: str
    days: tuple[int, ...]
    as_fitted: list[list[float]]
    changed: list[list[float]]
    came: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class WhatIfPage:
    """Settings and result of a simulation.

    Fields:
        setting: as text, in the command's syntax. sliders: the policy options as set. first, without: of a counterfactual
            past. days, show: of the charts; offered, channels: the choices. changed: True if any setting has an effect.
            paths, full: number of pairs, and whether it is the command's. assumed, estimated: separate sentences. rows: by
            horizon and channel. fans: of the channels shown. level: of intervals. command: with the same result.
    """

    setting: str
    sliders: tuple[Slider, ...]
    first: str | None
    without: tuple[str, ...]
    days: int
    offered: tuple[int, ...]
    show: tuple[str, ...]
    channels: tuple[str, ...]
    changed: bool
    paths: int
    full: bool
    horizons: tuple[int, ...]
    assumed: Sentence | None
    estimated: Sentence | None
    rows: tuple[EffectRow, ...]
    fans: tuple[FanChartData, ...]
    level: float
    command: str


@dataclass(frozen=True, slots=True)
class NoSimulationPage:
    """The page of a case that cannot be simulated; `why_not` says why, and what would help."""

    why_not: str


def explain_no_simulation(prepared: Case) -> str:
    """Say why a case cannot be simulated; empty if it can."""
    try:
        check_history(prepared)
    except HistoryTooShort as short:
        days = f"{short.known:g} of the {short.needed:g} covered days that a simulation needs, as a forecast does"
        return f"the record has {days}. {short.remedy}"
    return "" if prepared.system is not None else "the record has too few days or events to fit a model."


def build_whatif_page(prepared: Case, setting: WhatIfQuery) -> WhatIfPage:
    """Build the page.

    Raises:
        HTTPException: 404, if no model could be fitted or less than a year is covered. BadIntervention: an option changes a channel without events.
    """
    if why := explain_no_simulation(prepared):
        raise HTTPException(404, f"There is no simulation: {why}")
    s = prepared.system
    assert s is not None
    result = intervention_result(prepared, s, setting)
    o, e = result.outlook, result.outlook.effect
    assumed, estimated = describe_intervention(setting, o)
    rows = tuple(
        _build_row(e, i, k, few=e.channels[k] in o.few) for i in range(len(e.horizons)) for k in range(len(e.channels))
    )
    past = setting.first is not None
    return WhatIfPage(
        o.settings, tuple(_build_slider(k, setting, s) for k in INTERVENTION_KINDS), str(setting.first) if past else None, setting.without,
        setting.days, DAYS, setting.show, e.channels, past or bool(setting.levers), o.paths, setting.full, e.horizons, assumed, estimated,
        rows, tuple(_build_fan(prepared, setting, result, c) for c in setting.show if c in e.channels), e.level, _format_command(prepared, setting),
    )  # fmt: skip


def _build_row(e: InterventionEffect, i: int, k: int, *, few: bool) -> EffectRow:
    part, whole, checked = e.estimated, e.whole, e.checked

    def at(x: FloatArray) -> float:
        return float(x[i, k])

    return EffectRow(
        e.channels[k], e.horizons[i], at(e.without), at(e.direct), at(part.mean), at(part.low), at(part.high), at(whole.mean),
        at(whole.low), at(whole.high), at(checked.mean), at(checked.low), at(checked.high), at(whole.single_low),
        at(whole.single_high), at(whole.fewer), e.agreed_sign(i, k), at(whole.error), few,
    )  # fmt: skip


def _build_slider(k: InterventionKind, setting: WhatIfQuery, s: FittedModel) -> Slider:
    value = next((x.value for x in setting.levers if x.kind is k), 1.0)
    title, unit = LABELS[k.key]
    return Slider(k.key, title, unit, value, 1.0, 1.0, 0.05, k.assumes, all(c in s.channels for c in k.channels))


def _build_fan(prepared: Case, setting: WhatIfQuery, result: InterventionResult, channel: str) -> FanChartData:
    f = result.fans
    k = f.channels.index(channel)
    keep = [i for i, d in enumerate(f.days) if setting.first is not None or d <= setting.days]
    days = tuple(f.days[i] for i in keep)
    came: tuple[float, ...] = ()
    if setting.first is not None and channel != "deaths" and prepared.system is not None:
        y = prepared.system.y[
            (setting.first - prepared.g.coverage.first).days :, prepared.system.channels.index(channel)
        ]
        came = tuple(float(y[:d].sum()) for d in days)
    # Without a change both are the forecast; the paths of the quick view would differ from it by chance.
    changed = f.changed if setting.first is not None or setting.levers else f.plain
    return FanChartData(channel, days, f.plain[:, keep, k].tolist(), changed[:, keep, k].tolist(), came)


@dataclass(frozen=True, slots=True)
class PastExample:
    """A counterfactual past of this case to begin with: a day of its record, a kind of event, and both in words."""

    first: date
    without: str
    words: str


def choose_past_example(prepared: Case) -> PastExample | None:
    """Choose the first day of the first fighting that the case file names, else of the latest crisis; None without either."""
    s, g = prepared.system, prepared.g
    named = [r.first for r in g.case.regimes if r.kind == "fighting"]
    day = min(named, default=prepared.view.episodes[-1].first if prepared.view.episodes else None)
    kind = next((c for c in ("strike", "clash", "attack") if s is not None and c in s.channels), None)
    if day is None or kind is None or not g.case.first <= day < g.watched_to:
        return None
    return PastExample(day, kind, f"no {PLURAL[kind]} from {format_date(day)}")


def _format_command(prepared: Case, setting: WhatIfQuery) -> str:
    if setting.first is not None:
        without = " ".join(f"--without {c}" for c in setting.without)
        return f"detente whatif {prepared.shown_name} --from {setting.first} {without}"
    return f"detente whatif {prepared.shown_name} " + " ".join(f"--lever {x.text}" for x in setting.levers)


def draw_fan_chart(page: WhatIfPage, f: FanChartData, name: str) -> str:
    """Draw a fan chart with its alternative text; `name` is the reader's name of its channel."""
    plain, changed = np.array(f.as_fitted), np.array(f.changed)
    label = f"{name} within {f.days[-1]} days: {_format_quantiles(plain)}"
    label += f"; with the change: {_format_quantiles(changed)}" if page.changed else ""
    return draw_intervention_fan(f.channel, f.days, plain, changed if page.changed else None, label=label, came=f.came)


def _format_quantiles(q: np.ndarray) -> str:
    return f"median {q[2, -1]:,.0f}, 90 % of futures {q[0, -1]:,.0f} to {q[4, -1]:,.0f}"


async def handler(request: Request) -> Response:
    """Simulate policy changes or a counterfactual past."""
    prepared = get_case(request)
    if why := explain_no_simulation(prepared):
        return respond(
            request,
            "whatif.html",
            NoSimulationPage(why),
            foot=provenance_footer(prepared),
            title="Simulator",
            why_not=why,
        )
    setting = parse_whatif_query(request.query_params, prepared)
    page = await to_thread.run_sync(build_whatif_page, prepared, setting, limiter=get_simulation_limiter(request))
    example = choose_past_example(prepared)
    keep = [(k, v) for k, v in request.query_params.multi_items() if k != "paths" and v.strip()]
    return respond(
        request, "whatif.html", page, foot=provenance_footer(prepared), title="Simulator", drawn={f.channel: draw_fan_chart(page, f, channel_name(prepared.case, f.channel, capital=True)) for f in page.fans},
        full="?" + urlencode([*keep, ("paths", "full")]), live="?" + urlencode(keep), all_paths=PATHS, why_not="",
        examples=EXAMPLES, past=example, first_day=prepared.case.first, last_day=prepared.g.watched_to, end=str(prepared.as_of),
    )  # fmt: skip


def get_simulation_limiter(request: Request) -> anyio.CapacityLimiter:
    """Return the limit of concurrent simulations; more would slow down all pages."""
    state = request.app.state
    if not hasattr(state, "levers_at_once"):
        state.levers_at_once = anyio.CapacityLimiter(MAX_CONCURRENT)
    limiter: anyio.CapacityLimiter = state.levers_at_once
    return limiter


ROUTES = page_routes("/{case}/whatif", handler, page=(WhatIfPage, NoSimulationPage))
