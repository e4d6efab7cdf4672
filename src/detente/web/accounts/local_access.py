"""Write access from the local machine while the server has no accounts."""

import ipaddress
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy import Engine
from starlette.requests import Request

from detente.web.config import ServerConfig
from detente.web.db.engine import read_transaction
from detente.web.db.tables import account


def is_loopback_client(request: Request) -> bool:
    """Return whether the request comes from this machine.

    A proxy on this machine makes every client look local, but it adds a forwarding header. Such requests are not local.
    """
    if request.client is None or not _is_loopback(request.client.host):
        return False
    return "x-forwarded-for" not in request.headers and "forwarded" not in request.headers


def may_write(request: Request) -> bool:
    """Return whether the request may change something: it has an account, or it is local and no account exists yet.

    A local request comes from this machine and names it in the `Host` header, since a foreign page can resolve its own
    name to this address. The server has a local public address, no proxies, and reading needs no account.
    """
    if getattr(request.state, "account", None) is not None:
        return True
    if not is_loopback_client(request):
        return False
    settings: ServerConfig = request.app.state.settings
    database: Engine | None = request.app.state.database
    local = (
        _is_loopback(urlsplit(f"//{request.headers.get('host', '')}").hostname or "")
        and _is_loopback(urlsplit(settings.address).hostname or "")
        and not settings.proxies
        and not settings.private
    )
    if not local or database is None:
        return local
    with read_transaction(database) as c:
        return c.execute(sa.select(account.c.id).limit(1)).first() is None


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
