"""The pages, in the order in which their addresses are tried."""

from starlette.routing import BaseRoute

from detente.web.pages import (
    ask,
    brief,
    claim,
    claims,
    data,
    event,
    events,
    forecast,
    home,
    overview,
    responses,
    upload,
    whatif,
)
from detente.web.pages import (
    event_export as events_as_files,
)

PAGES: tuple[BaseRoute, ...] = (
    *home.ROUTES,
    *ask.ROUTES,
    *data.ROUTES,
    *upload.ROUTES,
    *overview.ROUTES,
    *events.ROUTES,
    *events_as_files.ROUTES,
    *event.ROUTES,
    *claims.ROUTES,
    *claim.ROUTES,
    *responses.ROUTES,
    *whatif.ROUTES,
    *forecast.ROUTES,
    *brief.ROUTES,
)
