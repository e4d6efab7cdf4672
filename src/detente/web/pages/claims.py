"""The claims of a case: what was tested, the verdict, and the attacks it withstood."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from detente.brief.twin import survived
from detente.web.page import both, foot, respond, study_of
from detente.web.study import Study


@dataclass(frozen=True, slots=True)
class Row:
    """One claim: its id, statement, verdict in a word, and what came of the attacks."""

    claim: str
    statement: str
    verdict: str
    survived: str


@dataclass(frozen=True, slots=True)
class Claims:
    """Every claim of the case, in the order of its demands."""

    rows: tuple[Row, ...]


def claims(study: Study) -> Claims:
    """The page's content."""
    return Claims(
        tuple(
            Row(f.claim, f.statement, f.verdict.word if f.verdict else "", survived(f.verdict) if f.verdict else "")
            for s in study.brief.sections
            for f in s.points
        )
    )


async def handler(request: Request) -> Response:
    """`/{case}/claims`."""
    study = study_of(request)
    return respond(request, "claims.html", claims(study), foot=foot(study), title="Claims")


ROUTES = both("/{case}/claims", handler, page=Claims)
