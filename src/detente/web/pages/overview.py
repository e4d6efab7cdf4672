"""The overview page of a case: summary, verdicts, map, relations over time and recent changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from detente.api.case import BeingComputed, Case
from detente.api.case_cache import cached_per_case
from detente.api.crossings import latest_crossing_states
from detente.api.events.event_row import build_event_address
from detente.api.events.filters import EventQuery, format_query_string, parse_event_query
from detente.api.events.table import get_event_columns
from detente.api.recent_changes import RecentChanges, compare_recent_periods
from detente.api.summary import summarize_case
from detente.cases.channel_rule import FORCE_CHANNELS
from detente.charts.event_timeline import draw_event_timeline
from detente.charts.picture import inline_svg
from detente.charts.relation_index import draw_relation_index
from detente.core.date_range import format_date
from detente.measures.episodes import EpisodeInitiator
from detente.text.probability_words import format_percent, probability_word
from detente.text.sentence import NumberPiece, Sentence, make_sentence
from detente.web.map.markers import MARKER_OFFSETS, MAX_RADIUS, MIN_RADIUS, RADIUS_GROWTH
from detente.web.map.page import EventMap, get_basemap, get_event_map
from detente.web.rendering.responses import get_case, page_routes, provenance_footer, respond


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """A claim in the list of verdicts: id, the part of the question that it answers, the finding in one line, the claim as
    tested, and the verdict in a word."""

    claim: str
    demand: str
    headline: str
    statement: str
    verdict: str


@dataclass(frozen=True, slots=True)
class OutlookRow:
    """A kind of event with its probability of at least one within each horizon of the forecast, traced."""

    what: str
    chances: tuple[tuple[int, Sentence], ...]


@dataclass(frozen=True, slots=True)
class CrossingNow:
    """A crossing with its latest reported state: the symbol on the map, and in words."""

    name: str
    mark: str
    said: str


@dataclass(frozen=True, slots=True)
class Crisis:
    """A crisis episode as a row: time, number of events, range of deaths, first user of force, and the list of its events."""

    when: str
    events: int
    deaths: str
    began: str
    address: str


@dataclass(frozen=True, slots=True)
class RegimeRow:
    """A period named in the case file."""

    name: str
    kind: str
    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart's title, caption and alternative text."""

    key: str
    title: str
    caption: str
    alt: str


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the relations index: Monday, acts, their mean intensity (None without acts), the level and its interval."""

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
        question: that the brief answers. age: how old the record is, in a sentence. situation: sentences with traced numbers.
        crossings: with their latest reported state. outlook: probabilities of the forecast, which starts on `outlook_from`;
            empty if there is none or it is being computed.
        verdicts: of the claims, in the order of the question's demands.
        map: None if the case has no geometry. query: of the map.
        index, strip: charts of relations and of every event; index is None if there are too little data.
        weeks, crises, regimes: the data of the first chart.
        recent: the last thirty days compared with the thirty before.
    """

    question: str
    age: str
    situation: tuple[Sentence, ...]
    crossings: tuple[CrossingNow, ...]
    outlook: tuple[OutlookRow, ...]
    outlook_from: str
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
    """The parts that do not depend on the map's query, computed once for each prepared case."""

    content: Mapping[str, Any]
    pictures: Mapping[str, str]


def build_overview_page(prepared: Case, query: EventQuery = EventQuery()) -> OverviewPage:  # noqa: B008
    """Build the page; the map uses the query's channels and days."""
    return OverviewPage(query=query, map=get_event_map(prepared, query), **_get_static_content(prepared).content)


def _get_static_content(prepared: Case) -> _StaticContent:
    return _build_static_content(prepared, prepared.document_if_ready is not None)


