"""The pages, in the order in which their addresses are tried."""

from starlette.routing import BaseRoute

from detente.web.pages import ask, brief, claims, data, home, upload

PAGES: tuple[BaseRoute, ...] = (*home.ROUTES, *ask.ROUTES, *data.ROUTES, *upload.ROUTES, *claims.ROUTES, *brief.ROUTES)
