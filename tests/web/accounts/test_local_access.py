"""Tests of write access from the local machine."""

import pytest
from starlette.requests import Request

from detente.web.accounts.local_access import may_write
from support.comments_workbench import Workbench, open_workbench


def _may_write(workbench: Workbench, client: str = "127.0.0.1", host: str = "127.0.0.1:8000", **headers: str) -> bool:
    lines = [(k.replace("_", "-").encode(), v.encode()) for k, v in {"host": host, **headers}.items()]
    scope = {
        "type": "http", "method": "GET", "path": "/", "headers": lines, "client": (client, 1), "app": workbench.app, "state": {},
    }  # fmt: skip
    return may_write(Request(scope))


def test_local_client_may_write_until_first_account(workbench: Workbench) -> None:
    """A local client may write as long as no account exists."""
    assert _may_write(workbench)
    assert _may_write(workbench, client="::1", host="localhost")
    workbench.account("Ann")
    assert not _may_write(workbench)


@pytest.mark.parametrize(
    "request_details",
    [
        {"client": "192.0.2.7"},
        {"host": "evil.example"},  # a foreign host name that resolves to this address
        {"x_forwarded_for": "203.0.113.9"},
        {"forwarded": "for=203.0.113.9"},
    ],
)
def test_remote_client_may_not_write(workbench: Workbench, request_details: dict[str, str]) -> None:
    """Remote addresses, foreign host names and forwarded requests are not local."""
    assert not _may_write(workbench, **request_details)


@pytest.mark.parametrize(
    "settings", [{"proxies": ("127.0.0.1",)}, {"address": "https://desk.example"}, {"private": True}]
)
def test_public_server_grants_no_local_access(workbench: Workbench, settings: dict[str, object]) -> None:
    """With a proxy, a public address or a required login, local clients need an account too."""
    public = open_workbench(workbench.app.state.database.url, **settings)
    assert not _may_write(public)
    public.app.state.database.dispose()
