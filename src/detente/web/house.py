"""The pages of the house: comments, moderation, accounts, feeds, health. They stand before those of cases.

A case's id would match the first part of their addresses.
"""

from starlette.routing import BaseRoute

from detente.web.accounts import pages as accounts
from detente.web.comments import feeds, moderation
from detente.web.comments import pages as comments
from detente.web.watch import description, metrics

HOUSE: tuple[BaseRoute, ...] = (
    *comments.ROUTES, *moderation.ROUTES, *accounts.ROUTES, *feeds.ROUTES, *metrics.ROUTES, *description.ROUTES,
)  # fmt: skip
