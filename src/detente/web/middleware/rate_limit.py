"""How often one address may ask and write, and one account may log in and comment."""

import math

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from detente.web.middleware.refusal import refuse
from detente.web.middleware.token_bucket import Buckets, Rate

ASKING = Rate(burst=600, every_s=0.01)  # any request of one address
WRITING = Rate(burst=60, every_s=1)  # any form of one address
LOGIN_BY_ADDRESS = Rate(burst=20, every_s=6)
LOGIN_BY_NAME = Rate(burst=10, every_s=30)  # 10 guesses, then two a minute, wherever they come from
COMMENTS = Rate(burst=10, every_s=15)  # by account


class Limits:
    """All buckets of one worker."""

    def __init__(self) -> None:
        self.asking, self.writing = Buckets(ASKING), Buckets(WRITING)
        self.login_by_address, self.login_by_name = Buckets(LOGIN_BY_ADDRESS), Buckets(LOGIN_BY_NAME)
        self.comments = Buckets(COMMENTS)


def limits(request: Request) -> Limits:
    """The buckets of this worker."""
    found: Limits = request.app.state.limits
    return found


def address(scope: Scope) -> str:
    """Who asks; a network of IPv6 (/64) counts as one, since a household has billions of addresses."""
    host: str = (scope.get("client") or ("unknown", 0))[0]
    return ":".join(host.split(":")[:4]) if host.count(":") > 1 else host


def take(buckets: Buckets, key: str, what: str) -> None:
    """Take one token.

    Raises:
        HTTPException: 429, with the time to wait.
    """
    wait = buckets.take(key)
    if wait:
        seconds = math.ceil(wait)
        raise HTTPException(429, f"{what} Try again in {seconds} seconds.", {"Retry-After": str(seconds)})


class Often:
    """Refuses an address that asks or writes too often."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app, self.limits = app, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            who = address(scope)
            wait = self.limits.asking.take(who)
            if not wait and scope["method"] not in ("GET", "HEAD", "OPTIONS"):
                wait = self.limits.writing.take(who)
            if wait:
                seconds = math.ceil(wait)
                what = f"Too many requests came from your address. Try again in {seconds} seconds."
                return await refuse(
                    scope, receive, send, 429, "Too often", what, {"Retry-After": str(seconds), "Connection": "close"}
                )
        return await self.app(scope, receive, send)
