"""Streaming responses that a client never mistakes for complete after an error.

A client that disconnects stops the generator. An error before the first piece gives an error page; a later one breaks the
connection, so the last chunk is missing and browsers and `curl` report a failure. HTTP/1.0, which proxies may use, has no chunks
and takes any end for complete. Its responses are therefore generated whole in a temporary file before they are sent.
"""

import tempfile
from collections.abc import AsyncIterator, Generator, Mapping
from contextlib import suppress
from typing import IO

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

CHUNK_BYTES = 1 << 20  # bytes of a temporary file sent at a time


class SafeStreamingResponse(StreamingResponse):
    """Response that sends pieces while a thread generates them; an empty piece only keeps the stream going.

    Args:
        pieces: the content; always closed at the end, and never started for HEAD.
        media_type, headers: as for any response. Only HTTP/1.0 gets a Content-Length, since it is unknown before the end.

    Raises:
        Exception: any error of the first piece; later errors break the connection.

    Example:
        >>> SafeStreamingResponse((b"%d\\n" % n for n in range(3)), media_type="text/csv").status_code
        200
    """

    def __init__(
        self, pieces: Generator[bytes, None, None], *, media_type: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__((), headers=headers, media_type=media_type)
        self.pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["method"] == "HEAD":
                await super().__call__(scope, receive, send)
            elif scope.get("http_version") == "1.0":
                await self._send_buffered(scope, receive, send)
            else:
                self.body_iterator = self._stream_pieces(await run_in_threadpool(next, self.pieces, b""))
                await super().__call__(scope, receive, send)
        finally:
            # Closing fails only while a thread is still in the generator, as when the server is stopped at once.
            with suppress(ValueError):
                self.pieces.close()

    async def _stream_pieces(self, first: bytes) -> AsyncIterator[bytes]:
        yield first
        async for piece in iterate_in_threadpool(self.pieces):
            yield piece

    async def _send_buffered(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        with tempfile.TemporaryFile() as file:
            async for piece in iterate_in_threadpool(self.pieces):
                await run_in_threadpool(file.write, piece)
                if await request.is_disconnected():
                    return
            self.headers["Content-Length"] = str(file.tell())
            file.seek(0)
            self.body_iterator = iterate_in_threadpool(_read_chunks(file))
            await super().__call__(scope, receive, send)


def _read_chunks(file: IO[bytes]) -> Generator[bytes, None, None]:
    while piece := file.read(CHUNK_BYTES):
        yield piece
