"""Downloads of filtered events: CSV, Parquet, GeoJSON and JSON as streams, and an Excel workbook; a pivot as CSV."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente.api.case import Case
from detente.api.events.filter_text import describe_filters
from detente.api.events.filters import (
    FILTER_DESCRIPTIONS,
    EventQuery,
    build_filter_masks,
    build_query_address,
    find_event_positions,
    format_query_string,
    parse_event_query,
)
from detente.api.events.pivot import build_event_pivot
from detente.api.events.table import get_event_columns
from detente.events.export import EventWithChannel, export_events, export_json_list
from detente.events.workbook import MAX_ROWS, TooManyRowsForExcel, export_workbook
from detente.sources.licences import licence_of
from detente.web.accounts.permission import find_account_of
from detente.web.event_views import VIEW_DESCRIPTIONS, EventView, parse_event_view
from detente.web.openapi_route import OpenApiRoute
from detente.web.pivot_table import write_pivot_csv
from detente.web.rendering.etag import etag_matches, make_etag
from detente.web.rendering.jsonable import to_json
from detente.web.rendering.responses import ProvenanceFooter, get_record_case, provenance_footer
from detente.web.rendering.streaming import SafeStreamingResponse

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "geojson": "application/geo+json",
}
EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMAT_NAMES = {"csv": "CSV", "xlsx": "Excel", "parquet": "Parquet", "geojson": "GeoJSON"}


@dataclass(frozen=True, slots=True)
class ExportLink:
    """A download of the matching events."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class AllEventsPage:
    """All matching events with all fields as `detente events --json` writes them, and the channel."""

    query: EventQuery
    found: int
    total: int
    events: list[dict[str, Any]]


def build_export_links(here: str, query: EventQuery) -> tuple[ExportLink, ...]:
    """Build the download links of a list of events; `here` is the address of the list."""
    return (
        *(ExportLink(FORMAT_NAMES[f], build_query_address(f"{here}.{f}", query)) for f in FORMAT_NAMES),
        ExportLink("JSON", build_query_address(f"{here}.json", query, page="all")),
    )


def require_open_rows(request: Request, prepared: Case) -> None:
    """Let only accounts download rows that a licence forbids passing on; figures made from them are open to all.

    Raises:
        HTTPException: 401, with the sources and their terms.
    """
    if prepared.closed_sources and find_account_of(request) is None:
        terms = "; ".join(f"{s}: {licence_of(s).terms}" for s in prepared.closed_sources)
        raise HTTPException(401, f"Rows of this record are given only to accounts ({terms}). Log in at /account/login.")


async def stream_all_events(request: Request, prepared: Case, query: EventQuery) -> Response:
    """Stream an `AllEventsPage` as JSON, in the same bytes as `respond` would write.

    Raises:
        HTTPException: see `require_open_rows`.
    """
    require_open_rows(request, prepared)
    n, events = await run_in_threadpool(_filter_events, prepared, query)
    page = AllEventsPage(query, n, len(prepared.g.events), [])
    text = to_json({"page": page, "provenance": provenance_footer(prepared)})
    # JSON escapes quotation marks within text, so this matches only the field itself.
    before, field, after = text.partition('"events": ')
    body = export_json_list(events, 2, 2, before + field, after.removeprefix("[]"), links=prepared.g.link_columns)
    return SafeStreamingResponse(body, media_type="application/json")


