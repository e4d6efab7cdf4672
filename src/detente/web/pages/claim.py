"""One claim: its verdict, every tested number, every check, and every event that carries it."""

from dataclasses import dataclass
from importlib import import_module
from inspect import getdoc
from threading import Lock

from cachetools import LRUCache, cached
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from detente.api.case import PreparedCase
from detente.brief.render.json import format_check_results
from detente.charts.inline.interval_strip import draw_interval_strip
from detente.charts.style import Picture, inline_svg
from detente.claims.checks import CHECKS
from detente.claims.estimate import Estimate
from detente.claims.finding import Finding
from detente.claims.verdict import decide_part_verdict
from detente.core.date_range import format_date_range
from detente.core.errors import nearest, quoted_choices
from detente.core.publishers import format_publishers
from detente.events.event import Event
from detente.measures.quantity import Quantity
from detente.text.sentence import Sentence
from detente.web.rendering.responses import get_case, page_routes, provenance_footer, respond


@dataclass(frozen=True, slots=True)
class EstimateRow:
    """One tested number.

    Fields:
        key, part: its name, and what is claimed, in words that follow *that*. necessary: does the claim fall with it? word: the
            verdict on this part alone. sentence: how likely and how large. number, chance: both traced, None where they could
            not be had. claimed, than: on which side of which value. enough, why_not: are there data, and what is missing.
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
    """One check of one part: its title, the question it puts, how it went, and what was seen."""

    check: str
    title: str
    asks: str
    part: str
    result: str
    told: Sentence


@dataclass(frozen=True, slots=True)
class SupportingEvent:
    """One event that carries the claim: its id, when, where, what is reported, by whom, and the parts it enters."""

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
        claim, demand, statement, headline: its id, the part of the question it answers, what was tested, and what was found in one
            line. verdict, survived: in a word, and how checks went. sentences: what the record shows. tests: tested
            numbers, the necessary ones first. checks: of necessary parts. limits: what it cannot show. examples, carriers:
            events that show it best, and all that its numbers were made from, newest first. numbers: everything said.
        formula: how it is measured, with the source, as its file says. picture: of what it is about, or None.
        before, after: the claims beside it.
    """

    claim: str
    demand: str
    statement: str
    headline: str
    verdict: str
    survived: str
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


def build_claim_page(study: PreparedCase, claim: str) -> ClaimPage:
    """The page's content.

    Raises:
        HTTPException: 404, with the nearest ids, where the case has no such claim.
    """
    order = [(s, f) for s in study.brief.sections for f in s.points]
    ids = [f.claim for _, f in order]
    if claim not in ids:
        raise HTTPException(
            404,
            f"There is no claim {claim!r}. Nearest: {quoted_choices(nearest(claim, ids))}. Known: {', '.join(ids)}.",
        )
    at = ids.index(claim)
    section, f = order[at]
    carriers = _list_supporting_events(study, f)
    by_id = {c.id: c for c in carriers}
    return ClaimPage(
        f.claim, section.title, f.statement, f.headline, f.verdict.word if f.verdict else "",
        format_check_results(f.verdict) if f.verdict else "", f.sentences,
        tuple(_build_estimate_row(f, e, s) for e, s in zip(f.estimates, f.tests, strict=True)),
        tuple(_build_check_rows(f)), f.limits,
        tuple(by_id.get(i) or _build_supporting_event(study, study.g.event(i), ()) for i in f.examples),
        carriers, f.numbers, getdoc(import_module(f"detente.claims.{f.claim}")) or "", section.pictures.get(f.claim),
        ids[at - 1] if at else None, ids[at + 1] if at + 1 < len(ids) else None,
    )  # fmt: skip


def _build_estimate_row(f: Finding, e: Estimate, s: Sentence) -> EstimateRow:
    return EstimateRow(
        e.key,
        e.part,
        e.necessary,
        decide_part_verdict(e, f.outcomes),
        s,
        e.measured,
        e.chance,
        e.claimed,
        e.than,
        e.enough,
        e.why_not,
    )


def _build_check_rows(f: Finding) -> list[CheckRow]:
    by_key = {c.key: c for c in CHECKS}
    parts = {e.key: e.part for e in f.estimates}
    return [
        CheckRow(o.check, by_key[o.check].title, by_key[o.check].asks, parts[o.part], o.result, o.told)
        for o in f.outcomes
    ]


def _list_supporting_events(study: PreparedCase, f: Finding) -> tuple[SupportingEvent, ...]:
    used: dict[str, list[str]] = {}
    for e in f.estimates:
        for i in e.measured.events if e.measured else ():
            used.setdefault(i, []).append(e.part)
    events = sorted((study.g.event(i) for i in used), key=lambda e: (e.day, e.id), reverse=True)
    return tuple(_build_supporting_event(study, e, tuple(used[e.id])) for e in events)


def _build_supporting_event(study: PreparedCase, e: Event, parts: tuple[str, ...]) -> SupportingEvent:
    return SupportingEvent(
        e.id,
        str(e.day),
        format_date_range(e.span),
        study.brief.where(e),
        e.summary,
        format_publishers(e.addresses),
        e.disputed,
        parts,
    )


def draw_interval(t: EstimateRow) -> str:
    """The interval against the claimed side, or nothing where there is no number."""
    m = t.number
    if m is None:
        return ""
    label = f"That {t.part}: {t.sentence.text} Claimed: {t.claimed} {t.than:.3g}."
    return draw_interval_strip(
        m.value, m.low, m.high, than=t.than, claimed=t.claimed, label=label, percent=m.unit == "share",
        ratio=m.unit == "times as often",
    )  # fmt: skip


@cached(LRUCache(64), key=lambda study, claim: (study.key, claim), lock=Lock())
def _page(study: PreparedCase, claim: str) -> ClaimPage:
    return build_claim_page(study, claim)


async def handler(request: Request) -> Response:
    """`/{case}/claims/{claim}`."""
    study = get_case(request)
    claim = request.path_params["claim"]
    page = _page(study, claim)
    return respond(
        request, "claim.html", page, foot=provenance_footer(study), title=page.headline,
        drawn={t.key: draw_interval(t) for t in page.tests}, svg=inline_svg(page.picture) if page.picture else "",
    )  # fmt: skip


ROUTES = page_routes("/{case}/claims/{claim}", handler, page=ClaimPage)
