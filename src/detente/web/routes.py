"""The pages of the house: comments, moderation, accounts, feeds, health. They stand before those of cases.

A case's id would match the first part of their addresses.
"""

from starlette.routing import BaseRoute

from detente.web.accounts import routes as accounts
from detente.web.comments import feeds
from detente.web.comments import moderation_routes as moderation
from detente.web.comments import routes as comments
from detente.web.ops import health, metrics, openapi

SITE_ROUTES: tuple[BaseRoute, ...] = (
    *comments.ROUTES, *moderation.ROUTES, *accounts.ROUTES, *feeds.ROUTES, *health.ROUTES, *metrics.ROUTES, *openapi.ROUTES,
)  # fmt: skip
