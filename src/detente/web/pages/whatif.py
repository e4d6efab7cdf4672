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

from detente.api.case import Study
from detente.api.interventions import Seen, Setting, seen, sentences
from detente.charts.inline.fan_chart import fan
from detente.claims.intervention_text import PATHS, PLURAL
from detente.model.fit import System
from detente.model.intervention_spec import KINDS, Kind
from detente.model.interventions import Effect
from detente.text.sentence import Sentence
from detente.web.pages.whatif_query import DAYS, read
from detente.web.rendering.responses import both, foot, respond, study_of

AT_ONCE = 2
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
class Row:
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
class Fan:
    """Events of one channel added up by day: quantiles 5, 25, 50, 75, 95 % as fitted and with the change, shape (5, day);
    `came` is what happened, in a past lived again."""

    channel: str
    days: tuple[int, ...]
    as_fitted: list[list[float]]
    changed: list[list[float]]
    came: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
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
    rows: tuple[Row, ...]
    fans: tuple[Fan, ...]
    level: float
    command: str


def what_if(study: Study, setting: Setting) -> WhatIf:
    """The page's content.

    Raises:
        HTTPException: 404, where no system could be fitted. BadLever: a lever moves what the record does not hold.
    """
    s = study.system
    if s is None:
        raise HTTPException(
            404, f"The record of {study.id} is too short or too thin for a system to be fitted; see its events."
        )
    found = seen(study, s, setting)
    o, e = found.outlook, found.outlook.effect
    told, follows = sentences(setting, o)
    rows = tuple(
        _row(e, i, k, few=e.channels[k] in s.too_few) for i in range(len(e.horizons)) for k in range(len(e.channels))
    )
    past = setting.first is not None
    return WhatIf(
        o.settings, tuple(_slider(k, setting, s) for k in KINDS), str(setting.first) if past else None, setting.without,
        setting.days, DAYS, setting.show, e.channels, past or bool(setting.levers), o.paths, setting.full, e.horizons, told, follows,
        rows, tuple(_fan(study, setting, found, c) for c in setting.show if c in e.channels), e.level, _command(study, setting),
    )  # fmt: skip


def _row(e: Effect, i: int, k: int, *, few: bool) -> Row:
    part, whole = e.estimated, e.whole
    return Row(
        e.channels[k], e.horizons[i], float(e.without[i, k]), float(e.direct[i, k]), float(part.mean[i, k]),
        float(part.low[i, k]), float(part.high[i, k]), float(whole.mean[i, k]), float(whole.low[i, k]),
        float(whole.high[i, k]), float(whole.fewer[i, k]), float(whole.error[i, k]), few,
    )  # fmt: skip


def _slider(k: Kind, setting: Setting, s: System) -> Slider:
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


def _fan(study: Study, setting: Setting, found: Seen, channel: str) -> Fan:
    f = found.fans
    k = f.channels.index(channel)
    keep = [i for i, d in enumerate(f.days) if setting.first is not None or d <= setting.days]
    days = tuple(f.days[i] for i in keep)
    came: tuple[float, ...] = ()
    if setting.first is not None and channel != "deaths" and study.system is not None:
        y = study.system.y[(setting.first - study.g.exposure.first).days :, study.system.channels.index(channel)]
        came = tuple(float(y[:d].sum()) for d in days)
    return Fan(channel, days, f.plain[:, keep, k].tolist(), f.changed[:, keep, k].tolist(), came)


def _command(study: Study, setting: Setting) -> str:
    if setting.first is not None:
        return f"detente whatif {study.named} --from {setting.first} " + " ".join(
            f"--without {c}" for c in setting.without
        )
    return f"detente whatif {study.named} " + " ".join(f"--lever {x.text}" for x in setting.levers)


def drawn(page: WhatIf, f: Fan) -> str:
    """A fan as a picture, told in words to those who cannot see it."""
    plain, changed = np.array(f.as_fitted), np.array(f.changed)
    label = f"{PLURAL[f.channel]} within {f.days[-1]} days, as fitted: {_told(plain)}"
    label += f"; with the change: {_told(changed)}" if page.changed else ""
    return fan(f.days, plain, changed if page.changed else None, label=label, came=f.came)


def _told(q: np.ndarray) -> str:
    return f"middle {q[2, -1]:,.0f}, 90 % of paths {q[0, -1]:,.0f} to {q[4, -1]:,.0f}"


async def handler(request: Request) -> Response:
    """`/{case}/whatif`."""
    study = study_of(request)
    setting = read(request.query_params, study)
    page = await to_thread.run_sync(what_if, study, setting, limiter=_limit(request))
    keep = [(k, v) for k, v in request.query_params.multi_items() if k != "paths" and v.strip()]
    return respond(
        request, "whatif.html", page, foot=foot(study), title="What if", drawn={f.channel: drawn(page, f) for f in page.fans},
        plural=PLURAL, full="?" + urlencode([*keep, ("paths", "full")]), live="?" + urlencode(keep), all_paths=PATHS,
        examples=EXAMPLES, first_day=study.case.first, last_day=study.g.watched_to, end=str(_end(study)),
    )  # fmt: skip


def _end(study: Study) -> date:
    """The last day of the fit: levers are pulled from the next one on."""
    days = len(study.system.y) if study.system is not None else 0
    return study.g.exposure.first + timedelta(days=days - 1)


def _limit(request: Request) -> anyio.CapacityLimiter:
    """So many at once: more would make all of them slow, and other pages with them."""
    state = request.app.state
    if not hasattr(state, "levers_at_once"):
        state.levers_at_once = anyio.CapacityLimiter(AT_ONCE)
    limiter: anyio.CapacityLimiter = state.levers_at_once
    return limiter


ROUTES = both("/{case}/whatif", handler, page=WhatIf)
