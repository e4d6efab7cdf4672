"""An answer that is sent while it is made, and can never pass for whole when it is not.

A reader who goes away stops the making. A fault before the first piece is a page that says so, as any fault is; one after it
breaks the connection: what came then lacks the last chunk, and browsers and `curl` call it failed. HTTP/1.0, which proxies may
speak to us, knows no chunks and takes every end for a good one. It is answered once all is made, from a temporary file.
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
    """Sends pieces as they are made, in a thread; empty ones only say that more is coming.

    Args:
        pieces: what is sent; closed in the end, however that comes. Asked for HEAD it is never begun.
        media_type, headers: as for any answer. Its length is told to HTTP/1.0 alone: nobody knows it before the end.

    Raises:
        Exception: whatever the first piece raises; later ones break the connection.

    Example:
        >>> SafeStreamingResponse((b"%d\\n" % n for n in range(3)), media_type="text/csv").status_code
        200
    """

    def __init__(
        self,
        pieces: Generator[bytes, None, None],
        *,
        media_type: str,
        headers: Mapping[str, str] | None = None,
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
            # A reader's going waits for the thread inside; only a server that must end at once does not.
            with suppress(ValueError):
                self.pieces.close()

    async def _stream_pieces(self, first: bytes) -> AsyncIterator[bytes]:
        yield first
        async for piece in iterate_in_threadpool(self.pieces):
            yield piece

    async def _send_buffered(self, scope: Scope, receive: Receive, send: Send) -> None:
        reader = Request(scope, receive)
        with tempfile.TemporaryFile() as file:
            async for piece in iterate_in_threadpool(self.pieces):
                await run_in_threadpool(file.write, piece)
                if await reader.is_disconnected():
                    return
            self.headers["Content-Length"] = str(file.tell())
            file.seek(0)
            self.body_iterator = iterate_in_threadpool(_read_chunks(file))
            await super().__call__(scope, receive, send)


def _read_chunks(file: IO[bytes]) -> Generator[bytes, None, None]:
    while piece := file.read(CHUNK_BYTES):
        yield piece
