"""The layers, from the outside in."""

from sqlalchemy import Engine
from starlette.middleware import Middleware

from detente.web.accounts.visitor import Visitor
from detente.web.comments.beneath import Beneath
from detente.web.security.csrf import Csrf
from detente.web.security.forwarded import Forwarded
from detente.web.security.headers import SafeHeaders
from detente.web.security.hosts import Hosts
from detente.web.security.often import Limits, Often
from detente.web.security.size import Size
from detente.web.settings import Settings
from detente.web.watch.metrics import Measured, Metrics


def layers(settings: Settings, database: Engine | None, limits: Limits, metrics: Metrics) -> list[Middleware]:
    """What every request passes before it meets a page."""
    return [
        Middleware(Measured, metrics=metrics),
        Middleware(Forwarded, proxies=settings.proxies),
        Middleware(SafeHeaders),
        Middleware(Hosts, names=settings.host_names),
        Middleware(Often, limits=limits),
        Middleware(Size),
        Middleware(Visitor, database=database, private=settings.private),
        Middleware(Csrf),
        Middleware(Beneath, database=database),
    ]
