"""The uvicorn server, with Nagle's algorithm turned off, limits of connections and a log that does not flood."""

import socket
import sys
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from detente.web.connections import LimitedH11Protocol, raise_file_limit
from detente.web.ops.log_limit import limit_logs


class NoDelayConfig(uvicorn.Config):
    """uvicorn's settings with TCP_NODELAY; connections of `proxies` are not counted by address."""

    proxies: tuple[str, ...] = ()

    def configure_logging(self) -> None:
        """Set up the logs of a process, the workers' included."""
        super().configure_logging()
        limit_logs()

    def bind_socket(self) -> socket.socket:
        """Bind the socket that all workers listen on."""
        listening = super().bind_socket()
        # uvicorn creates it without naming TCP, so asyncio leaves Nagle's algorithm on: the second part of a small
        # response waits 40 ms for the browser's acknowledgement. Accepted connections inherit this option.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening


def run_server(app: str, *, workers: int, proxies: tuple[str, ...] = (), **settings: Any) -> None:
    """Serve until interrupted, as `uvicorn.run` does.

    Args:
        app: `module:factory`. workers: processes. proxies: trusted ones. settings: uvicorn's.
    """
    config = NoDelayConfig(
        app, factory=True, workers=workers, http=LimitedH11Protocol, limit_concurrency=raise_file_limit(), **settings
    )  # fmt: skip
    config.proxies = proxies
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
