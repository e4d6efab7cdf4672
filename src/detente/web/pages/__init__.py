"""Routes of the pages, in matching order."""

from starlette.routing import BaseRoute

from detente.web import digest_feed, event_export
from detente.web.pages import (
    ask,
    brief,
    charts,
    claim,
    claims,
    data,
    digest,
    event,
    events,
    forecast,
    forecast_archive,
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
from detente.web.previews import routes as previews
from detente.web.record import routes as record

PAGES: tuple[BaseRoute, ...] = (
    *home.ROUTES, *help.ROUTES, *ask.ROUTES, *data.ROUTES, *upload.ROUTES, *release.ROUTES, *overview.ROUTES, *digest_feed.ROUTES, *digest.ROUTES, *previews.ROUTES, *record.ROUTES, *map.ROUTES, *number.ROUTES, *charts.ROUTES, *events.ROUTES, *event_export.ROUTES,
    *event.ROUTES, *claims.ROUTES, *claim.ROUTES, *responses.ROUTES, *whatif.ROUTES, *forecast.ROUTES, *forecast_archive.ROUTES, *brief.ROUTES,
)  # fmt: skip
