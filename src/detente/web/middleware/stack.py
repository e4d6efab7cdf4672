"""Middleware stack, outermost first."""

from sqlalchemy import Engine
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from detente.web.accounts.middleware import SessionMiddleware
from detente.web.comments.middleware import CommentThreadMiddleware
from detente.web.config import ServerConfig, allowed_hosts
from detente.web.middleware.body_limit import BodyLimitMiddleware
from detente.web.middleware.csrf import CsrfMiddleware
from detente.web.middleware.rate_limit import RateLimitMiddleware, RateLimits
from detente.web.middleware.security_headers import SecurityHeadersMiddleware
from detente.web.ops.metrics import Metrics, MetricsMiddleware


def build_middleware(
    settings: ServerConfig, database: Engine | None, limits: RateLimits, metrics: Metrics
) -> list[Middleware]:
    """Return the middleware that every request passes."""
    return [
        Middleware(MetricsMiddleware, metrics=metrics),
        # Any client can send forwarding headers, so only those of configured proxies are trusted.
        Middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.proxies)),
        Middleware(SecurityHeadersMiddleware),
        Middleware(TrustedHostMiddleware, allowed_hosts=allowed_hosts(settings), www_redirect=False),
        Middleware(RateLimitMiddleware, limits=limits),
        Middleware(BodyLimitMiddleware),
        Middleware(SessionMiddleware, database=database, private=settings.private),
        Middleware(CsrfMiddleware),
        Middleware(CommentThreadMiddleware, database=database),
    ]
