"""Routes that belong to no case: comments, moderation, accounts, feeds, health, metrics.

They must come before the routes of cases, whose `{case}` would match the first part of their paths.
"""

from starlette.routing import BaseRoute

from detente.web.accounts import admin_routes, sign_up_routes
from detente.web.accounts import routes as accounts
from detente.web.case_files import routes as case_files
from detente.web.comments import feeds
from detente.web.comments import moderation_routes as moderation
from detente.web.comments import routes as comments
from detente.web.ops import health, metrics, openapi

SITE_ROUTES: tuple[BaseRoute, ...] = (
    *comments.ROUTES, *moderation.ROUTES, *accounts.ROUTES, *sign_up_routes.ROUTES, *admin_routes.ROUTES,
    *case_files.ROUTES, *feeds.ROUTES, *health.ROUTES, *metrics.ROUTES, *openapi.ROUTES,
)  # fmt: skip
