"""What if: levers pulled on the fitted system, and pasts lived again, the assumed and the estimated told apart."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

import anyio
import numpy as np
from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from detente.api.case import PreparedCase
from detente.api.interventions import InterventionResult, WhatIfQuery, describe_intervention, intervention_result
from detente.charts.inline.fan_chart import draw_intervention_fan
from detente.claims.intervention_text import PATHS, PLURAL
from detente.model.fit import FittedModel
from detente.model.intervention_spec import INTERVENTION_KINDS, InterventionKind
from detente.model.interventions import InterventionEffect
from detente.text.sentence import Sentence
from detente.web.pages.whatif_query import DAYS, parse_whatif_query
from detente.web.rendering.responses import get_case, page_routes, provenance_footer, respond

MAX_CONCURRENT = 2
LABELS = {
    "dialogue": ("A regular security dialogue", "more meetings a month"),
    "joint": ("Joint counter-terrorism", "more acts of the host against the group a month"),
    "border": ("Institutionalised border control", "attacks, times"),
    "delink": ("De-linking ideology from policy", "answers of defiance to pressure, times"),
    "mediation": ("Third-party mediation", "answers of force to hostile acts, times"),
}
EXAMPLES = ("dialogue=2", "joint=1", "border=0.8", "delink=0.5", "mediation=0.7")


@dataclass(frozen=True, slots=True)
class Slider:
    """A lever: its key, what it is, in what it is set, its value and the one that changes nothing, its ends and step, what it
    assumes, and whether the record has the channels that it moves."""

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
    """Events of one channel within so many days: expected as fitted, and the change that is assumed, estimated, and whole, with
    intervals; `fewer` is the probability of fewer in all, `error` the standard error of the whole from the number of paths;
    `few` where the channel has under thirty events, to be read as unknown."""

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
    fewer: float
    error: float
    few: bool


@dataclass(frozen=True, slots=True)
class FanChartData:
    """Events of one channel added up by day: quantiles 5, 25, 50, 75, 95 % as fitted and with the change, shape (5, day);
    `came` is what happened, in a past lived again."""

    channel: str
    days: tuple[int, ...]
    as_fitted: list[list[float]]
    changed: list[list[float]]
    came: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class WhatIfPage:
    """A setting and what it brings.

    Fields:
        setting: in words, as the command takes it. sliders: the levers as set. first, without: of a past lived again. days, show: of
            the pictures; offered, channels: what may be asked. changed: is anything? paths, full: how many pairs, and whether
            they are the command's number. assumed, estimated: sentences, apart. rows: by horizon and channel. fans: of
            the channels shown. level: of intervals. command: that makes the same.
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


def build_whatif_page(study: PreparedCase, setting: WhatIfQuery) -> WhatIfPage:
    """The page's content.

    Raises:
        HTTPException: 404, where no system could be fitted. BadLever: a lever moves what the record does not hold.
    """
    s = study.system
    if s is None:
        raise HTTPException(
            404, f"The record of {study.id} is too short or too thin for a system to be fitted; see its events."
        )
    found = intervention_result(study, s, setting)
    o, e = found.outlook, found.outlook.effect
    told, follows = describe_intervention(setting, o)
    rows = tuple(
        _build_row(e, i, k, few=e.channels[k] in s.too_few)
        for i in range(len(e.horizons))
        for k in range(len(e.channels))
    )
    past = setting.first is not None
    return WhatIfPage(
        o.settings, tuple(_build_slider(k, setting, s) for k in INTERVENTION_KINDS), str(setting.first) if past else None, setting.without,
        setting.days, DAYS, setting.show, e.channels, past or bool(setting.levers), o.paths, setting.full, e.horizons, told, follows,
        rows, tuple(_build_fan(study, setting, found, c) for c in setting.show if c in e.channels), e.level, _format_command(study, setting),
    )  # fmt: skip


def _build_row(e: InterventionEffect, i: int, k: int, *, few: bool) -> EffectRow:
    part, whole = e.estimated, e.whole
    return EffectRow(
        e.channels[k], e.horizons[i], float(e.without[i, k]), float(e.direct[i, k]), float(part.mean[i, k]),
        float(part.low[i, k]), float(part.high[i, k]), float(whole.mean[i, k]), float(whole.low[i, k]),
        float(whole.high[i, k]), float(whole.fewer[i, k]), float(whole.error[i, k]), few,
    )  # fmt: skip


