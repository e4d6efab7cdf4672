"""The monthly digest of a case, and its archive."""

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from detente.api.case import Case
from detente.api.digest.build import build_digest
from detente.api.digest.months import DigestRow, NoDigest, list_digests
from detente.api.digest.verdict_text import FALSE_RATE, RULE
from detente.api.recent_changes import describe_no_development
from detente.api.results.digest import WORD_TEXT, DigestResult
from detente.cases.load import CaseData
from detente.cases.testimony import KIND_WORDS, collects, describe_gaps, list_sources
from detente.core.month import BadMonth, CalendarMonth, parse_month
from detente.sources.testimony import CLOSURE
from detente.web.rendering.link_preview import LinkPreview
from detente.web.rendering.responses import get_record_case, page_routes, provenance_footer, respond

SHOWN_EVENTS = 3
"""Events of each kind shown at once; the others are folded."""


@dataclass(frozen=True, slots=True)
class DigestPage:
    """The digest of one month.

    Fields:
        digest: its content. verdict: as readers see it. rule: how it is made. false_rate: how often it is wrong.
        nothing_new, no_closed_crossing, no_ending_truce, no_disputed_toll: said where there is none, by what the sources of the case record.
        earlier, later: the months beside it. newest: later months that cannot be judged, on the page of the latest month only.
    """

    digest: DigestResult
    verdict: str
    rule: str
    false_rate: str
    nothing_new: str
    no_closed_crossing: str
    no_ending_truce: str
    no_disputed_toll: str
    earlier: DigestRow | None
    later: DigestRow | None
    newest: tuple[DigestRow, ...]


@dataclass(frozen=True, slots=True)
class DigestArchivePage:
    """All months with a digest, newest first, with the rule of the verdict."""

    rows: tuple[DigestRow, ...]
    rule: str
    false_rate: str


def build_digest_page(prepared: Case, month: CalendarMonth | None) -> DigestPage:
    """Build the page of a month, or of the latest that can be judged.

    Raises:
        NoDigest: the record does not reach the month.
    """
    d = build_digest(prepared, month)
    rows = list_digests(prepared)
    at = next(i for i, r in enumerate(rows) if r.month == d.month)
    earlier = rows[at + 1] if at + 1 < len(rows) else None
    newest = rows[:at] if month is None else ()
    covered = "No truce was announced to end within 30 days."
    truce = covered if d.covered == d.days else "None by the days that were collected systematically."
    return DigestPage(
        d, WORD_TEXT[d.word], RULE, FALSE_RATE, _describe_nothing_new(prepared.g, d),
        _describe_none(prepared.g, CLOSURE, "No crossing was reported closed."), _describe_none(prepared.g, "truce", truce),
        _describe_undisputed(prepared.g),
        earlier, rows[at - 1] if at else None, newest,
    )  # fmt: skip


def _describe_nothing_new(g: CaseData, d: DigestResult) -> str:
    said = describe_no_development(g)
    if d.covered == d.days:
        return said
    if all(collects(g, kind) for kind in (CLOSURE, "truce", "dialogue")):
        return f"Nothing on the {d.covered} days that were collected systematically."
    return f"{said} Days collected systematically: {d.covered} of {d.days}."


def _describe_undisputed(g: CaseData) -> str:
    """Say that no contradicting toll is recorded; only chronologies mark them."""
    marks = "chronology" in list_sources(g) or any(e.disputed for e in g.events)
    return "None is recorded." if marks else "The sources do not say whether the parties contradict each other."


def _describe_none(g: CaseData, kind: str, text: str) -> str:
    """Return the text, or that no source of the case records the kind."""
    return text if collects(g, kind) else f"{describe_gaps(g, [KIND_WORDS[kind]])}."


async def handler(request: Request) -> Response:
    """Return the digest of the latest month that can be judged, or of the month in the address."""
    prepared, text = get_record_case(request), request.path_params.get("month")
    try:
        page = await run_in_threadpool(build_digest_page, prepared, parse_month(text) if text else None)
    except (BadMonth, NoDigest) as e:
        raise HTTPException(404, f"{e} All months: /{prepared.id}/digest/archive") from e
    d = page.digest
    return respond(
        request, "digest.html", page, foot=provenance_footer(prepared), title=f"Digest of {d.title}", shown=SHOWN_EVENTS,
        words=WORD_TEXT, preview=LinkPreview(d.headline.text, f"/{prepared.id}/preview/digest/{d.month}.png"),
    )  # fmt: skip


async def archive_handler(request: Request) -> Response:
    """List every month with its verdict."""
    prepared = get_record_case(request)
    page = DigestArchivePage(await run_in_threadpool(list_digests, prepared), RULE, FALSE_RATE)
    foot = provenance_footer(prepared)
    return respond(request, "digest_archive.html", page, foot=foot, title="Digests by month", words=WORD_TEXT)


ROUTES = (
    *page_routes("/{case}/digest", handler, page=DigestPage),
    *page_routes("/{case}/digest/archive", archive_handler, page=DigestArchivePage),
    *page_routes("/{case}/digest/{month}", handler, page=DigestPage),
)
