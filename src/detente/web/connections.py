"""Limits of connections: how long one may idle or trickle, and how many an address may hold.

Without them a few hundred half-sent requests take every file descriptor, and the server answers nobody. A proxy in front
hides this; `detente serve --host` does not.
"""

import asyncio
import ipaddress
import resource
from collections import Counter
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_TIMEOUT_S = 20.0  # for a request's first line and headers
WRITE_TIMEOUT_S = 60.0  # in which a client must take what is waiting for it
MAX_CONNECTIONS = 1000  # of a worker; beyond it requests get 503
MAX_CONNECTIONS_PER_ADDRESS = 64  # of an IPv4 address or an IPv6 /64 network, except this machine and trusted proxies
SPARE_FILES = 200  # descriptors for everything else: databases, uploads, fonts

_counts: Counter[str] = Counter()


def network_of(host: str) -> str:
    """Return an IPv4 address, or the /64 network of an IPv6 address, since one household has billions of those.

    Example:
        >>> network_of("2001:db8::1") == network_of("2001:db8:0:0:ffff::2"), network_of("::ffff:192.0.2.7")
        (True, '192.0.2.7')
    """
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False).network_address) + "/64"


def is_exempt(host: str, proxies: tuple[str, ...]) -> bool:
    """Return whether connections of this address are not counted: many readers come from a proxy.

    Example:
        >>> is_exempt("127.0.0.1", ()), is_exempt("10.0.0.7", ("10.0.0.0/8",)), is_exempt("192.0.2.7", ("10.0.0.2",))
        (True, True, False)
    """
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return True  # a socket file
    if address.is_loopback or "*" in proxies:
        return True
    for proxy in proxies:
        try:
            if address in ipaddress.ip_network(proxy, strict=False):
                return True
        except ValueError:
            continue
    return False


def raise_file_limit() -> int:
    """Allow this process as many open files as its connections need; return how many connections it can hold."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_CONNECTIONS + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return MAX_CONNECTIONS if soft == resource.RLIM_INFINITY else max(16, min(MAX_CONNECTIONS, soft - SPARE_FILES))


class LimitedH11Protocol(H11Protocol):
    """uvicorn's HTTP protocol, with time limits for heads and for clients that do not read, and limits of connections."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None
        self._counted = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        host = self.client[0] if self.client else ""
        full = self.limit_concurrency is not None and len(self.connections) > self.limit_concurrency + 50
        if not is_exempt(host, getattr(self.config, "proxies", ())):
            self._counted = network_of(host)
            _counts[self._counted] += 1
            full = full or _counts[self._counted] > MAX_CONNECTIONS_PER_ADDRESS
        if full:
            self.logger.warning("Too many connections; new ones are closed.")
            transport.abort()
            return
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._head_timer, self._write_timer):
            if timer is not None:
                timer.cancel()
        self._head_timer = self._write_timer = None
        if self._counted:
            _counts[self._counted] -= 1
            if _counts[self._counted] <= 0:
                del _counts[self._counted]
            self._counted = ""
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._await_head()

    def _await_head(self) -> None:
        """Start the timer of a head, or stop it once the head is complete. More bytes of a head do not prolong it."""
        if self.conn.their_state is not h11.IDLE:
            if self._head_timer is not None:
                self._head_timer.cancel()
                self._head_timer = None
        elif self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_TIMEOUT_S, self._end_late_head)

    def _end_late_head(self) -> None:
        self._head_timer = None
        if self.conn.their_state is h11.IDLE:
            self.transport.abort()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._write_timer is None:
            self._write_timer = self.loop.call_later(WRITE_TIMEOUT_S, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None
