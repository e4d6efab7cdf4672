"""The layers, from the outside in."""

from sqlalchemy import Engine
from starlette.middleware import Middleware

from detente.web.accounts.middleware import Visitor
from detente.web.comments.middleware import Beneath
from detente.web.config import Settings
from detente.web.middleware.allowed_hosts import Hosts
from detente.web.middleware.body_limit import Size
from detente.web.middleware.csrf import Csrf
from detente.web.middleware.proxy_headers import Forwarded
from detente.web.middleware.rate_limit import Limits, Often
from detente.web.middleware.security_headers import SafeHeaders
from detente.web.ops.metrics import Measured, Metrics


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
