"""The server's socket options."""

import socket

from detente.cases.case_id import RESERVED_IDS
from detente.web.app import create_app
from detente.web.config import ServerConfig
from detente.web.server import NoDelayConfig


def test_accepted_connections_have_no_delay() -> None:
    """Accepted connections have TCP_NODELAY."""
    with NoDelayConfig("x:y", port=0, log_level="critical").bind_socket() as listening:
        listening.listen()
        with socket.create_connection(listening.getsockname()):
            accepted, _ = listening.accept()
            with accepted:
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_no_case_id_hides_a_page_of_the_house() -> None:
    """The first part of every address that belongs to no case is refused as a case's id."""
    app = create_app(ServerConfig(), {})
    firsts = {getattr(r, "path", "").split("/")[1] for r in app.routes}
    own = {f for f in firsts if f and f.isalnum()}
    assert {"data", "ask", "static", "account", "comments"} <= own <= RESERVED_IDS