async def download_events(request: Request) -> Response:
    """Download the matching events as CSV, Excel, Parquet or GeoJSON, with licence and citation; a pivot as CSV."""
    prepared, form = get_record_case(request), request.path_params["form"]
    if form not in FORMAT_NAMES:
        raise HTTPException(404, f"Unknown format {form[:20]!r}. Known: {', '.join(FORMAT_NAMES)} and json.")
    columns = await run_in_threadpool(get_event_columns, prepared)
    given = request.query_params.multi_items()
    query, shown_as = parse_event_query(given, columns), parse_event_view(given)
    if form == "csv" and shown_as.view == "pivot":
        return await run_in_threadpool(_download_pivot, prepared, query, shown_as)
    require_open_rows(request, prepared)
    metadata = provenance_metadata(provenance_footer(prepared))
    guard = request.query_params.get("exact") != "1"
    headers = {
        "ETag": make_etag(prepared.key, form, format_query_string(query), repr(metadata), str(guard)),
        "Cache-Control": "no-cache",
        "Content-Disposition": f'attachment; filename="{prepared.id}-events-as-of-{prepared.g.as_of}.{form}"',
    }
    # A CSV file cannot hold metadata, so headers carry them.
    for k, v in metadata.items():
        headers[f"X-Detente-{k.replace('_', '-')}"] = v.encode("latin-1", "replace").decode("latin-1")
    if etag_matches(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    n, events = await run_in_threadpool(_filter_events, prepared, query)
    if form == "xlsx":
        if n > MAX_ROWS:
            raise TooManyRowsForExcel(n)
        notes = describe_workbook(prepared, query, n)
        file = await run_in_threadpool(export_workbook, events, notes, prepared.g.link_columns)
        return Response(file, media_type=EXCEL_TYPE, headers=headers)
    body = export_events(events, form, metadata, links=prepared.g.link_columns, guard=guard)
    return SafeStreamingResponse(body, media_type=MEDIA_TYPES[form], headers=headers)


def describe_workbook(prepared: Case, query: EventQuery, found: int) -> list[tuple[str, str]]:
    """Return what a reader of the workbook must know: source, licence, age of the record, and filter."""
    f = provenance_footer(prepared)
    return [
        ("Case", f.title),
        ("Source", f"{f.release}, SHA-256 {f.sha256}"),
        ("Citation", f.cite),
        ("Licence", f.licence),
        ("Public by", f"Uses what was public by {f.as_of}."),
        ("Coverage", f"Systematic collection ends on {f.watched_to}. Few events after it do not mean calm."),
        ("Filter", "; ".join(describe_filters(prepared, query).values()) or "none: all events"),
        ("Events", f"{found:,} of {f.events:,}"),
        ("Unknown values", "Empty cells are unknown. An empty number of deaths does not mean zero."),
        ("Written by", f"détente {f.version}"),
    ]


def _download_pivot(prepared: Case, query: EventQuery, shown_as: EventView) -> Response:
    columns = get_event_columns(prepared)
    at = find_event_positions(columns, query, build_filter_masks(columns, query))
    pivot = build_event_pivot(prepared, columns, query, at, shown_as.layout)
    filters = "; ".join(describe_filters(prepared, query).values())
    name = f"{prepared.id}-pivot-as-of-{prepared.g.as_of}.csv"
    headers = {"Cache-Control": "no-cache", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(write_pivot_csv(prepared, pivot, filters), media_type=MEDIA_TYPES["csv"], headers=headers)


def _filter_events(prepared: Case, query: EventQuery) -> tuple[int, Iterator[EventWithChannel]]:
    columns = get_event_columns(prepared)
    order = find_event_positions(columns, query, build_filter_masks(columns, query))
    return len(order), ((e, prepared.g.channel(e)) for e in map(columns.events.__getitem__, order))


def provenance_metadata(f: ProvenanceFooter) -> dict[str, str]:
    """Return the provenance stored in a file."""
    precision = (
        "geo_precision says what a point stands for: that of a province or a country is a stand-in for all of it"
    )
    return {
        "licence": f.licence, "citation": f.cite, "case": f.case, "as_of": f.as_of, "release": f.release,
        "sha256": f.sha256, "precision": precision,
    }  # fmt: skip


ROUTES: Sequence[Route] = [
    OpenApiRoute(
        "/{case}/events.{form}",
        download_events,
        methods=["GET"],
        name="events as a file",
        query={
            **FILTER_DESCRIPTIONS,
            **VIEW_DESCRIPTIONS,
            "exact": "1: CSV without an apostrophe before texts that look like formulas",
        },
    )
]
