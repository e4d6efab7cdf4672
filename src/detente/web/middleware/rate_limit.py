"""Rate limits of requests and forms by address, of sign-ups by address, of failed logins by address and name, and of comments by account."""

import math

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from detente.web.connections import network_of
from detente.web.middleware.refusal import send_error
from detente.web.middleware.token_bucket import RateLimit, TokenBuckets

REQUEST_LIMIT = RateLimit(burst=600, every_s=0.01)  # requests of one address
FORM_LIMIT = RateLimit(burst=60, every_s=1)  # forms of one address
# Failures only, by address and name together: guesses from elsewhere cannot lock the owner of a name out.
LOGIN_LIMIT = RateLimit(burst=10, every_s=30)
SIGN_UP_LIMIT = RateLimit(burst=10, every_s=120)  # attempts of one address, which also learns whether a name is free
COMMENT_LIMIT = RateLimit(burst=10, every_s=15)  # by account


class RateLimits:
    """All buckets of a worker."""

    def __init__(self) -> None:
        self.asking, self.writing = TokenBuckets(REQUEST_LIMIT), TokenBuckets(FORM_LIMIT)
        self.failed_logins = TokenBuckets(LOGIN_LIMIT)
        self.sign_ups = TokenBuckets(SIGN_UP_LIMIT)
        self.comments = TokenBuckets(COMMENT_LIMIT)


def get_rate_limits(request: Request) -> RateLimits:
    """Return the buckets of this worker."""
    limits: RateLimits = request.app.state.limits
    return limits


def get_client_address(scope: Scope) -> str:
    """Return the client address; for IPv6 its /64 network."""
    return network_of((scope.get("client") or ("unknown", 0))[0])


def consume(buckets: TokenBuckets, key: str, what: str) -> None:
    """Take a token.

    Raises:
        HTTPException: 429 with the time to wait, if there is none.
    """
    wait = buckets.take(key)
    if wait:
        seconds = math.ceil(wait)
        raise HTTPException(429, f"{what} Try again in {seconds} seconds.", {"Retry-After": str(seconds)})


class RateLimitMiddleware:
    """Refuse addresses that exceed their limit of requests or forms."""

    def __init__(self, app: ASGIApp, limits: RateLimits) -> None:
        self.app, self.limits = app, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            who = get_client_address(scope)
            wait = self.limits.asking.take(who)
            if not wait and scope["method"] not in ("GET", "HEAD", "OPTIONS"):
                wait = self.limits.writing.take(who)
            if wait:
                seconds = math.ceil(wait)
                what = f"Too many requests from your address. Try again in {seconds} seconds."
                headers = {"Retry-After": str(seconds), "Connection": "close"}
                return await send_error(scope, receive, send, 429, "Too many requests", what, headers)
        return await self.app(scope, receive, send)
