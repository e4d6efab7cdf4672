"""On one's own machine one may do what accounts may, until there is an account; nobody else ever."""

import pytest
from starlette.requests import Request

from detente.web.accounts.local_access import may_write
from support.comments_workbench import Workbench, open_workbench


def _asks(workbench: Workbench, client: str = "127.0.0.1", host: str = "127.0.0.1:8000", **headers: str) -> bool:
    lines = [(k.replace("_", "-").encode(), v.encode()) for k, v in {"host": host, **headers}.items()]
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "headers": lines,
        "client": (client, 1),
        "app": workbench.app,
        "state": {},
    }
    return may_write(Request(scope))


def test_who_sits_before_the_machine_may_write_until_there_is_an_account(workbench: Workbench) -> None:
    assert _asks(workbench)
    assert _asks(workbench, client="::1", host="localhost")
    workbench.account("Ann")
    assert not _asks(workbench)


@pytest.mark.parametrize(
    "asked",
    [
        {"client": "192.0.2.7"},
        {"host": "evil.example"},  # a name of somebody else that leads here
        {"x_forwarded_for": "203.0.113.9"},
        {"forwarded": "for=203.0.113.9"},
    ],
)
def test_who_comes_from_elsewhere_may_not(workbench: Workbench, asked: dict[str, str]) -> None:
    assert not _asks(workbench, **asked)


@pytest.mark.parametrize(
    "settings", [{"proxies": ("127.0.0.1",)}, {"address": "https://desk.example"}, {"private": True}]
)
def test_a_workbench_that_others_can_reach_is_nobodys_own(workbench: Workbench, settings: dict[str, object]) -> None:
    reached = open_workbench(workbench.app.state.database.url, **settings)
    assert not _asks(reached)
    reached.app.state.database.dispose()
