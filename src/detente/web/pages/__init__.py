"""Routes of the pages, in matching order."""

from starlette.routing import BaseRoute

from detente.web import event_export
from detente.web.pages import (
    ask,
    brief,
    charts,
    claim,
    claims,
    data,
    event,
    events,
    forecast,
    help,
    home,
    map,
    number,
    overview,
    release,
    responses,
    upload,
    whatif,
)
from detente.web.record import routes as record

PAGES: tuple[BaseRoute, ...] = (
    *home.ROUTES, *help.ROUTES, *ask.ROUTES, *data.ROUTES, *upload.ROUTES, *release.ROUTES, *overview.ROUTES, *record.ROUTES, *map.ROUTES, *number.ROUTES, *charts.ROUTES, *events.ROUTES, *event_export.ROUTES,
    *event.ROUTES, *claims.ROUTES, *claim.ROUTES, *responses.ROUTES, *whatif.ROUTES, *forecast.ROUTES, *brief.ROUTES,
)  # fmt: skip
