"""The home page: the served cases."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from detente.web.rendering.responses import get_cases, page_routes, respond


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case: its id, title, question, and the extent of its record."""

    case: str
    title: str
    question: str
    events: int
    as_of: str
    watched_to: str


@dataclass(frozen=True, slots=True)
class HomePage:
    """The served cases, in the order of the settings."""

    cases: tuple[CaseRow, ...]


async def handler(request: Request) -> Response:
    """List the served cases."""
    cases = tuple(
        CaseRow(s.id, s.case.title, s.case.question, len(s.g.events), str(s.g.as_of), str(s.g.watched_to))
        for s in get_cases(request).values()
    )
    return respond(request, "home.html", HomePage(cases), title="Cases")


ROUTES = page_routes("/", handler, page=HomePage)
