"""Which host was meant: a name that is not ours is refused, so that no link of ours leads elsewhere."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from detente.web.middleware.refusal import refuse


def name_of(host: str) -> str:
    """The host's name without its port.

    Example:
        >>> name_of("Desk.example.org:8000"), name_of("[::1]:8000")
        ('desk.example.org', '[::1]')
    """
    return (host[: host.find("]") + 1] if host.startswith("[") else host.partition(":")[0]).lower().rstrip(".")


class Hosts:
    """Refuses requests for other hosts than the named ones; no names mean any host."""

    def __init__(self, app: ASGIApp, names: tuple[str, ...]) -> None:
        self.app, self.names = app, frozenset(n.lower() for n in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self.names and name_of(Headers(scope=scope).get("host", "")) not in self.names:
            what = "This workbench does not answer to the host that was asked for. Use the address you were given."
            return await refuse(scope, receive, send, 421, "Another host", what)
        return await self.app(scope, receive, send)
