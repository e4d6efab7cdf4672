"""Limits of request bodies: their size, whatever their header declares, and how slowly they may arrive."""

import time

import anyio
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from detente.web.middleware.refusal import send_error
from detente.web.uploads.limits import MAX_BYTES, MIB

MAX_FORM_BYTES = 256 * 1024  # bytes; a comment of 5,000 letters takes at most 60 kB in a form
MAX_UPLOAD_BYTES = MAX_BYTES + MIB  # bytes; the file and the rest of its form
UPLOAD_PATHS = ("/data",)
MAX_IMPORT_BYTES = 4 * MIB  # of events as text; a form takes up to three bytes a letter
IMPORT_PATH = "/record/import"
IDLE_S = 30.0  # seconds without a byte
GRACE_S = 30.0  # seconds of waiting before the speed counts
MIN_BYTES_PER_S = 4096


def get_body_limit(path: str, content_type: str) -> int:
    """Return the largest body in bytes. Only a form with files, which is spooled to disk, may be large."""
    if path.endswith(IMPORT_PATH):
        return MAX_IMPORT_BYTES
    takes_files = any(path == p or path.startswith(p + "/") for p in UPLOAD_PATHS)
    return (
        MAX_UPLOAD_BYTES if takes_files and content_type.lower().startswith("multipart/form-data") else MAX_FORM_BYTES
    )


class BodyTooLarge(Exception):
    """A body exceeds its limit while it is read. Internal to this module."""


class BodyTooSlow(Exception):
    """A body idles or trickles. Internal to this module."""


class BodyLimitMiddleware:
    """Refuse bodies over the limit, at once by their header or else as soon as they reach it, and those that trickle."""

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

        waited, complete = 0.0, False

        async def receiving() -> Message:
            nonlocal received, waited, complete
            if complete:  # what comes now is the client's departure, which may take its time
                return await receive()
            message, began = None, time.monotonic()
            with anyio.move_on_after(IDLE_S):
                message = await receive()
            waited += time.monotonic() - began
            if message is None:
                raise BodyTooSlow
            received += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if received > limit:
                raise BodyTooLarge
            if not complete and waited > GRACE_S and received < MIN_BYTES_PER_S * (waited - GRACE_S):
                raise BodyTooSlow
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
        except BodyTooSlow:
            if started:
                raise
            what = f"The request arrived too slowly: at least {MIN_BYTES_PER_S:,} bytes a second are needed. Send it again."
            return await send_error(scope, receive, send, 408, "Request too slow", what, {"Connection": "close"})