@cached_per_case()
def _build_static_content(prepared: Case, with_verdicts: bool) -> _StaticContent:
    drawn = (draw_relation_index(prepared.view), draw_event_timeline(prepared.view))
    shown = {p.key: p for p in drawn if p is not None}
    sections = prepared.document.sections if with_verdicts else ()
    charts = {k: Chart(p.key, p.title, p.caption, p.alt) for k, p in shown.items()}
    content = {
        "question": prepared.case.question,
        "age": prepared.age.sentence,
        "crossings": tuple(CrossingNow(c.name, c.mark, c.said) for c in latest_crossing_states(prepared)),
        **_outlook(prepared),
        "situation": tuple(summarize_case(prepared)),
        "verdicts": tuple(
            VerdictRow(f.claim, s.title, f.headline, f.statement, f.verdict.word)
            for s in sections for f in s.points if f.verdict
        ),
        "index": charts.get("index"),
        "strip": charts.get("strip"),
        "weeks": _weeks(prepared),
        "crises": _crises(prepared),
        "regimes": tuple(RegimeRow(r.name, r.kind, r.first, r.last) for r in prepared.case.regimes if r.first <= prepared.g.as_of),
        "recent": compare_recent_periods(prepared),
    }  # fmt: skip
    return _StaticContent(content, {k: inline_svg(p) for k, p in shown.items()})


def _outlook(prepared: Case) -> Mapping[str, Any]:
    try:
        f = prepared.forecast_summary
    except BeingComputed:
        f = ""
    if isinstance(f, str):
        return {"outlook": (), "outlook_from": ""}
    rows: dict[str, list[tuple[int, Sentence]]] = {}
    for c in f.chances:
        p = c.number.value or 0.0
        text = NumberPiece(c.number, f"{probability_word(p)} ({format_percent(p)})")
        rows.setdefault(c.what, []).append((c.days, make_sentence(text)))
    return {"outlook": tuple(OutlookRow(k, tuple(v)) for k, v in rows.items()), "outlook_from": str(f.as_of)}


def _weeks(prepared: Case) -> tuple[Week, ...]:
    i = prepared.view.index
    if i is None:
        return ()
    return tuple(
        Week(w, int(n), round(float(s), 2) if n else None, round(float(m), 2), round(float(a), 2), round(float(b), 2))
        for w, n, s, m, a, b in zip(i.weeks, i.acts, i.score, i.smoothed, i.low, i.high, strict=True)
    )


INITIATOR_TEXT: Mapping[EpisodeInitiator, str] = {
    "target": "{target}", "host": "{host_government}", "both named": "both named together", "disputed": "disputed",
}  # fmt: skip


def _crises(prepared: Case) -> tuple[Crisis, ...]:
    names = prepared.case.names.model_dump()
    out = []
    for x in prepared.view.episodes:
        d = x.deaths
        dead = "" if not d.told else f"{d.low:,}" if d.low == d.high else f"{d.low:,}–{d.high:,}"
        when = format_date(x.first) if x.first == x.last else f"{format_date(x.first)} to {format_date(x.last)}"
        listed = EventQuery(channel=("strike", "clash"), first=x.first, last=x.last, sort="oldest")
        events = f"/{prepared.id}/events?{format_query_string(listed)}"
        to = build_event_address(prepared, x.events[0]) if len(x.events) == 1 else events
        out.append(Crisis(when, len(x.events), dead, INITIATOR_TEXT[x.began].format(**names), to))
    return tuple(out)


# Sizes and positions of markers, for the map's templates and `map.js`.
SIZES = {
    "small": MIN_RADIUS, "grows": RADIUS_GROWTH, "large": MAX_RADIUS, "round": MARKER_OFFSETS, "force": FORCE_CHANNELS,
}  # fmt: skip


async def handler(request: Request) -> Response:
    """Return the overview of a case: summary, verdicts, map and recent changes."""
    prepared = get_case(request)
    columns = await run_in_threadpool(get_event_columns, prepared)
    query = parse_event_query(request.query_params.multi_items(), columns)
    content = await run_in_threadpool(build_overview_page, prepared, query)
    return respond(
        request, "overview.html", content, foot=provenance_footer(prepared), title="Overview",
        ground=get_basemap(prepared), pictures=_get_static_content(prepared).pictures, sizes=SIZES,
    )  # fmt: skip


ROUTES = page_routes("/{case}/", handler, page=OverviewPage)
