"""The server's socket options."""

import socket

from detente.web.server import NoDelayConfig


def test_accepted_connections_have_no_delay() -> None:
    """Accepted connections have TCP_NODELAY."""
    with NoDelayConfig("x:y", port=0, log_level="critical").bind_socket() as listening:
        listening.listen()
        with socket.create_connection(listening.getsockname()):
            accepted, _ = listening.accept()
            with accepted:
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
