"""Downloads of the history charts of a case: SVG and PNG with their source line, and the data as CSV."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape

import vl_convert
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from detente.api.case import Case
from detente.cases.channel_names import channel_name
from detente.charts.event_timeline import count_events_by_month, draw_event_timeline
from detente.charts.picture import Picture
from detente.charts.relation_index import draw_relation_index
from detente.charts.style import SOFT, register_fonts
from detente.claims.context import ClaimContext
from detente.core.date_range import format_date
from detente.web.openapi_route import OpenApiRoute
from detente.web.rendering.responses import get_case

TITLE_HEIGHT, SOURCE_HEIGHT, PNG_SCALE = 30, 22, 2.0


@dataclass(frozen=True, slots=True)
class ChartSource:
    """How a chart is drawn, and its data as rows under a header."""

    draw: Callable[[ClaimContext], Picture | None]
    header: tuple[str, ...]
    rows: Callable[[Case], Iterable[tuple[object, ...]]]


def _index_rows(prepared: Case) -> Iterable[tuple[object, ...]]:
    i = prepared.view.index
    assert i is not None
    for w, n, s, m, a, b in zip(i.weeks, i.acts, i.score, i.smoothed, i.low, i.high, strict=True):
        yield w, int(n), f"{s:.3f}" if n else "", f"{m:.3f}", f"{a:.3f}", f"{b:.3f}"


def _month_rows(prepared: Case) -> Iterable[tuple[object, ...]]:
    counts = count_events_by_month(prepared.view)
    for (kind, month), n in sorted(counts.items(), key=lambda x: (x[0][1], x[0][0])):
        yield f"{month:%Y-%m}", kind, channel_name(prepared.case, kind), n


CHARTS: Mapping[str, ChartSource] = {
    "index": ChartSource(
        draw_relation_index, ("week", "acts", "mean_score", "trend", "low_90", "high_90"), _index_rows
    ),
    "strip": ChartSource(draw_event_timeline, ("month", "kind", "name", "events"), _month_rows),
}


def format_source_line(prepared: Case) -> str:
    """Return the line under a downloaded chart: dataset, licence, day of knowledge."""
    d = next(iter(prepared.datasets), None)
    start = f"Source: détente, {prepared.g.release.name}" + (f", licence {d.licence}" if d else "")
    return f"{start}. As known on {format_date(prepared.g.as_of)}."


def add_title_and_source(picture: Picture, source: str) -> str:
    """Return the picture as a file of its own: title above, source below, size in pixels."""
    head, body = picture.svg.split(">", 1)
    width, height = (float(x) for x in head.split('viewBox="0 0 ')[1].split('"')[0].split())
    total = height + TITLE_HEIGHT + SOURCE_HEIGHT
    head = head.replace(
        f'viewBox="0 0 {width:g} {height:g}"',
        f'width="{width:g}" height="{total:g}" viewBox="0 {-TITLE_HEIGHT} {width:g} {total:g}"',
    )
    ground = f'<rect y="{-TITLE_HEIGHT}" width="{width:g}" height="{total:g}" fill="#fff"/>'
    title = f'<text x="2" y="-12" font-size="15" font-weight="600">{escape(picture.title)}</text>'
    line = f'<text x="2" y="{height + 14:g}" font-size="10.5" fill="{SOFT}">{escape(source)}</text>'
    return f"{head}>{ground}{title}{body.removesuffix('</svg>')}{line}</svg>"


def render_chart_file(prepared: Case, key: str, form: str) -> tuple[bytes, str]:
    """Render a chart as `svg`, `png` or `csv`; return the content and its media type.

    Raises:
        HTTPException: 404, if there is no such chart or too little data for it.
    """
    picture = CHARTS[key].draw(prepared.view) if key in CHARTS else None
    if picture is None:
        raise HTTPException(404, f"This case has no chart {key[:40]!r}. Charts: {', '.join(CHARTS)}.")
    source = format_source_line(prepared)
    if form == "csv":
        out = io.StringIO()
        out.write(f"# {picture.title}. {source}\n")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(CHARTS[key].header)
        writer.writerows(CHARTS[key].rows(prepared))
        return out.getvalue().encode(), "text/csv; charset=utf-8"
    svg = add_title_and_source(picture, source)
    if form == "svg":
        return svg.encode(), "image/svg+xml"
    register_fonts()
    return bytes(vl_convert.svg_to_png(svg, scale=PNG_SCALE)), "image/png"


async def handler(request: Request) -> Response:
    """Download a chart."""
    prepared, key, form = get_case(request), request.path_params["key"], request.path_params["form"]
    if form not in ("svg", "png", "csv"):
        raise HTTPException(404, "Charts can be downloaded as SVG, PNG or CSV.")
    content, media_type = await run_in_threadpool(render_chart_file, prepared, key, form)
    name = f"{prepared.id}-{key}.{form}"
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


ROUTES = (OpenApiRoute("/{case}/charts/{key}.{form}", handler, methods=["GET"], name="chart download"),)
