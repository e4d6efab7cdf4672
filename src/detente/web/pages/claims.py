"""The list of a case's claims with their verdicts and robustness checks."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from detente.api.case import Case
from detente.brief.render.json import format_check_results
from detente.charts.inline.probability_strip import ProbabilityDot, draw_small_strip
from detente.claims.finding import Finding, describe_weakest_chance, find_weakest_estimate
from detente.claims.verdict import VERDICT_SYMBOLS
from detente.text.probability_words import format_percent
from detente.web.rendering.responses import get_case, page_routes, provenance_footer, respond


@dataclass(frozen=True, slots=True)
class NecessaryPart:
    """One estimate required for a verdict: its claim and probability, None if there are too little data."""

    key: str
    part: str
    probability: float | None


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim.

    Fields:
        claim: its id. demand: the part of the question it answers. statement: the tested statement. headline: the finding in
            one line. verdict: in a word. weakest: the part that decided it. likely: the probability of that part, in words
            and figures. survived: results of the checks. parts: all required parts. events: number of events used.
    """

    claim: str
    demand: str
    statement: str
    headline: str
    verdict: str
    weakest: str
    likely: str
    survived: str
    parts: tuple[NecessaryPart, ...]
    events: int


@dataclass(frozen=True, slots=True)
class ClaimsPage:
    """Every claim of the case, in the order of the demands; `counted` is the number of claims by verdict."""

    rows: tuple[ClaimRow, ...]
    counted: tuple[tuple[str, int], ...]


def build_claims_page(prepared: Case) -> ClaimsPage:
    """Build the page."""
    rows = tuple(_build_row(s.title, f) for s in prepared.document.sections for f in s.points)
    words = [r.verdict for r in rows]
    return ClaimsPage(rows, tuple((w, words.count(w)) for w in VERDICT_SYMBOLS if w in words))


def _build_row(demand: str, f: Finding) -> ClaimRow:
    v = f.verdict
    weakest = find_weakest_estimate(f)
    return ClaimRow(
        f.claim, demand, f.statement, f.headline, v.word if v else "", weakest.part if weakest else "",
        describe_weakest_chance(f),
        format_check_results(v) if v else "",
        tuple(NecessaryPart(e.key, e.part, e.probability if e.enough else None) for e in f.estimates if e.necessary),
        len({i for e in f.estimates if e.measured for i in e.measured.events}),
    )  # fmt: skip


def _draw_probabilities(row: ClaimRow) -> str:
    known = [p for p in row.parts if p.probability is not None]
    text = "; ".join(f"that {p.part}: {100 * (p.probability or 0):.0f} %" for p in known) or "too little data"
    dots = [
        ProbabilityDot(p.probability or 0.0, name=f"That {p.part}: {format_percent(p.probability or 0.0)}")
        for p in known
    ]
    return draw_small_strip(dots, f"Probability of each necessary part: {text}")


async def handler(request: Request) -> Response:
    """List the claims of a case with their verdicts."""
    prepared = get_case(request)
    page = build_claims_page(prepared)
    drawn = {r.claim: _draw_probabilities(r) for r in page.rows}
    return respond(request, "claims.html", page, foot=provenance_footer(prepared), title="Claims", drawn=drawn)


ROUTES = page_routes("/{case}/claims", handler, page=ClaimsPage)
