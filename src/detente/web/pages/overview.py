"""The first page of a case: how things stand, the map, relations over time, what changed lately, and what the claims came to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from detente.api.case import PreparedCase
from detente.api.events.event_row import build_event_address
from detente.api.events.filters import EventQuery, format_query_string, parse_event_query
from detente.api.events.table import get_event_columns
from detente.api.recent_changes import RecentChanges, compare_recent_periods
from detente.api.summary import summarize_case
from detente.brief.alternatives import format_claim_id
from detente.cases.channel_rule import FORCE_CHANNELS
from detente.charts.style import inline_svg
from detente.core.date_range import format_date
from detente.measures.episodes import EpisodeInitiator
from detente.text.sentence import Sentence
from detente.web.map.markers import MARKER_OFFSETS, MAX_RADIUS, MIN_RADIUS, RADIUS_GROWTH
from detente.web.map.page import EventMap, get_basemap, get_event_map
from detente.web.rendering.responses import get_case, page_routes, provenance_footer, respond


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """A claim in the strip: its id, its name and statement, the verdict in a word."""

    claim: str
    name: str
    statement: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Crisis:
    """A crisis episode as a line: when, how many events, deaths as a range in words, who used force first, its list."""

    when: str
    events: int
    deaths: str
    began: str
    address: str


@dataclass(frozen=True, slots=True)
class RegimeRow:
    """A stretch that the case file names."""

    name: str
    kind: str
    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture's title, caption, and what it shows for those who cannot see it."""

    key: str
    title: str
    caption: str
    alt: str


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the relation index: Monday, acts, their mean intensity (None without acts), the level and its band."""

    week: date
    acts: int
    score: float | None
    level: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """A case at a glance.

    Fields:
        question: that the brief answers. situation: five lines or fewer, every number traced.
        verdicts: of the claims, in the order of the question's demands.
        map: None where the case has no geometry. query: what the map was asked for.
        index, strip: the pictures of relations and of every event; index is None while there is too little.
        weeks, crises, regimes: the numbers of the first picture.
        recent: the last thirty days against the thirty before.
    """

    question: str
    situation: tuple[Sentence, ...]
    verdicts: tuple[VerdictRow, ...]
    query: EventQuery
    map: EventMap | None
    index: Chart | None
    strip: Chart | None
    weeks: tuple[Week, ...]
    crises: tuple[Crisis, ...]
    regimes: tuple[RegimeRow, ...]
    recent: RecentChanges


@dataclass(frozen=True)
class _StaticContent:
    """What does not depend on the map's question, made once a study."""

    content: Mapping[str, Any]
    pictures: Mapping[str, str]


_CONTENT_CACHE: dict[str, _StaticContent] = {}


def build_overview_page(study: PreparedCase, query: EventQuery = EventQuery()) -> OverviewPage:  # noqa: B008
    """The page's content; of the query the channels and days are used, by the map."""
    return OverviewPage(query=query, map=get_event_map(study, query), **_build_static_content(study).content)


def _build_static_content(study: PreparedCase) -> _StaticContent:
    if study.key not in _CONTENT_CACHE:
        shown = {p.key: p for p in study.brief.pictures if p.key in ("index", "strip")}
        charts = {k: Chart(p.key, p.title, p.caption, p.alt) for k, p in shown.items()}
        content = {
            "question": study.case.question,
            "situation": tuple(summarize_case(study)),
            "verdicts": tuple(
                VerdictRow(f.claim, format_claim_id(f.claim), f.statement, f.verdict.word)
                for s in study.brief.sections for f in s.points if f.verdict
            ),
            "index": charts.get("index"),
            "strip": charts.get("strip"),
            "weeks": _weeks(study),
            "crises": _crises(study),
            "regimes": tuple(RegimeRow(r.name, r.kind, r.first, r.last) for r in study.case.regimes if r.first <= study.g.as_of),
            "recent": compare_recent_periods(study),
        }  # fmt: skip
        _CONTENT_CACHE[study.key] = _StaticContent(content, {k: inline_svg(p) for k, p in shown.items()})
    return _CONTENT_CACHE[study.key]


def _weeks(study: PreparedCase) -> tuple[Week, ...]:
    i = study.view.index
    if i is None:
        return ()
    return tuple(
        Week(w, int(n), round(float(s), 2) if n else None, round(float(m), 2), round(float(a), 2), round(float(b), 2))
        for w, n, s, m, a, b in zip(i.weeks, i.acts, i.score, i.smoothed, i.low, i.high, strict=True)
    )


INITIATOR_TEXT: Mapping[EpisodeInitiator, str] = {
    "target": "{target}", "host": "{host_government}", "both named": "both named together", "disputed": "disputed",
}  # fmt: skip


def _crises(study: PreparedCase) -> tuple[Crisis, ...]:
    names = study.case.names.model_dump()
    out = []
    for x in study.view.episodes:
        d = x.deaths
        dead = "" if not d.told else f"{d.low:,}" if d.low == d.high else f"{d.low:,}–{d.high:,}"
        when = format_date(x.first) if x.first == x.last else f"{format_date(x.first)} to {format_date(x.last)}"
        listed = EventQuery(channel=("strike", "clash"), first=x.first, last=x.last, sort="oldest")
        to = (
            build_event_address(study, x.events[0])
            if len(x.events) == 1
            else f"/{study.id}/events?{format_query_string(listed)}"
        )
        out.append(Crisis(when, len(x.events), dead, INITIATOR_TEXT[x.began].format(**names), to))
    return tuple(out)


# What the map's templates and its module size and place signs by.
SIZES = {
    "small": MIN_RADIUS,
    "grows": RADIUS_GROWTH,
    "large": MAX_RADIUS,
    "round": MARKER_OFFSETS,
    "force": FORCE_CHANNELS,
}


async def handler(request: Request) -> Response:
    """`/{case}/`."""
    study = get_case(request)
    columns = await run_in_threadpool(get_event_columns, study)
    query = parse_event_query(request.query_params.multi_items(), columns)
    content = await run_in_threadpool(build_overview_page, study, query)
    return respond(
        request, "overview.html", content, foot=provenance_footer(study), title="Overview",
        ground=get_basemap(study), pictures=_build_static_content(study).pictures, sizes=SIZES,
    )  # fmt: skip


ROUTES = page_routes("/{case}/", handler, page=OverviewPage)
