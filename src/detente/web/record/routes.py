"""Routes of changing the record, in matching order."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from detente.web.map.page import get_basemap
from detente.web.openapi_route import OpenApiRoute
from detente.web.record import changes_page, event_form, import_page
from detente.web.record.place_map import draw_place_map, parse_point, read_view
from detente.web.rendering.responses import get_record_case


async def place_map(request: Request) -> Response:
    """The small map on which a place is chosen, as SVG."""
    record = get_record_case(request)
    ground = get_basemap(record)
    if ground is None:
        raise HTTPException(404, "This case has no map.")
    view = read_view(ground, request.query_params)
    point = parse_point(request.query_params.get("at", ""))
    if point is not None and not ground.frame.holds(*point):
        point = None
    svg = draw_place_map(ground, view, point)
    return Response(svg, media_type="image/svg+xml", headers={"Cache-Control": "private, max-age=3600"})


ROUTES: tuple[BaseRoute, ...] = (
    OpenApiRoute(
        "/{case}/record.atom", changes_page.changes_feed, methods=["GET"], name="changes of the record as a feed"
    ),
    OpenApiRoute(
        "/{case}/record/place-map.svg", place_map, methods=["GET"], name="small map",
        query={"zoom": "1, 4 or 16", "centre": "longitude,latitude of the middle", "at": "longitude,latitude of a cross"},
    ),
    *changes_page.ROUTES, *import_page.ROUTES, *event_form.ROUTES,
)  # fmt: skip
