"""The pages, in the order in which their addresses are tried."""

from starlette.routing import BaseRoute

from detente.web.pages import claim, claims, forecast, home, responses, whatif

PAGES: tuple[BaseRoute, ...] = (
    *home.ROUTES,
    *claims.ROUTES,
    *claim.ROUTES,
    *responses.ROUTES,
    *whatif.ROUTES,
    *forecast.ROUTES,
)
