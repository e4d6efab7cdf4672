"""Downloads of a case's charts: SVG and PNG with their source line, and the data as CSV."""

import anyio.to_thread
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from detente.web.chart_file import MEDIA_TYPES, format_source_line, render_chart_file
from detente.web.chart_list import find_chart
from detente.web.openapi_route import OpenApiRoute
from detente.web.pages.whatif import get_simulation_limiter
from detente.web.rendering.responses import get_case


async def handler(request: Request) -> Response:
    """Download a chart."""
    prepared, key, form = get_case(request), request.path_params["key"], request.path_params["form"]
    if form not in MEDIA_TYPES:
        raise HTTPException(404, "Charts can be downloaded as SVG, PNG or CSV.")
    if key.startswith("simulator-"):
        limiter = get_simulation_limiter(request)
        chart = await anyio.to_thread.run_sync(find_chart, prepared, key, request.query_params, limiter=limiter)
    else:
        chart = await run_in_threadpool(find_chart, prepared, key, request.query_params)
    content = await run_in_threadpool(render_chart_file, chart, format_source_line(prepared), form)
    name = f"{prepared.id}-{key}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=MEDIA_TYPES[form], headers=headers)


ROUTES = (
    OpenApiRoute(
        "/{case}/charts/{key}.{form}", handler, methods=["GET"], name="chart download",
        query={"days": "horizon in days, for charts of responses and of the simulator"},
    ),
)  # fmt: skip
