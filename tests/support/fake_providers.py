"""A provider on this machine for a test: answers as told, also badly, and remembers what it was asked."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass
class CannedResponse:
    """What to send. `cut` ends the connection after so many bytes; `length` is promised instead of the truth."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    length: int | None = None


@dataclass
class ReceivedRequest:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: dict[str, str]
    target: str


ResponseFunction = Callable[[ReceivedRequest], CannedResponse]


@dataclass
class Provider:
    """A running server: its address and what it was asked so far."""

    url: str
    asked: list[ReceivedRequest]


@contextmanager
def run_provider(behave: ResponseFunction) -> Iterator[Provider]:
    """A server that answers with `behave`, on a port of its own, until the block ends."""
    asked: list[ReceivedRequest] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            form = {k: v[0] for k, v in parse_qs(self.rfile.read(length).decode()).items()}
            parts = urlsplit(self.path)
            query = {k: v[0] for k, v in parse_qs(parts.query).items()}
            headers = {k.lower(): v for k, v in self.headers.items()}
            request = ReceivedRequest(self.command, parts.path, query, headers, form, self.path)
            asked.append(request)
            answer = behave(request)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body) if answer.length is None else answer.length))
            self.end_headers()
            self.wfile.write(answer.body if answer.cut is None else answer.body[: answer.cut])
            if answer.cut is not None or answer.length is not None:
                self.close_connection = True

        do_GET = do_POST = _answer  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Provider(f"http://127.0.0.1:{server.server_port}", asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def serve_file(body: bytes, etag: str | None = '"one"', *, cuts: list[int] | None = None) -> ResponseFunction:
    """Serves one file as a good server would, parts of it included; each of `cuts` cuts one answer short."""
    waiting = list(cuts or [])

    def behave(asked: ReceivedRequest) -> CannedResponse:
        headers = {"ETag": etag} if etag else {}
        if etag and asked.headers.get("if-none-match") == etag:
            return CannedResponse(status=304, headers=headers)
        cut = waiting.pop(0) if waiting else None
        span = asked.headers.get("range")
        if span and asked.headers.get("if-range") in (None, etag):
            start = int(span.removeprefix("bytes=").rstrip("-"))
            if start >= len(body):
                return CannedResponse(status=416, headers={"Content-Range": f"bytes */{len(body)}"})
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
            return CannedResponse(body[start:], 206, headers, cut)
        return CannedResponse(body, 200, headers, cut)

    return behave
