"""How much: a request's body may be so large and no larger, whatever its header says."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from detente.web.middleware.refusal import refuse
from detente.web.uploads.limits import MIB, MOST_BYTES

FORM = 256 * 1024  # bytes; a comment of 5,000 letters takes at most 60 kB when it is sent by a form
UPLOAD = MOST_BYTES + MIB  # bytes, under the addresses that take files: the file and the rest of its form
TAKES_FILES = ("/data",)


def most(path: str, content_type: str) -> int:
    """The largest body, in bytes, that an address takes; only a form with files may be large, the rest is read at once."""
    takes = any(path == p or path.startswith(p + "/") for p in TAKES_FILES)
    return UPLOAD if takes and content_type.lower().startswith("multipart/form-data") else FORM


class TooLarge(Exception):
    """Raised in the reader of a body that grows beyond its limit; never seen outside."""


class Size:
    """Refuses bodies over the limit: at once if the header says so, else when it is reached."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        limit, seen, started = most(scope["path"], headers.get("content-type", "")), 0, False
        what = f"That is more than the {limit:,} bytes that are taken here. Send less."
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > limit:
            return await refuse(scope, receive, send, 413, "Too large", what, {"Connection": "close"})

        async def receiving() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise TooLarge
            return message

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            return await self.app(scope, receiving, sending)
        except TooLarge:
            if started:
                raise
            return await refuse(scope, receive, send, 413, "Too large", what, {"Connection": "close"})
