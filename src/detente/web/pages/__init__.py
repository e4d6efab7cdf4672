"""The pages, in the order in which their addresses are tried."""

from starlette.routing import BaseRoute

from detente.web.pages import claims, event, events, home, overview

PAGES: tuple[BaseRoute, ...] = (*home.ROUTES, *overview.ROUTES, *events.ROUTES, *event.ROUTES, *claims.ROUTES)
