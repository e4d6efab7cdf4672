"""How the server listens."""

import socket

from detente.web.server import NoDelayConfig


def test_what_a_worker_accepts_sends_at_once() -> None:
    with NoDelayConfig("x:y", port=0, log_level="critical").bind_socket() as listening:
        listening.listen()
        with socket.create_connection(listening.getsockname()):
            accepted, _ = listening.accept()
            with accepted:
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
