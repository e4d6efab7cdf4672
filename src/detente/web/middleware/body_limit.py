"""Limit of the size of request bodies, whatever their header declares."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from detente.web.middleware.refusal import send_error
from detente.web.uploads.limits import MAX_BYTES, MIB

MAX_FORM_BYTES = 256 * 1024  # bytes; a comment of 5,000 letters takes at most 60 kB in a form
MAX_UPLOAD_BYTES = MAX_BYTES + MIB  # bytes; the file and the rest of its form
UPLOAD_PATHS = ("/data",)


def get_body_limit(path: str, content_type: str) -> int:
    """Return the largest body in bytes. Only a form with files, which is spooled to disk, may be large."""
    takes_files = any(path == p or path.startswith(p + "/") for p in UPLOAD_PATHS)
    return (
        MAX_UPLOAD_BYTES if takes_files and content_type.lower().startswith("multipart/form-data") else MAX_FORM_BYTES
    )


class BodyTooLarge(Exception):
    """A body exceeds its limit while it is read. Internal to this module."""


class BodyLimitMiddleware:
    """Refuse bodies over the limit, at once by their header or else as soon as they reach it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        limit, received, started = get_body_limit(scope["path"], headers.get("content-type", "")), 0, False
        what = f"The request exceeds the limit of {limit:,} bytes. Send less."
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > limit:
            return await send_error(scope, receive, send, 413, "Request too large", what, {"Connection": "close"})

        async def receiving() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
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
            return await send_error(scope, receive, send, 413, "Request too large", what, {"Connection": "close"})
