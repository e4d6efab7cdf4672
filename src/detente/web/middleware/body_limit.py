"""How much: a request's body may be so large and no larger, whatever its header says."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from detente.web.middleware.refusal import send_error
from detente.web.uploads.limits import MAX_BYTES, MIB

MAX_FORM_BYTES = 256 * 1024  # bytes; a comment of 5,000 letters takes at most 60 kB when it is sent by a form
MAX_UPLOAD_BYTES = MAX_BYTES + MIB  # bytes, under the addresses that take files: the file and the rest of its form
UPLOAD_PATHS = ("/data",)


def get_body_limit(path: str, content_type: str) -> int:
    """The largest body, in bytes, that an address takes; only a form with files may be large, the rest is read at once."""
    takes = any(path == p or path.startswith(p + "/") for p in UPLOAD_PATHS)
    return MAX_UPLOAD_BYTES if takes and content_type.lower().startswith("multipart/form-data") else MAX_FORM_BYTES


class BodyTooLarge(Exception):
    """Raised in the reader of a body that grows beyond its limit; never seen outside."""


class BodyLimitMiddleware:
    """Refuses bodies over the limit: at once if the header says so, else when it is reached."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        limit, seen, started = get_body_limit(scope["path"], headers.get("content-type", "")), 0, False
        what = f"That is more than the {limit:,} bytes that are taken here. Send less."
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > limit:
            return await send_error(scope, receive, send, 413, "Too large", what, {"Connection": "close"})

        async def receiving() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise BodyTooLarge
            return message

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            return await self.app(scope, receiving, sending)
        except BodyTooLarge:
            if started:
                raise
            return await send_error(scope, receive, send, 413, "Too large", what, {"Connection": "close"})
