"""Who really asks, where a proxy stands before us: its word is taken only if it was named."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send


class Forwarded:
    """Takes the client's address and scheme from `X-Forwarded-For` and `-Proto`, if a named proxy sends them.

    Anybody can write these headers; without a named proxy they are not looked at. Of several addresses the last that
    is not a proxy of ours counts: those before it were written by the client.
    """

    def __init__(self, app: ASGIApp, proxies: tuple[str, ...]) -> None:
        self.app, self.proxies = app, frozenset(proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client")
        if scope["type"] == "http" and client and client[0] in self.proxies:
            headers = Headers(scope=scope)
            said = [a.strip() for line in headers.getlist("x-forwarded-for") for a in line.split(",")]
            outside = [a for a in said if a and a not in self.proxies]
            scheme = headers.get("x-forwarded-proto", "").strip().lower()
            if outside:
                scope["client"] = (outside[-1], 0)
            if scheme in ("http", "https"):
                scope["scheme"] = scheme
        await self.app(scope, receive, send)
