"""The archive of past forecasts with their outcomes, as a page and as CSV."""

import csv
import io
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from detente.api.case import Case
from detente.api.forecast_archive import (
    ArchivedForecast,
    ArchiveTally,
    list_past_forecasts,
    name_kind,
    select_past_forecasts,
    tally_past_forecasts,
)
from detente.forecast.scorecard_store import load_scorecard
from detente.web.openapi_route import OpenApiRoute
from detente.web.rendering.responses import get_case, page_routes, provenance_footer, respond

PAGE_SIZE = 60
QUERY = {
    "kind": "kind of event, such as strike; all if empty",
    "days": "horizon in days, such as 30; all if empty",
    "date": "day of the forecast, such as 2025-09-30; all if empty",
}


@dataclass(frozen=True, slots=True)
class ArchiveChoice:
    """A value of a filter, and its name."""

    value: str
    name: str


@dataclass(frozen=True, slots=True)
class TruceForecast:
    """A past forecast that a truce in force would be broken within some days, and whether it was."""

    origin: date
    days: int
    probability: float
    broken: bool


@dataclass(frozen=True, slots=True)
class ForecastArchivePage:
    """Past forecasts with their outcomes.

    Fields:
        total: all forecasts of the archive. rows: those on this page. tally: of all that match the filters.
            kind, days, date: the filters, empty for all. kinds, horizons, dates: what can be chosen.
        truces: forecasts of truces in force, whatever the filters. file: address of the CSV. page, pages: of the list.
            before, after: addresses of the neighbouring pages, empty at the ends. as_of: day whose knowledge the outcomes hold.
    """

    total: int
    rows: tuple[ArchivedForecast, ...]
    tally: ArchiveTally
    kind: str
    days: str
    date: str
    kinds: tuple[ArchiveChoice, ...]
    horizons: tuple[ArchiveChoice, ...]
    dates: tuple[ArchiveChoice, ...]
    truces: tuple[TruceForecast, ...]
    file: str
    page: int
    pages: int
    before: str
    after: str
    as_of: str


def build_forecast_archive_page(prepared: Case, kind: str, days: str, origin: str, page: int) -> ForecastArchivePage:
    """Build the page.

    Raises:
        BadArchiveQuery: a filter names what the archive lacks. HTTPException: 404, there is no such page.
    """
    every, found = list_past_forecasts(prepared), select_past_forecasts(prepared, kind, days, origin)
    pages = max(1, -(-len(found) // PAGE_SIZE))
    if not 1 <= page <= pages:
        raise HTTPException(404, f"There is no page {page}. The list has {pages}.")
    here, query = f"/{prepared.id}/forecast/archive", {"kind": kind, "days": days, "date": origin}
    card = load_scorecard(prepared.g)
    truces = card.card.get("truces", ()) if card else ()

    def address(n: int) -> str:
        return f"{here}?{urlencode({k: v for k, v in {**query, 'page': str(n) if n > 1 else ''}.items() if v})}"

    chosen = urlencode({k: v for k, v in query.items() if v})
    return ForecastArchivePage(
        total=len(every),
        rows=found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        tally=tally_past_forecasts(found),
        kind=kind,
        days=days,
        date=origin,
        kinds=tuple(ArchiveChoice(k, name_kind(prepared, k)) for k in dict.fromkeys(r.kind for r in every)),
        horizons=tuple(ArchiveChoice(str(d), f"{d} days") for d in sorted({r.days for r in every})),
        dates=tuple(ArchiveChoice(str(d), f"{d.day} {d:%B %Y}") for d in dict.fromkeys(r.origin for r in every)),
        truces=tuple(
            TruceForecast(date.fromisoformat(t["origin"]), t["days"], t["said"], t["broken"]) for t in reversed(truces)
        ),
        file=f"{here}.csv" + (f"?{chosen}" if chosen else ""),
        page=page,
        pages=pages,
        before=address(page - 1) if page > 1 else "",
        after=address(page + 1) if page < pages else "",
        as_of=str(card.as_of) if card else "",
    )


def render_csv(prepared: Case, rows: tuple[ArchivedForecast, ...]) -> str:
    """Render past forecasts as CSV, with a first line on what they are."""
    out = io.StringIO()
    g = prepared.g
    out.write(f"# Past forecasts of {prepared.id} with outcomes; {g.release.name}, as known on {g.as_of}\n")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ("date", "days", "until", "kind", "name", "probability", "median", "low_90", "high_90", "events", "in_range")
    )
    for r in rows:
        inside = "yes" if r.inside else "no"
        writer.writerow(
            (r.origin, r.days, r.until, r.kind, r.name, r.probability, f"{r.median:g}", f"{r.low:g}", f"{r.high:g}", r.came, inside)
        )  # fmt: skip
    return out.getvalue()


async def handler(request: Request) -> Response:
    """List past forecasts with their outcomes."""
    prepared, (kind, days, origin) = get_case(request), _read_filters(request)
    text = request.query_params.get("page", "").strip() or "1"
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise HTTPException(404, f"There is no page {text[:20]!r}. Write a number from 1.")
    page = await run_in_threadpool(build_forecast_archive_page, prepared, kind, days, origin, int(text))
    foot = provenance_footer(prepared)
    return respond(request, "forecast_archive.html", page, foot=foot, title="Past forecasts")


async def csv_handler(request: Request) -> Response:
    """Download past forecasts with their outcomes as CSV."""
    prepared = get_case(request)
    rows = await run_in_threadpool(select_past_forecasts, prepared, *_read_filters(request))
    headers = {"Content-Disposition": f'attachment; filename="{prepared.id}-past-forecasts.csv"'}
    return Response(render_csv(prepared, rows), media_type="text/csv; charset=utf-8", headers=headers)


def _read_filters(request: Request) -> tuple[str, str, str]:
    get = request.query_params.get
    return get("kind", "").strip(), get("days", "").strip(), get("date", "").strip()


ROUTES = (
    OpenApiRoute(
        "/{case}/forecast/archive.csv", csv_handler, methods=["GET"], name="past forecasts as CSV", query=QUERY
    ),
    *page_routes(
        "/{case}/forecast/archive", handler, page=ForecastArchivePage, query={**QUERY, "page": "page number from 1"}
    ),
)
