"""A workbench with given subjects of comments, so that no case must be prepared."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from argon2 import PasswordHasher
from httpx2 import Response
from sqlalchemy import URL
from starlette.applications import Starlette
from starlette.testclient import TestClient

from detente.web.accounts import password as passwords
from detente.web.accounts.account import Role, UserAccount, create_account
from detente.web.app import create_app
from detente.web.comments.subjects import CaseSubjects
from detente.web.config import ServerConfig
from detente.web.db.engine import write_transaction

CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "four random words here"
CASE = "border"
SUBJECTS = {
    CASE: CaseSubjects(
        "Two states and a border",
        {
            "brief": {"brief": "How do the clashes matter?"},
            "claim": {"trust": "Trust collapsed", "safe_haven": "Shelter across the border"},
            "point": {"trust": "Trust collapsed"},
            "event": {"E-1": "9 October 2025, Kabul: an air strike"},
        },
    )
}


@dataclass
class BrowserClient:
    """A browser without JavaScript that keeps cookies, sends forms and follows no redirects."""

    app: Starlette
    base: str = "http://desk.example"
    headers: dict[str, str] = field(default_factory=dict)
    client_address: tuple[str, int] = ("192.0.2.7", 4711)

    def __post_init__(self) -> None:
        self.client = TestClient(
            self.app, base_url=self.base, raise_server_exceptions=False, follow_redirects=False,
            client=self.client_address, headers={"sec-fetch-site": "same-origin", **self.headers},
        )  # fmt: skip

    def get(self, address: str) -> Response:
        return self.client.get(address)

    def send(self, address: str, **form: str) -> Response:
        """Send a form to `address`."""
        return self.client.post(address, data=form)

    def login(self, name: str, password: str = PASSWORD) -> Response:
        return self.send("/account/login", name=name, password=password, then="/comments")

    def say(self, body: str, kind: str = "claim", key: str = "trust", **more: str) -> int:
        """Post a comment and return its number."""
        response = self.send("/comments", case=CASE, kind=kind, key=key, body=body, **more)
        assert response.status_code == 303, unescape(response.text)
        return int(response.headers["location"].rpartition("-")[2])

    def data(self, address: str) -> Any:
        """Return the page of a JSON response."""
        return self.get(address).json()["page"]


@dataclass
class Workbench:
    """A server application and its readers."""

    app: Starlette

    def account(self, name: str, role: Role = "reader") -> UserAccount:
        with write_transaction(self.app.state.database) as c:
            return create_account(c, name, PASSWORD, now=datetime.now(UTC), role=role)

    def reader(self, name: str = "", role: Role = "reader", **more: Any) -> BrowserClient:
        """Return a browser. With a name, create that account and log in."""
        browser = BrowserClient(self.app, **more)
        if name:
            self.account(name, role)
            assert browser.login(name).status_code == 303
        return browser


def open_workbench(url: URL, **settings: Any) -> Workbench:
    """Start the workbench on this database."""
    named = {"host_names": ("*",), **settings}
    app = create_app(ServerConfig(database=url.render_as_string(hide_password=False), **named), {})
    app.state.subjects = SUBJECTS
    return Workbench(app)


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make password hashes cheap in every test. `test_accounts.py` restores their full cost where it is under test."""
    monkeypatch.setattr(passwords, "HASHER", CHEAP_HASHER)


@pytest.fixture
def workbench(migrated_url: URL) -> Iterator[Workbench]:
    """The workbench, once on each database."""
    opened = open_workbench(migrated_url)
    yield opened
    opened.app.state.database.dispose()
