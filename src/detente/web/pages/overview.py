"""The overview page of a case: the answer, relations over time, recent changes, crossings and verdicts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from detente.api.case import Case
from detente.api.case_cache import cached_per_case
from detente.api.crossings import latest_crossing_states
from detente.api.events.event_row import build_event_address
from detente.api.events.filters import EventQuery, format_query_string
from detente.api.recent_changes import (
    RecentChanges,
    compare_recent_periods,
    describe_no_development,
    describe_unknown_counts,
)
from detente.api.summary import summarize_case
from detente.brief.document import AnswerLine
from detente.cases.load import CaseData
from detente.cases.testimony import KIND_WORDS, describe_gaps, find_missing_kinds
from detente.charts.picture import Picture, inline_svg
from detente.charts.relation_index import PAGE_WIDTH, draw_relation_index
from detente.claims.reader_text import MARK_WORDS
from detente.core.date_range import format_date
from detente.measures.episodes import EpisodeInitiator
from detente.measures.relation_index import WORD_CHANNELS
from detente.text.sentence import Sentence
from detente.web.digest_box import DigestBox, build_digest_box
from detente.web.preparation import read_progress
from detente.web.rendering.link_preview import LinkPreview
from detente.web.rendering.responses import get_case, page_routes, provenance_footer, respond, wants_json
from detente.web.rendering.verdict_text import VERDICT_TEXT


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
        question: that the brief answers. age: how old the record is, in a sentence.
        answer: the first page of the brief, each sentence with its mark; empty while the claims are being tested. caution: what
            the tests cannot show, or None. marks: those used, each with its meaning.
        situation: sentences with traced numbers. recent: the last thirty days compared with the thirty before. unrecorded: what no
            source of the case records of it, in a sentence, or empty. nothing_new: said if nothing began or ended. no_index: said if
            there is no chart of relations.
        month: the digest of the latest month that can be judged; None without events.
        crossings: with their latest reported state. verdicts: of the claims, in the order of the question's demands. verdict_marks: those used, each in plain words.
        index: chart of relations, None if there are too little data. weeks, crises, regimes: its data.
    """

    question: str
    age: str
    answer: tuple[AnswerLine, ...]
    caution: Sentence | None
    marks: tuple[tuple[str, str], ...]
    situation: tuple[Sentence, ...]
    recent: RecentChanges
    unrecorded: str
    nothing_new: str
    no_index: str
    month: DigestBox | None
    crossings: tuple[CrossingNow, ...]
    verdicts: tuple[VerdictRow, ...]
    verdict_marks: tuple[tuple[str, str], ...]
    index: Picture | None
    weeks: tuple[Week, ...]
    crises: tuple[Crisis, ...]
    regimes: tuple[RegimeRow, ...]


def build_overview_page(prepared: Case) -> OverviewPage:
    """Build the page, once without and once with the results of the claims."""
    return _build(prepared, prepared.document_if_ready is not None)


@cached_per_case()
def _build(prepared: Case, with_verdicts: bool) -> OverviewPage:
    brief = prepared.document if with_verdicts else None
    answer = brief.answer if brief else ()
    used = {a.mark for a in answer}
    recent = compare_recent_periods(prepared)
    judged = {f.verdict.word for x in (brief.sections if brief else ()) for f in x.points if f.verdict}
    return OverviewPage(
        question=prepared.case.question,
        age=prepared.age.sentence,
        answer=answer,
        caution=brief.caution if brief else None,
        marks=tuple((m, words) for m, words in MARK_WORDS.items() if m in used),
        # The first sentence says who the parties are; the question does so here.
        situation=summarize_case(prepared)[1:],
        recent=recent,
        unrecorded=describe_unknown_counts(prepared.g, recent),
        nothing_new=describe_no_development(prepared.g),
        no_index=_describe_missing_index(prepared.g),
        month=build_digest_box(prepared),
        crossings=tuple(CrossingNow(c.name, c.mark, c.said) for c in latest_crossing_states(prepared)),
        verdicts=tuple(
            VerdictRow(f.claim, s.title, f.headline, f.statement, f.verdict.word)
            for s in (brief.sections if brief else ()) for f in s.points if f.verdict
        ),
        verdict_marks=tuple((w, words) for w, words in VERDICT_TEXT.items() if w in judged),
        index=draw_relation_index(prepared.view, PAGE_WIDTH),
        weeks=_weeks(prepared),
        crises=_crises(prepared),
        regimes=tuple(RegimeRow(r.name, r.kind, r.first, r.last) for r in prepared.case.regimes if r.first <= prepared.g.as_of),
    )  # fmt: skip


def _describe_missing_index(g: CaseData) -> str:
    missing = find_missing_kinds(g, WORD_CHANNELS)
    if missing:
        return f"There is no index of relations: {describe_gaps(g, [KIND_WORDS[k] for k in missing])}."
    return "Too few acts between the governments are recorded for an index of their relations."


@cached_per_case()
def _index_svg(prepared: Case) -> str:
    picture = build_overview_page(prepared).index
    return inline_svg(picture) if picture else ""


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
    "unknown": "unknown",
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


async def handler(request: Request) -> Response:
    """Return the overview of a case: the answer, recent changes, crossings and verdicts."""
    prepared = get_case(request)
    if not wants_json(request) and {"channel", "from", "to"} & set(request.query_params):
        return RedirectResponse(f"/{prepared.id}/map?{request.url.query}", 301)  # the map stood here once
    content = await run_in_threadpool(build_overview_page, prepared)
    svg = await run_in_threadpool(_index_svg, prepared)
    preview = LinkPreview(content.answer[0].sentence.text) if content.answer else None
    foot = provenance_footer(prepared)
    progress = None if content.answer else read_progress(request.app.state.settings.cache, prepared.id)
    return respond(
        request, "overview.html", content, foot=foot, title="Overview", preview=preview, svg=svg, progress=progress
    )


ROUTES = page_routes("/{case}/", handler, page=OverviewPage)
