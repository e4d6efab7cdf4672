"""The uvicorn server, with Nagle's algorithm turned off."""

import socket
import sys
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess


class NoDelayConfig(uvicorn.Config):
    """uvicorn's settings with TCP_NODELAY."""

    def bind_socket(self) -> socket.socket:
        """Bind the socket that all workers listen on."""
        listening = super().bind_socket()
        # uvicorn creates it without naming TCP, so asyncio leaves Nagle's algorithm on: the second part of a small
        # response waits 40 ms for the browser's acknowledgement. Accepted connections inherit this option.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening


def run_server(app: str, *, workers: int, **settings: Any) -> None:
    """Serve until interrupted, as `uvicorn.run` does.

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
        sys.exit(3)  # the exit code of uvicorn when it cannot start
