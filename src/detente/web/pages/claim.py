"""The page of one claim: argument, finding in plain words, what sources state, estimates, checks and events."""

from dataclasses import dataclass
from importlib import import_module
from inspect import getdoc

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from detente.api.case import Case
from detente.api.case_cache import cached_per_case
from detente.api.events.event_row import build_event_address
from detente.api.stated_rates import simplify_stated_evidence
from detente.brief.document import BriefArgument
from detente.brief.render.json import format_check_results
from detente.charts.inline.interval_strip import draw_interval_strip
from detente.charts.picture import Picture, inline_svg
from detente.claims.checks import CHECKS
from detente.claims.estimate import Estimate
from detente.claims.evidence_line import list_evidence
from detente.claims.finding import Finding
from detente.claims.reader_text import MarkedSentence
from detente.claims.stated_evidence import STATED_NOTE, StatedEvidence
from detente.claims.verdict import decide_part_verdict
from detente.core.date_range import format_date_range
from detente.core.errors import nearest, quoted_choices
from detente.core.publishers import format_publishers, publisher_name
from detente.events.event import Event
from detente.measures.quantity import Quantity
from detente.text.sentence import Sentence
from detente.web.rendering.link_preview import LinkPreview
from detente.web.rendering.responses import get_case, page_routes, provenance_footer, respond
from detente.web.rendering.verdict_text import VERDICT_TEXT


@dataclass(frozen=True, slots=True)
class EstimateRow:
    """One estimate of a claim.

    Fields:
        key, part: its name, and the claimed part as a clause after `that`. necessary: True if the verdict requires it.
            word: the verdict on this part alone. sentence: probability and size in words. number, chance: both traced, None
            if there are no data. claimed, than: `above` or `below` which value. enough, why_not: whether there are enough
            data, and what is missing if not.
    """

    key: str
    part: str
    necessary: bool
    word: str
    sentence: Sentence
    number: Quantity | None
    chance: Quantity | None
    claimed: str
    than: float
    enough: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One robustness check of one part: its title, question, result and explanation."""

    check: str
    title: str
    asks: str
    part: str
    result: str
    told: Sentence


@dataclass(frozen=True, slots=True)
class StatedRow:
    """What sources state on one response: in plain words and in full, and whether counts of days agree.

    `counts` is in plain words; empty where the question has no counterpart in counts.
    """

    key: str
    plain: Sentence
    told: Sentence
    counts: str


@dataclass(frozen=True, slots=True)
class ArgumentSource:
    """A source of the argument: an event, a page or a publication. `address` is empty for a publication."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class SupportingEvent:
    """One event behind the claim: id, time, place, summary, publishers, and the parts whose estimates use it."""

    id: str
    day: str
    when: str
    where: str
    summary: str
    publishers: str
    disputed: bool
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """One claim.

    Fields:
        claim, demand, statement, headline: its id, the part of the question it answers, the tested statement, and the
            finding in one line, by its verdict. verdict, survived: in a word, and results of the checks.
        argument: why the claim is held and what speaks against it, None where the case gives none; argument_sources: its sources.
        plain: the finding for a reader, each sentence with its mark. evidence: verdict, estimate and checks of each required part.
        stated: what sources state on its responses. false_alarms: how often a false claim of this kind is rated leaning or
            better, None where that was not measured. sentences: the figures in words. tests: the
            estimates, required ones first. checks: of required parts. limits: limitations. examples, carriers: example
            events, and all events behind its estimates, newest first. numbers: every number in the text.
        formula: method and source, from the docstring of its module. picture: its chart, or None.
        before, after: the neighbouring claims.
    """

    claim: str
    demand: str
    statement: str
    headline: str
    verdict: str
    survived: str
    argument: BriefArgument | None
    argument_sources: tuple[ArgumentSource, ...]
    plain: tuple[MarkedSentence, ...]
    evidence: tuple[MarkedSentence, ...]
    stated: tuple[StatedRow, ...]
    false_alarms: Sentence | None
    sentences: tuple[Sentence, ...]
    tests: tuple[EstimateRow, ...]
    checks: tuple[CheckRow, ...]
    limits: Sentence
    examples: tuple[SupportingEvent, ...]
    carriers: tuple[SupportingEvent, ...]
    numbers: tuple[Quantity, ...]
    formula: str
    picture: Picture | None
    before: str | None
    after: str | None


