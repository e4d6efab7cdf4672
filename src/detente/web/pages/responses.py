"""Who answers whom: the matrix of responses, the network of those whose sign is known, and what the fit left over."""

from dataclasses import dataclass
from threading import Lock

from cachetools import LRUCache, cached
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente.api.case import PreparedCase
from detente.api.responses import DAYS, ResponseTables
from detente.charts.inline.arrow import draw_arrow
from detente.charts.inline.axes import format_signed_number
from detente.charts.inline.response_curve import draw_response_curve
from detente.charts.inline.response_network import ResponseEdge, draw_response_network
from detente.charts.response_matrix import CERTAIN_SIGN_PROBABILITY
from detente.claims.intervention_text import PLURAL
from detente.claims.response_text import describe_response, response_quantity
from detente.core.errors import nearest, quoted_choices
from detente.measures.quantity import Quantity
from detente.model.summaries import PosteriorInterval
from detente.text.sentence import Sentence
from detente.web.rendering.responses import get_case, page_routes, provenance_footer, respond

DEFAULT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Cell:
    """The response of one channel to another: events more or fewer, interval, probability that they are more, and whether
    the sign is as good as known."""

    after: str
    answer: str
    mean: float
    low: float
    high: float
    more: float
    sure: bool


@dataclass(frozen=True, slots=True)
class ResidualCheck:
    """What the fit left over of one channel: p-values of echo and of shape, and whether either condemns it."""

    channel: str
    events: int
    echo_p: float
    normal_p: float
    bad: bool


