"""The first page: the cases that are served."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from detente.web.rendering.responses import both, respond, studies


@dataclass(frozen=True, slots=True)
class Served:
    """One case: its address, title, question, and how far the record goes."""

    case: str
    title: str
    question: str
    events: int
    as_of: str
    watched_to: str


@dataclass(frozen=True, slots=True)
class Home:
    """The cases that are served, the first on top."""

    cases: tuple[Served, ...]


async def handler(request: Request) -> Response:
    """`/`: the list of cases."""
    cases = tuple(
        Served(s.id, s.case.title, s.case.question, len(s.g.events), str(s.g.as_of), str(s.g.watched_to))
        for s in studies(request).values()
    )
    return respond(request, "home.html", Home(cases), title="Cases")


ROUTES = both("/", handler, page=Home)
