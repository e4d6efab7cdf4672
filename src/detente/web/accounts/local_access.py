"""A workbench on one's own machine, before anybody has an account: who sits before it may do what accounts may."""

import ipaddress
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy import Engine
from starlette.requests import Request

from detente.web.config import ServerConfig
from detente.web.db.engine import read_transaction
from detente.web.db.tables import account


def is_loopback_client(request: Request) -> bool:
    """Does this very machine ask?

    Behind a proxy on this machine everybody seems near; a proxy leaves its mark, believed or not.
    """
    if request.client is None or not _is_loopback(request.client.host):
        return False
    return "x-forwarded-for" not in request.headers and "forwarded" not in request.headers


def may_write(request: Request) -> bool:
    """Is somebody logged in, or is this one's own machine, where nobody has an account yet?

    One's own machine: it asks, it was asked by a name of its own (a page elsewhere can give its name our address), no proxy
    is named, links begin with this machine, and reading needs no account. With the first account this ends.
    """
    if getattr(request.state, "account", None) is not None:
        return True
    if not is_loopback_client(request):
        return False
    settings: ServerConfig = request.app.state.settings
    database: Engine | None = request.app.state.database
    own = (
        _is_loopback(urlsplit(f"//{request.headers.get('host', '')}").hostname or "")
        and _is_loopback(urlsplit(settings.address).hostname or "")
        and not settings.proxies
        and not settings.private
    )
    if not own or database is None:
        return own
    with read_transaction(database) as c:
        return c.execute(sa.select(account.c.id).limit(1)).first() is None


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
