"""The server: uvicorn, with answers that are not held back."""

import socket
import sys
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess


class NoDelayConfig(uvicorn.Config):
    """uvicorn's settings; its socket sends at once."""

    def bind_socket(self) -> socket.socket:
        """The socket that all workers listen on."""
        listening = super().bind_socket()
        # uvicorn makes it without naming TCP, and asyncio then leaves Nagle's algorithm on: the second part of a small
        # answer waits 40 ms for the browser's word. What is accepted here inherits this.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening


def run_server(app: str, *, workers: int, **settings: Any) -> None:
    """Serve until somebody stops it, as `uvicorn.run` does.

    Args:
        app: `module:factory`. workers: processes. settings: uvicorn's.
    """
    config = NoDelayConfig(app, factory=True, workers=workers, **settings)
    server = uvicorn.Server(config)
    try:
        if workers > 1:
            Multiprocess(config, sockets=[config.bind_socket()]).run()
            return
        server.run()
    except KeyboardInterrupt:
        return
    if not server.started:
        sys.exit(3)  # as uvicorn itself ends where it could not start