@dataclass(frozen=True, slots=True)
class ResponsesPage:
    """Who answers whom.

    Fields:
        days, offered: within how many days, and what may be asked. level: of intervals. channels, few: names, and those with under
            thirty events, which are to be read as unknown. rows: by answering channel, a cell for each channel answered.
        sure, by_chance: cells whose sign has a probability of 95 % or more, and how many would by chance if nobody
            answered anybody. said: those in words, the largest first. criticality, half_life: of the whole, with
            intervals; a half-life without upper limit is null. leftovers: checks of fit. warnings: to be read first.
    """

    days: int
    offered: tuple[int, ...]
    level: float
    channels: tuple[str, ...]
    few: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    sure: int
    by_chance: float
    said: tuple[tuple[Cell, Sentence], ...]
    criticality: PosteriorInterval
    half_life: PosteriorInterval
    leftovers: tuple[ResidualCheck, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CurveSeries:
    """A response day by day from the event's own: mean and interval, shape (day,)."""

    mean: list[float]
    low: list[float]
    high: list[float]


@dataclass(frozen=True, slots=True)
class ResponsePage:
    """One response: in words, direct and with all that follows in turn, as numbers, and day by day."""

    after: str
    answer: str
    days: int
    offered: tuple[int, ...]
    sure: bool
    few: tuple[str, ...]
    direct: Sentence
    total: Sentence
    number: Quantity
    cell: Cell
    curve: CurveSeries
    in_turn: CurveSeries


def get_response_tables(study: PreparedCase) -> ResponseTables:
    """What the study holds.

    Raises:
        HTTPException: 404, where no system could be fitted.
    """
    if study.answers is None:
        raise HTTPException(
            404, f"The record of {study.id} is too short or too thin for a system to be fitted; see its events."
        )
    return study.answers


def parse_days(request: Request) -> int:
    """The stretch asked for by `days`.

    Raises:
        HTTPException: 400, where it is none of those offered.
    """
    asked = request.query_params.get("days", str(DEFAULT_DAYS))
    if asked not in {str(d) for d in DAYS}:
        raise HTTPException(
            400, f"Responses are offered within {', '.join(map(str, DAYS[:-1]))} or {DAYS[-1]} days, not {asked!r}."
        )
    return int(asked)


def build_responses_page(study: PreparedCase, days: int) -> ResponsesPage:
    """The page's content."""
    a = get_response_tables(study)
    assert study.system is not None
    r, s = a.direct[days], study.system
    rows = tuple(tuple(_build_cell(a, days, k, j) for j in range(len(r.channels))) for k in range(len(r.channels)))
    sure = sorted((c for row in rows for c in row if c.sure), key=lambda c: -abs(c.mean))
    left = tuple(
        ResidualCheck(c, int(n), float(e), float(p), c in a.check.bad)
        for c, n, e, p in zip(s.channels, s.events, a.check.echo_p, a.check.normal_p, strict=True)
    )
    return ResponsesPage(
        days, DAYS, r.level, r.channels, s.too_few, rows, len(sure), 2 * (1 - CERTAIN_SIGN_PROBABILITY) * len(r.channels) ** 2,
        tuple((c, describe_response(study.view, r, c.after, c.answer)) for c in sure), a.criticality, a.half_life, left, _warnings(study, a),
    )  # fmt: skip


def _build_cell(a: ResponseTables, days: int, k: int, j: int) -> Cell:
    r = a.direct[days]
    more = float(r.positive[k, j])
    return Cell(
        r.channels[j], r.channels[k], float(r.mean[k, j]), float(r.low[k, j]), float(r.high[k, j]), more,
        more >= CERTAIN_SIGN_PROBABILITY or more <= 1 - CERTAIN_SIGN_PROBABILITY,
    )  # fmt: skip


def _warnings(study: PreparedCase, a: ResponseTables) -> tuple[str, ...]:
    s = study.system
    assert s is not None
    said = []
    if s.too_few:
        said.append(f"Too little data for {', '.join(s.too_few)} (†, under 30 events each): read as unknown.")
    if s.doubtful:
        said.append(f"The intervals of {', '.join(s.doubtful)} are approximate: the draws behind them had not settled.")
    if a.check.bad:
        said.append(f"The model leaves something over for {', '.join(a.check.bad)}; see the checks of fit.")
    return tuple(said)


def build_response_page(study: PreparedCase, after: str, answer: str, days: int) -> ResponsePage:
    """One cell's content.

    Raises:
        HTTPException: 404, with the nearest names, where a channel is unknown to the system.
    """
    a = get_response_tables(study)
    assert study.system is not None
    known = study.system.channels
    for name in (after, answer):
        if name not in known:
            raise HTTPException(
                404,
                f"No channel {name!r} is fitted. Nearest: {quoted_choices(nearest(name, known))}. Known: {', '.join(known)}.",
            )
    k, j = known.index(answer), known.index(after)
    r, t = a.direct[days], a.total[days]
    cell = _build_cell(a, days, k, j)
    day_by_day = [
        CurveSeries(*(getattr(c, x)[:, k, j].tolist() for x in ("mean", "low", "high")))
        for c in (a.direct_curve, a.total_curve)
    ]
    return ResponsePage(
        after, answer, days, DAYS, cell.sure, tuple(c for c in dict.fromkeys((after, answer)) if c in study.system.too_few),
        describe_response(study.view, r, after, answer), describe_response(study.view, t, after, answer, chain=True), response_quantity(study.view, r, after, answer),
        cell, *day_by_day,
    )  # fmt: skip


def describe_cell(c: Cell) -> str:
    """A cell for those who cannot see it."""
    return (
        f"{c.answer} after {c.after}: {format_signed_number(c.mean)} events, 90 % interval {format_signed_number(c.low)} to {format_signed_number(c.high)}"
        f"{'' if c.sure else '; sign not known'}"
    )


@cached(LRUCache(32), key=lambda study, days: (study.key, days), lock=Lock())
def _page(study: PreparedCase, days: int) -> ResponsesPage:
    return build_responses_page(study, days)


async def handler(request: Request) -> Response:
    """`/{case}/responses`."""
    study = get_case(request)
    days = parse_days(request)
    page = _page(study, days)
    query = f"?days={page.days}"
    edges = [
        ResponseEdge(c.after, c.answer, c.mean, f"/{study.id}/responses/{c.after}/{c.answer}{query}", describe_cell(c))
        for c, _ in page.said
    ]
    label = f"Network of {page.sure} responses whose sign is as good as known; the list beside it says each in words."
    return respond(
        request, "responses.html", page, foot=provenance_footer(study), title="Who answers whom", arrow=draw_arrow, told=describe_cell, signed=format_signed_number, query=query,
        network=draw_response_network(page.channels, page.few, edges, label), leftovers=get_response_tables(study).leftovers,
    )  # fmt: skip


async def response_handler(request: Request) -> Response:
    """`/{case}/responses/{after}/{answer}`."""
    study = get_case(request)
    page = build_response_page(study, request.path_params["after"], request.path_params["answer"], parse_days(request))
    drawn = draw_response_curve(
        page.curve.mean, page.curve.low, page.curve.high, at=page.days, label=page.direct.text, unit=PLURAL[page.answer],
        beside=page.in_turn.mean,
    )  # fmt: skip
    return respond(
        request,
        "response.html",
        page,
        foot=provenance_footer(study),
        title=f"{page.answer} after {page.after}",
        drawn=drawn,
        plural=PLURAL,
    )


async def residuals_handler(request: Request) -> Response:
    """`/{case}/responses/leftovers.svg`: the residuals drawn; heavy, so it is fetched only by those who open it."""
    return Response(get_response_tables(get_case(request)).leftovers.svg, media_type="image/svg+xml")


ROUTES = [
    Route("/{case}/responses/leftovers.svg", residuals_handler),
    *page_routes("/{case}/responses", handler, page=ResponsesPage),
    *page_routes("/{case}/responses/{after}/{answer}", response_handler, page=ResponsePage),
]
