"""Responses between event types: matrix, network of responses with a certain sign, and residual diagnostics."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente.api.case import Case
from detente.api.case_cache import cached_per_case
from detente.api.few_events import describe_few_events
from detente.api.responses import DAYS, ResponseTables
from detente.api.stated_rates import describe_stated_reactions
from detente.cases.case_file import CaseFile
from detente.cases.channel_names import channel_name
from detente.charts.inline.arrow import draw_arrow
from detente.charts.inline.axes import format_signed_number
from detente.charts.inline.panels import split_panels
from detente.charts.inline.response_curve import draw_response_curve
from detente.charts.inline.response_network import ResponseEdge, draw_response_network
from detente.charts.picture import Picture
from detente.charts.residuals import draw_residuals
from detente.charts.response_matrix import CERTAIN_SIGN_PROBABILITY
from detente.claims.estimate_text import probability_text
from detente.claims.response_text import response_quantity
from detente.core.errors import nearest, quoted_choices
from detente.measures.quantity import Quantity
from detente.model.summaries import PosteriorInterval, Responses
from detente.text.sentence import ConventionPiece, NumberPiece, Sentence, make_sentence
from detente.web.rendering.responses import get_case, page_routes, provenance_footer, respond

DEFAULT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Cell:
    """The response of channel `answer` to an event of channel `after`.

    Fields:
        mean, low, high: additional events and their interval. more: probability of an increase. sure: the sign is certain.
        lead_check: `held`, `failed` or `not applicable`. fdr: share of false rows expected among this row and all surer ones.
        verdict, reason: by the rule of the claims, for 30 days, and why a certain sign is no response, or "".
        few: one of the two kinds has fewer than 30 events, so the cell is treated as not estimated.
    """

    after: str
    answer: str
    mean: float
    low: float
    high: float
    more: float
    sure: bool
    lead_check: str
    fdr: float
    verdict: str
    reason: str
    few: bool

    @property
    def standing(self) -> bool:
        """Whether there are enough events, the sign is certain and no deciding check failed."""
        return self.sure and not self.few and self.verdict != "not supported"


@dataclass(frozen=True, slots=True)
class ResidualCheck:
    """Residual diagnostics of one channel: p-values of autocorrelation and of distribution, and whether either fails.

    `few`: it has fewer than 30 events, so that passing both shows nothing.
    """

    channel: str
    events: int
    echo_p: float
    normal_p: float
    bad: bool
    few: bool


@dataclass(frozen=True, slots=True)
class ResponsesPage:
    """Responses between event types.

    Fields:
        days, offered: horizon, and the horizons offered. level: of intervals. channels, few: names, and those with fewer
            than 30 events (treat as not estimated). rows: by responding channel, a cell for each channel responded to.
        tested: cells with enough events. sure, by_chance: those of them whose sign has a probability of at least 95 %, and
            how many would by chance if there were no
            responses and nothing shared. standing: those of them that no deciding check fells. said: the standing ones in
            words, largest first. criticality, half_life: of the whole process, with
            intervals; a half-life without upper limit is null. leftovers: residual diagnostics. warnings: shown first.
            not_estimated: why nothing is concluded, where no kind has enough events: no link, no criticality, no half-life; else None.
    """

    days: int
    offered: tuple[int, ...]
    level: float
    channels: tuple[str, ...]
    few: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    tested: int
    sure: int
    standing: int
    by_chance: float
    said: tuple[tuple[Cell, Sentence], ...]
    criticality: PosteriorInterval
    half_life: PosteriorInterval
    leftovers: tuple[ResidualCheck, ...]
    warnings: tuple[str, ...]
    not_estimated: Sentence | None


@dataclass(frozen=True, slots=True)
class CurveSeries:
    """A cumulative response by day, from the day of the event: mean and interval, shape (day,)."""

    mean: list[float]
    low: list[float]
    high: list[float]


@dataclass(frozen=True, slots=True)
class ResponsePage:
    """One response: direct and total (with indirect responses) in words, as numbers, and by day.

    Where a kind has fewer than 30 events (`few`), `direct` says that nothing is estimated and why, and `total` is None.
    `stated`: how many sources present as such reactions; None where they state no links.
    """

    after: str
    answer: str
    days: int
    offered: tuple[int, ...]
    sure: bool
    few: tuple[str, ...]
    direct: Sentence
    total: Sentence | None
    number: Quantity
    cell: Cell
    curve: CurveSeries
    in_turn: CurveSeries
    stated: Sentence | None


def get_response_tables(prepared: Case) -> ResponseTables:
    """Return the response tables of a case.

    Raises:
        HTTPException: 404, if no model could be fitted.
    """
    if prepared.answers is None:
        raise HTTPException(
            404, f"The record of {prepared.id} has too few days or events to fit a model. See its events."
        )
    return prepared.answers


def parse_horizon(days: str | None) -> int:
    """Parse the query parameter `days`; the default horizon if it is missing.

    Raises:
        HTTPException: 400, if the horizon is not offered.
    """
    days = str(DEFAULT_DAYS) if days is None else days
    if days not in {str(d) for d in DAYS}:
        raise HTTPException(
            400, f"{days[:20]} is not a number of days offered here. Choose {', '.join(map(str, DAYS))}."
        )
    return int(days)


def build_responses_page(prepared: Case, days: int) -> ResponsesPage:
    """Build the page of all responses."""
    a = get_response_tables(prepared)
    assert prepared.system is not None
    r, s = a.direct[days], prepared.system
    few = set(s.too_few)
    rows = tuple(tuple(_build_cell(a, few, days, k, j) for j in range(len(r.channels))) for k in range(len(r.channels)))
    tested = [c for row in rows for c in row if not c.few]
    sure = [c for c in tested if c.sure]
    standing = sorted((c for c in sure if c.standing), key=lambda c: -abs(c.mean))
    residuals = tuple(
        ResidualCheck(c, int(n), float(e), float(p), c in a.check.bad, c in few)
        for c, n, e, p in zip(s.channels, s.events, a.check.echo_p, a.check.normal_p, strict=True)
    )
    return ResponsesPage(
        days, DAYS, r.level, r.channels, s.too_few, rows, len(tested), len(sure), len(standing), 2 * (1 - CERTAIN_SIGN_PROBABILITY) * len(tested),
        tuple((c, describe_change(prepared, r, c.after, c.answer)) for c in standing), a.criticality, a.half_life, residuals, _warnings(prepared, a),
        None if tested else describe_few_events(prepared, s.too_few),
    )  # fmt: skip


def _build_cell(a: ResponseTables, few: set[str], days: int, k: int, j: int) -> Cell:
    r = a.direct[days]
    more, row = float(r.positive[k, j]), a.table[r.channels[j], r.channels[k]]
    return Cell(
        r.channels[j], r.channels[k], float(r.mean[k, j]), float(r.low[k, j]), float(r.high[k, j]), more,
        more >= CERTAIN_SIGN_PROBABILITY or more <= 1 - CERTAIN_SIGN_PROBABILITY,
        row.lead_check, row.fdr, row.verdict, row.reason, bool({r.channels[j], r.channels[k]} & few),
    )  # fmt: skip


def describe_change(prepared: Case, r: Responses, after: str, of: str, *, chain: bool = False) -> Sentence:
    """Describe the expected change in events of one kind after one event of another, and how sure its direction is.

    Args:
        chain: count what follows in turn too.
    """
    m = response_quantity(prepared.view, r, after, of, chain=chain)
    p = float(r.positive[r.channels.index(of), r.channels.index(after)])
    more, value = p >= 0.5, m.value or 0.0
    recipe = {
        "kind": "probability",
        "rule": "response",
        "claimed": "above" if more else "below",
        "than": 0.0,
        "of": m.recipe,
    }
    chance = Quantity(f"{m.key}_chance", p if more else 1 - p, "share", "share of draws of that sign", recipe, m.events)
    low, high = (format_signed_number(x or 0.0) for x in (m.low, m.high))
    number = (
        f"{abs(value):.2f} {'more' if value >= 0 else 'fewer'} ({100 * r.level:.0f}\u00a0% interval {low} to {high})"
    )
    names = prepared.case
    return make_sentence(
        f"{channel_name(names, of, capital=True)} after one event of the kind “{channel_name(names, after)}”: expect ",
        NumberPiece(m, number), " within ", ConventionPiece(f"{r.days:g}\u00a0days", "one of the horizons offered"),
        f"{', with all that follows in turn' if chain else ''}. {'An increase' if more else 'A decrease'} is ", probability_text(chance), ".",
    )  # fmt: skip


def _warnings(prepared: Case, a: ResponseTables) -> tuple[str, ...]:
    s = prepared.system
    assert s is not None
    out = []
    if s.too_few and prepared.fit.estimated:
        out.append(
            f"† Fewer than 30 events: {_join_names(prepared, s.too_few)}. Treat their responses as not estimated."
        )
    if s.doubtful:
        out.append(
            f"The intervals of {_join_names(prepared, s.doubtful)} are approximate: the draws had not converged."
        )
    if a.check.bad:
        out.append(f"The model does not fully fit {_join_names(prepared, a.check.bad)}. See the residual diagnostics.")
    return tuple(out)


def _join_names(prepared: Case, channels: Iterable[str]) -> str:
    return "; ".join(channel_name(prepared.case, c) for c in channels)


def build_response_page(prepared: Case, after: str, answer: str, days: int) -> ResponsePage:
    """Build the page of one response.

    Raises:
        HTTPException: 404, with the nearest names, if a channel is not in the model.
    """
    a = get_response_tables(prepared)
    assert prepared.system is not None
    known = prepared.system.channels
    for name in (after, answer):
        if name not in known:
            near = quoted_choices(nearest(name, known))
            raise HTTPException(
                404,
                f"The model has no kind of event {name!r}. {f'Nearest: {near}. ' if near != 'none' else ''}Known: {', '.join(known)}.",
            )
    k, j = known.index(answer), known.index(after)
    r, t = a.direct[days], a.total[days]
    cell = _build_cell(a, set(prepared.system.too_few), days, k, j)
    curve, in_turn = (
        CurveSeries(*(getattr(c, x)[:, k, j].tolist() for x in ("mean", "low", "high")))
        for c in (a.direct_curve, a.total_curve)
    )
    few = tuple(c for c in dict.fromkeys((after, answer)) if c in prepared.system.too_few)
    return ResponsePage(
        after, answer, days, DAYS, cell.sure, few,
        describe_few_events(prepared, few) if few else describe_change(prepared, r, after, answer),
        None if few else describe_change(prepared, t, after, answer, chain=True), response_quantity(prepared.view, r, after, answer),
        cell, curve, in_turn, describe_stated_reactions(prepared, (after,), answer, after),
    )  # fmt: skip


def describe_cell(case: CaseFile, c: Cell) -> str:
    """Describe a cell in words, as its alternative text."""
    if c.few:
        return f"{channel_name(case, c.answer, capital=True)} after {channel_name(case, c.after)}: not estimated, too few events"
    doubt = "could be more or fewer" if not c.sure else c.reason
    return (
        f"{channel_name(case, c.answer, capital=True)} after {channel_name(case, c.after)}: {format_signed_number(c.mean)} events, "
        f"90 % interval {format_signed_number(c.low)} to {format_signed_number(c.high)}{f'; {doubt}' if doubt else ''}"
    )


@cached_per_case(32)
def _page(prepared: Case, days: int) -> ResponsesPage:
    return build_responses_page(prepared, days)


@cached_per_case()
def _draw_residuals(prepared: Case) -> Picture:
    tables = get_response_tables(prepared)
    return draw_residuals(
        tables.check, {c: channel_name(prepared.case, c, capital=True) for c in tables.check.channels}
    )


async def handler(request: Request) -> Response:
    """Return the responses between all event types within a horizon."""
    prepared = get_case(request)
    get_response_tables(prepared)  # refuses a case without a model; what is drawn below may be cached
    days = parse_horizon(request.query_params.get("days"))
    page = _page(prepared, days)
    query = f"?days={page.days}"
    edges = [
        ResponseEdge(
            c.after,
            c.answer,
            c.mean,
            f"/{prepared.id}/responses/{c.after}/{c.answer}{query}",
            describe_cell(prepared.case, c),
        )
        for c, _ in page.said
    ]
    label = f"Network of the {page.standing} clear responses; the list above says each in words."
    return respond(
        request, "responses.html", page, foot=provenance_footer(prepared), title="Responses", arrow=draw_arrow, told=partial(describe_cell, prepared.case), signed=format_signed_number, query=query,
        panels=split_panels(_draw_residuals(prepared).svg), network=draw_response_network(page.channels, page.few, edges, label, {c: channel_name(prepared.case, c) for c in page.channels}), leftovers=_draw_residuals(prepared),
    )  # fmt: skip


async def response_handler(request: Request) -> Response:
    """Return the response of one event type to another, by day."""
    prepared = get_case(request)
    page = build_response_page(
        prepared,
        request.path_params["after"],
        request.path_params["answer"],
        parse_horizon(request.query_params.get("days")),
    )
    drawn = draw_response_curve(
        page.answer, page.curve.mean, page.curve.low, page.curve.high, at=page.days, label=page.direct.text, unit="extra events",
        beside=page.in_turn.mean,
    )  # fmt: skip
    foot, title = (
        provenance_footer(prepared),
        f"{channel_name(prepared.case, page.answer)} after {channel_name(prepared.case, page.after)}",
    )
    return respond(request, "response.html", page, foot=foot, title=title, drawn=drawn)


async def residuals_handler(request: Request) -> Response:
    """Return the chart of residuals as SVG."""
    return Response(_draw_residuals(get_case(request)).svg, media_type="image/svg+xml")


ROUTES = [
    Route("/{case}/responses/leftovers.svg", residuals_handler),
    *page_routes("/{case}/responses", handler, page=ResponsesPage),
    *page_routes("/{case}/responses/{after}/{answer}", response_handler, page=ResponsePage),
]
