"""The claims of a case: what was tested, the verdict, and the checks it survived."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from detente.api.case import PreparedCase
from detente.brief.render.json import format_check_results
from detente.charts.inline.probability_strip import ProbabilityDot, draw_small_strip
from detente.claims.estimate import Estimate
from detente.claims.estimate_text import probability_text
from detente.claims.finding import Finding
from detente.claims.verdict import VERDICT_SYMBOLS
from detente.web.rendering.responses import get_case, page_routes, provenance_footer, respond


@dataclass(frozen=True, slots=True)
class NecessaryPart:
    """One necessary part: what is claimed, and its probability; None where too little is on record."""

    key: str
    part: str
    probability: float | None


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim.

    Fields:
        claim: its id. demand: the part of the question it answers. statement: what was tested. headline: what was found,
            in one line. verdict: in a word. weakest: the part that decided. likely: how likely that part is, in words with
            the figure. survived: what came of the checks. parts: all necessary ones. events: how many carry it.
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
    """Every claim of the case, in the order of its demands; `counted` says how many came out how."""

    rows: tuple[ClaimRow, ...]
    counted: tuple[tuple[str, int], ...]


def build_claims_page(study: PreparedCase) -> ClaimsPage:
    """The page's content."""
    rows = tuple(_build_row(s.title, f) for s in study.brief.sections for f in s.points)
    words = [r.verdict for r in rows]
    return ClaimsPage(rows, tuple((w, words.count(w)) for w in VERDICT_SYMBOLS if w in words))


def _build_row(demand: str, f: Finding) -> ClaimRow:
    v = f.verdict
    weakest = find_weakest_estimate(f)
    known = weakest is not None and weakest.enough and weakest.chance is not None
    return ClaimRow(
        f.claim, demand, f.statement, f.headline, v.word if v else "", weakest.part if weakest else "",
        probability_text(weakest.chance).text if known and weakest and weakest.chance else "too little data",
        format_check_results(v) if v else "",
        tuple(NecessaryPart(e.key, e.part, e.probability if e.enough else None) for e in f.estimates if e.necessary),
        len({i for e in f.estimates if e.measured for i in e.measured.events}),
    )  # fmt: skip


def find_weakest_estimate(f: Finding) -> Estimate | None:
    """The part that decided the verdict."""
    return next((e for e in f.estimates if f.verdict and e.key == f.verdict.weakest), None)


def _draw_probabilities(row: ClaimRow) -> str:
    known = [p for p in row.parts if p.probability is not None]
    told = "; ".join(f"that {p.part}: {100 * (p.probability or 0):.0f} %" for p in known) or "too little data"
    return draw_small_strip(
        [ProbabilityDot(p.probability or 0.0) for p in known], f"Probability of each necessary part: {told}"
    )


async def handler(request: Request) -> Response:
    """`/{case}/claims`."""
    study = get_case(request)
    page = build_claims_page(study)
    drawn = {r.claim: _draw_probabilities(r) for r in page.rows}
    return respond(request, "claims.html", page, foot=provenance_footer(study), title="Claims", drawn=drawn)


ROUTES = page_routes("/{case}/claims", handler, page=ClaimsPage)
