"""Limits of connections, by a real server: heads, bodies, clients that do not read, and connections of an address."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from detente.web import connections
from detente.web.connections import LimitedH11Protocol, is_exempt, network_of
from detente.web.middleware import body_limit
from detente.web.middleware.body_limit import BodyLimitMiddleware
from detente.web.server import NoDelayConfig
from support.comments_workbench import Workbench

HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


async def _answer(request: Request) -> Response:
    return PlainTextResponse(f"{len(await request.body())} bytes")


async def _long(_request: Request) -> Response:
    return Response(b"x" * 50_000_000)


@contextmanager
def _serve(limit_concurrency: int | None = None) -> Iterator[tuple[str, int]]:
    app = Starlette(routes=[Route("/", _answer, methods=["GET", "POST"]), Route("/long", _long)])
    app.add_middleware(BodyLimitMiddleware)
    app.state.studies, app.state.database = {}, None  # the error pages need them
    config = NoDelayConfig(
        app, http=LimitedH11Protocol, log_level="error", lifespan="off", limit_concurrency=limit_concurrency
    )
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield listening.getsockname()
        server.should_exit = True
        thread.join(10)


def _is_closed(s: socket.socket, within: float) -> bool:
    """Return whether the server closes the connection in this time."""
    s.settimeout(within)
    try:
        while s.recv(65_536):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def _status(at: tuple[str, int], sent: bytes = HEAD) -> bytes:
    with socket.create_connection(at, timeout=5) as s:
        s.sendall(sent)
        return s.recv(100).partition(b"\r\n")[0]


def test_unfinished_heads_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silent and trickling heads end by the time limit, and others are answered meanwhile."""
    monkeypatch.setattr(connections, "HEAD_TIMEOUT_S", 1.0)
    with _serve() as at, socket.create_connection(at) as silent, socket.create_connection(at) as trickling:
        began = time.monotonic()
        for _ in range(4):
            trickling.sendall(b"G")
            time.sleep(0.2)
        assert _status(at).endswith(b"200 OK")
        assert _is_closed(silent, 5)
        assert _is_closed(trickling, 5)
        assert time.monotonic() - began < 5


def test_trickling_second_head_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit holds for the second request of a connection too."""
    monkeypatch.setattr(connections, "HEAD_TIMEOUT_S", 0.7)
    with _serve() as at, socket.create_connection(at) as s:
        s.sendall(HEAD)
        assert s.recv(1000).startswith(b"HTTP/1.1 200")
        s.sendall(b"GET / HT")
        assert _is_closed(s, 4)


def test_slow_request_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """A complete head ends the time limit: a body may take longer than that."""
    monkeypatch.setattr(connections, "HEAD_TIMEOUT_S", 0.5)
    with _serve() as at, socket.create_connection(at, timeout=5) as s:
        s.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab")
        time.sleep(1.2)
        s.sendall(b"cd")
        time.sleep(0.5)
        assert b"4 bytes" in s.recv(1000)


@pytest.mark.parametrize("how", ["idle", "trickle"])
def test_slow_body_is_refused(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """A body without a byte, or with a few bytes now and then, gets 408."""
    monkeypatch.setattr(body_limit, "IDLE_S", 0.5)
    monkeypatch.setattr(body_limit, "GRACE_S", 0.6)
    with _serve() as at, socket.create_connection(at, timeout=5) as s:
        s.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nab")
        s.setblocking(False)
        for _ in range(20 if how == "trickle" else 1):
            with suppress(OSError):  # refused meanwhile
                s.send(b"x")
            time.sleep(0.1)
        s.settimeout(5)
        assert b" 408 " in s.recv(100)


def test_client_that_does_not_read_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A response that nobody takes ends by the time limit."""
    monkeypatch.setattr(connections, "WRITE_TIMEOUT_S", 0.5)
    with _serve() as at, socket.create_connection(at, timeout=5) as s:
        s.sendall(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(1.5)
        received = 0
        try:
            while piece := s.recv(1 << 20):
                received += len(piece)
        except OSError:
            pass
        assert received < 50_000_000


def test_connections_of_an_address_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address beyond its limit gets no further connection, and gets one again when others have ended."""
    monkeypatch.setattr(connections, "MAX_CONNECTIONS_PER_ADDRESS", 3)
    monkeypatch.setattr(connections, "is_exempt", lambda _host, _proxies: False)
    with _serve() as at:
        held = [socket.create_connection(at) for _ in range(3)]
        time.sleep(0.2)
        with socket.create_connection(at) as further:
            assert _is_closed(further, 2)
        assert not _is_closed(held[0], 0.2)
        for s in held:
            s.close()
        time.sleep(0.3)
        assert _status(at).endswith(b"200 OK")
        time.sleep(0.3)
        assert not connections._counts


def test_full_server_answers_503(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the number of connections a request gets 503, and far beyond it none."""
    with _serve(limit_concurrency=3) as at:
        held = [socket.create_connection(at) for _ in range(3)]
        time.sleep(0.2)
        assert b" 503 " in _status(at)
        held += [socket.create_connection(at) for _ in range(60)]
        time.sleep(0.3)
        assert sum(_is_closed(s, 0.01) for s in held) >= 5
        for s in held:
            s.close()


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8:0:0:1::", "2001:db8::2", True),
        ("2001:db8:0:1::1", "2001:db8::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("fe80::1%eth0", "fe80::2", True),
    ],
)
def test_ipv6_addresses_share_their_network(a: str, b: str, same: bool) -> None:
    """Addresses of one /64 are one client, however they are written."""
    assert (network_of(a) == network_of(b)) is same


def test_proxies_are_not_counted() -> None:
    """This machine and trusted proxies may hold many connections; others not."""
    assert is_exempt("10.0.0.2", ("10.0.0.2",))
    assert is_exempt("::1", ())
    assert not is_exempt("10.0.0.3", ("10.0.0.2", "not an address"))


def test_ipv6_neighbours_share_a_rate_limit(workbench: Workbench) -> None:
    """Two addresses of one /64 use up one bucket."""
    for host in ("2001:db8::1", "2001:db8::2"):
        workbench.reader(client_address=(host, 1)).get("/healthz")
    assert list(workbench.app.state.limits.asking._full_at) == ["2001:db8::/64"]
