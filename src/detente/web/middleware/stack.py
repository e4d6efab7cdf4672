"""The layers, from the outside in."""

from sqlalchemy import Engine
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from detente.web.accounts.middleware import Visitor
from detente.web.comments.middleware import Beneath
from detente.web.config import Settings
from detente.web.middleware.body_limit import Size
from detente.web.middleware.csrf import CsrfMiddleware
from detente.web.middleware.rate_limit import Limits, Often
from detente.web.middleware.security_headers import SafeHeaders
from detente.web.ops.metrics import Metrics, MetricsMiddleware


def layers(settings: Settings, database: Engine | None, limits: Limits, metrics: Metrics) -> list[Middleware]:
    """What every request passes before it meets a page."""
    return [
        Middleware(MetricsMiddleware, metrics=metrics),
        # Without a named proxy no forwarding header is believed: anybody can write one.
        Middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.proxies)),
        Middleware(SafeHeaders),
        Middleware(TrustedHostMiddleware, allowed_hosts=settings.host_names or ("*",), www_redirect=False),
        Middleware(Often, limits=limits),
        Middleware(Size),
        Middleware(Visitor, database=database, private=settings.private),
        Middleware(CsrfMiddleware),
        Middleware(Beneath, database=database),
    ]