def _build_slider(k: InterventionKind, setting: WhatIfQuery, s: FittedModel) -> Slider:
    neutral = 0.0 if k.monthly else 1.0
    value = next((x.value for x in setting.levers if x.kind is k), neutral)
    # Ten more a month is beyond anything on record; more is taken where it is asked for.
    most = (10.0 if value <= 10 else k.most) if k.monthly else k.most
    title, unit = LABELS[k.key]
    return Slider(
        k.key,
        title,
        unit,
        value,
        neutral,
        most,
        0.5 if k.monthly else 0.05,
        k.assumes,
        all(c in s.channels for c in k.channels),
    )


def _build_fan(study: PreparedCase, setting: WhatIfQuery, found: InterventionResult, channel: str) -> FanChartData:
    f = found.fans
    k = f.channels.index(channel)
    keep = [i for i, d in enumerate(f.days) if setting.first is not None or d <= setting.days]
    days = tuple(f.days[i] for i in keep)
    came: tuple[float, ...] = ()
    if setting.first is not None and channel != "deaths" and study.system is not None:
        y = study.system.y[(setting.first - study.g.coverage.first).days :, study.system.channels.index(channel)]
        came = tuple(float(y[:d].sum()) for d in days)
    return FanChartData(channel, days, f.plain[:, keep, k].tolist(), f.changed[:, keep, k].tolist(), came)


def _format_command(study: PreparedCase, setting: WhatIfQuery) -> str:
    if setting.first is not None:
        return f"detente whatif {study.named} --from {setting.first} " + " ".join(
            f"--without {c}" for c in setting.without
        )
    return f"detente whatif {study.named} " + " ".join(f"--lever {x.text}" for x in setting.levers)


def draw_fan_chart(page: WhatIfPage, f: FanChartData) -> str:
    """A fan as a picture, told in words to those who cannot see it."""
    plain, changed = np.array(f.as_fitted), np.array(f.changed)
    label = f"{PLURAL[f.channel]} within {f.days[-1]} days, as fitted: {_format_quantiles(plain)}"
    label += f"; with the change: {_format_quantiles(changed)}" if page.changed else ""
    return draw_intervention_fan(f.days, plain, changed if page.changed else None, label=label, came=f.came)


def _format_quantiles(q: np.ndarray) -> str:
    return f"middle {q[2, -1]:,.0f}, 90 % of paths {q[0, -1]:,.0f} to {q[4, -1]:,.0f}"


async def handler(request: Request) -> Response:
    """`/{case}/whatif`."""
    study = get_case(request)
    setting = parse_whatif_query(request.query_params, study)
    page = await to_thread.run_sync(build_whatif_page, study, setting, limiter=_get_limiter(request))
    keep = [(k, v) for k, v in request.query_params.multi_items() if k != "paths" and v.strip()]
    return respond(
        request, "whatif.html", page, foot=provenance_footer(study), title="What if", drawn={f.channel: draw_fan_chart(page, f) for f in page.fans},
        plural=PLURAL, full="?" + urlencode([*keep, ("paths", "full")]), live="?" + urlencode(keep), all_paths=PATHS,
        examples=EXAMPLES, first_day=study.case.first, last_day=study.g.watched_to, end=str(_last_fit_day(study)),
    )  # fmt: skip


def _last_fit_day(study: PreparedCase) -> date:
    """The last day of the fit: levers are pulled from the next one on."""
    days = len(study.system.y) if study.system is not None else 0
    return study.g.coverage.first + timedelta(days=days - 1)


def _get_limiter(request: Request) -> anyio.CapacityLimiter:
    """So many at once: more would make all of them slow, and other pages with them."""
    state = request.app.state
    if not hasattr(state, "levers_at_once"):
        state.levers_at_once = anyio.CapacityLimiter(MAX_CONCURRENT)
    limiter: anyio.CapacityLimiter = state.levers_at_once
    return limiter


ROUTES = page_routes("/{case}/whatif", handler, page=WhatIfPage)