def build_claim_page(prepared: Case, claim: str) -> ClaimPage:
    """Build the page.

    Raises:
        HTTPException: 404, with the nearest ids, if the case has no such claim.
    """
    order = [(s, f) for s in prepared.document.sections for f in s.points]
    ids = [f.claim for _, f in order]
    if claim not in ids:
        near = quoted_choices(nearest(claim, ids))
        raise HTTPException(404, f"Unknown claim {claim!r}. Nearest: {near}. Known: {', '.join(ids)}.")
    at = ids.index(claim)
    section, f = order[at]
    carriers = _list_supporting_events(prepared, f)
    by_id = {c.id: c for c in carriers}
    argument = section.arguments.get(claim)
    return ClaimPage(
        f.claim, section.title, f.statement, f.headline, f.verdict.word if f.verdict else "",
        format_check_results(f.verdict) if f.verdict else "", argument, _list_argument_sources(prepared, argument),
        f.reader.sentences if f.reader else (), list_evidence(f), tuple(_build_stated_row(prepared, x) for x in f.stated), f.false_alarms,
        f.sentences,
        tuple(_build_estimate_row(f, e, s) for e, s in zip(f.estimates, f.tests, strict=True)),
        tuple(_build_check_rows(f)), f.limits,
        tuple(by_id.get(i) or _build_supporting_event(prepared, prepared.g.event(i), ()) for i in f.examples),
        carriers, f.numbers, getdoc(import_module(f"detente.claims.{f.claim}")) or "", section.pictures.get(f.claim),
        ids[at - 1] if at else None, ids[at + 1] if at + 1 < len(ids) else None,
    )  # fmt: skip


def _build_stated_row(prepared: Case, x: StatedEvidence) -> StatedRow:
    return StatedRow(x.key, simplify_stated_evidence(prepared, x), x.told, x.compared)


def _list_argument_sources(prepared: Case, a: BriefArgument | None) -> tuple[ArgumentSource, ...]:
    known = {e.id for e in prepared.g.events}

    def name(source: str) -> ArgumentSource:
        if source in known:
            return ArgumentSource(source, build_event_address(prepared, source))
        if source.startswith("http"):
            return ArgumentSource(publisher_name(source), source)
        return ArgumentSource(source, "")

    return tuple(name(s) for s in dict.fromkeys((*a.sources, *a.counter_sources))) if a else ()


def _build_estimate_row(f: Finding, e: Estimate, s: Sentence) -> EstimateRow:
    return EstimateRow(
        e.key, e.part, e.necessary, decide_part_verdict(e, f.outcomes), s, e.measured, e.chance, e.claimed, e.than, e.enough, e.why_not,
    )  # fmt: skip


def _build_check_rows(f: Finding) -> list[CheckRow]:
    by_key = {c.key: c for c in CHECKS}
    parts = {e.key: e.part for e in f.estimates}
    return [
        CheckRow(o.check, by_key[o.check].title, by_key[o.check].asks, parts[o.part], o.result, o.told)
        for o in f.outcomes
    ]


def _list_supporting_events(prepared: Case, f: Finding) -> tuple[SupportingEvent, ...]:
    used: dict[str, list[str]] = {}
    for e in f.estimates:
        for i in e.measured.events if e.measured else ():
            used.setdefault(i, []).append(e.part)
    events = sorted((prepared.g.event(i) for i in used), key=lambda e: (e.day, e.id), reverse=True)
    return tuple(_build_supporting_event(prepared, e, tuple(used[e.id])) for e in events)


def _build_supporting_event(prepared: Case, e: Event, parts: tuple[str, ...]) -> SupportingEvent:
    when, where = format_date_range(e.span), e.place.format_name(prepared.case.country_names)
    return SupportingEvent(e.id, str(e.day), when, where, e.summary, format_publishers(e.addresses), e.disputed, parts)


def draw_interval(t: EstimateRow, *, title: str = "") -> str:
    """Draw the interval against the claimed side; empty if there is no number. `title` is drawn above, or empty."""
    m = t.number
    if m is None:
        return ""
    label = f"That {t.part}: {t.sentence.text} Claimed: {t.claimed} {t.than:.3g}."
    return draw_interval_strip(
        m.value, m.low, m.high, than=t.than, claimed=t.claimed, label=label, percent=m.unit == "share",
        ratio=m.unit == "times as often", unit=m.unit, title=title,
    )  # fmt: skip


@cached_per_case()
def _page(prepared: Case, claim: str) -> ClaimPage:
    return build_claim_page(prepared, claim)


async def handler(request: Request) -> Response:
    """Return one claim: its verdict, estimates, robustness checks and supporting events."""
    prepared = get_case(request)
    claim = request.path_params["claim"]
    page = _page(prepared, claim)
    verdict = f" Verdict: {VERDICT_TEXT.get(page.verdict, page.verdict)}." if page.verdict else ""
    preview = LinkPreview(f"{page.headline}.{verdict}", f"/{prepared.id}/preview/claims/{page.claim}.png")
    return respond(
        request, "claim.html", page, preview=preview, foot=provenance_footer(prepared), title=page.headline,
        drawn={t.key: draw_interval(t) for t in page.tests}, svg=inline_svg(page.picture) if page.picture else "", stated_note=STATED_NOTE,
    )  # fmt: skip


ROUTES = page_routes("/{case}/claims/{claim}", handler, page=ClaimPage)
