"""Streamed downloads of filtered events: CSV, Parquet, GeoJSON and JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente.api.case import Case
from detente.api.events.filters import (
    FILTER_DESCRIPTIONS,
    EventQuery,
    build_filter_masks,
    build_query_address,
    find_event_positions,
    format_query_string,
    parse_event_query,
)
from detente.api.events.table import get_event_columns
from detente.events.export import EventWithChannel, export_events, export_json_list
from detente.web.openapi_route import OpenApiRoute
from detente.web.rendering.etag import etag_matches, make_etag
from detente.web.rendering.jsonable import to_json
from detente.web.rendering.responses import ProvenanceFooter, get_record_case, provenance_footer
from detente.web.rendering.streaming import SafeStreamingResponse

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "geojson": "application/geo+json",
}
FORMAT_NAMES = {"csv": "CSV", "parquet": "Parquet", "geojson": "GeoJSON"}


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
        *(ExportLink(FORMAT_NAMES[f], build_query_address(f"{here}.{f}", query)) for f in MEDIA_TYPES),
        ExportLink("JSON", build_query_address(f"{here}.json", query, page="all")),
    )


async def stream_all_events(prepared: Case, query: EventQuery) -> Response:
    """Stream an `AllEventsPage` as JSON, in the same bytes as `respond` would write."""
    n, events = await run_in_threadpool(_filter_events, prepared, query)
    page = AllEventsPage(query, n, len(prepared.g.events), [])
    text = to_json({"page": page, "provenance": provenance_footer(prepared)})
    # JSON escapes quotation marks within text, so this matches only the field itself.
    before, field, after = text.partition('"events": ')
    body = export_json_list(events, 2, 2, before + field, after.removeprefix("[]"), links=prepared.g.link_columns)
    return SafeStreamingResponse(body, media_type="application/json")


async def download_events(request: Request) -> Response:
    """Download the matching events as CSV, Parquet or GeoJSON, with licence and citation."""
    prepared, form = get_record_case(request), request.path_params["form"]
    if form not in MEDIA_TYPES:
        raise HTTPException(404, f"Unknown format {form[:20]!r}. Known: {', '.join(MEDIA_TYPES)} and json.")
    columns = await run_in_threadpool(get_event_columns, prepared)
    query = parse_event_query(request.query_params.multi_items(), columns)
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
    _, events = await run_in_threadpool(_filter_events, prepared, query)
    body = export_events(events, form, metadata, links=prepared.g.link_columns, guard=guard)
    return SafeStreamingResponse(body, media_type=MEDIA_TYPES[form], headers=headers)


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
        query={**FILTER_DESCRIPTIONS, "exact": "1: CSV without an apostrophe before texts that look like formulas"},
    )
]
