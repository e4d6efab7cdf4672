"""The home page: the served cases, each with its present state in one look."""

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from detente.api.case import Case
from detente.api.case_cache import cached_per_case
from detente.api.summary import summarize_case
from detente.charts.picture import Picture, inline_svg
from detente.charts.relation_index import PAGE_WIDTH, draw_relation_index
from detente.text.sentence import Sentence
from detente.web.digest_box import DigestBox, build_digest_box
from detente.web.rendering.responses import get_cases, page_routes, respond


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case: its id, title, question, the extent and age of its record, its present state in a few sentences, and its latest digest."""

    case: str
    title: str
    question: str
    events: int
    as_of: str
    watched_to: str
    age: str
    situation: tuple[Sentence, ...]
    month: DigestBox | None


@dataclass(frozen=True, slots=True)
class HomePage:
    """The served cases, in the order of the settings."""

    cases: tuple[CaseRow, ...]


@cached_per_case()
def _case_row(prepared: Case) -> CaseRow:
    g, c = prepared.g, prepared.case
    # The first sentence says who the parties are; the title does so here.
    state = summarize_case(prepared)[1:]
    return CaseRow(
        prepared.id, c.title, c.question, len(g.events), str(g.as_of), str(g.watched_to), prepared.age.sentence, state,
        build_digest_box(prepared),
    )  # fmt: skip


@cached_per_case()
def _chart(prepared: Case) -> tuple[Picture, str] | None:
    """The relations over time as a picture and for the page; None with too few acts."""
    picture = draw_relation_index(prepared.view, PAGE_WIDTH)
    return (picture, inline_svg(picture)) if picture else None


async def handler(request: Request) -> Response:
    """List the served cases."""
    cases = [await run_in_threadpool(_case_row, s) for s in get_cases(request).values()]
    charts = {s.id: await run_in_threadpool(_chart, s) for s in get_cases(request).values()}
    return respond(request, "home.html", HomePage(tuple(cases)), title="Cases", charts=charts)


ROUTES = page_routes("/", handler, page=HomePage)
