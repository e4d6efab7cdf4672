"""What `detente serve` prints before it serves: the database, and the address of the first account."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from detente.cli.first_visit import open_first_page, write_first_page
from detente.cli.main import cli
from detente.web.accounts.tokens import hash_token
from detente.web.config import ENVIRONMENT_VARIABLE, from_environment


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[dict[str, Any]]]:
    """The settings that the server would run with; nothing is prepared and nothing listens."""
    calls: list[dict[str, Any]] = []
    monkeypatch.delenv("DETENTE_DATABASE_URL", raising=False)
    for name, value in ((ENVIRONMENT_VARIABLE, ""), ("TMPDIR", str(tmp_path))):
        monkeypatch.setenv(name, value)  # the command changes them
    monkeypatch.setattr("detente.web.preparation.start_preparing", lambda: None)
    monkeypatch.setattr("detente.web.server.run_server", lambda *_a, **settings: calls.append(settings))
    before = os.umask(0o022)
    yield calls
    os.umask(before)


def _serve(folder: Path, *more: str) -> Result:
    arguments = ["serve", "--folder", str(folder), "--store", str(folder / "store"), *more]
    return CliRunner().invoke(cli, arguments, catch_exceptions=False)


def test_serve_prints_address_of_first_account(served: list[dict[str, Any]], tmp_path: Path) -> None:
    """Without accounts the address holds a token whose hash the workers know; with one there is none."""
    folder = tmp_path / "home"
    printed = _serve(folder, "--address", "https://desk.example.org/").stderr
    assert str(folder / "workbench.db") in printed
    (token,) = (word.rpartition("/")[2] for word in printed.split() if "/account/invitation/" in word)
    assert "https://desk.example.org/account/invitation/" in printed
    assert from_environment().first_account == hash_token(token)
    assert token not in os.environ[ENVIRONMENT_VARIABLE]
    typed = "four random words here\n" * 2
    assert CliRunner().invoke(cli, ["user", "add", "Ann", "--folder", str(folder)], input=typed).exit_code == 0
    assert "/account/invitation/" not in _serve(folder).stderr
    assert from_environment().first_account == ""
    assert len(served) == 2


def test_serve_passes_proxies_to_the_listener(served: list[dict[str, Any]], tmp_path: Path) -> None:
    """Connections of trusted proxies are not counted by address."""
    _serve(tmp_path / "home", "--proxy", "10.0.0.2")
    assert served[0]["proxies"] == ("10.0.0.2",)
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700


def test_serve_opens_browser_without_token(
    served: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the first start the browser gets a private file, since others can read its arguments; --no-browser opens nothing."""
    pages: list[Path] = []
    monkeypatch.setattr("detente.cli.first_visit.has_own_browser", lambda host: host == "127.0.0.1")
    monkeypatch.setattr("detente.cli.first_visit.open_first_page", lambda page, *_at: pages.append(page))
    folder = tmp_path / "home"
    printed = _serve(folder).stderr
    (address,) = (word for word in printed.split() if "/account/invitation/" in word)
    assert address in pages[0].read_text()
    assert pages[0].stat().st_mode & 0o777 == 0o600
    assert address.rpartition("/")[2] not in str(pages[0])
    _serve(folder, "--no-browser")
    _serve(folder, "--host", "0.0.0.0")
    assert len(pages) == 1


def test_first_page_opens_once_server_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser opens only after the port accepts connections, and the file is removed afterwards."""
    opened: list[str] = []
    monkeypatch.setattr("detente.cli.first_visit.webbrowser.open", opened.append)
    monkeypatch.setattr("detente.cli.first_visit.WAIT_S", 0.5)
    page = write_first_page(tmp_path, "http://127.0.0.1/account/invitation/t")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        thread = open_first_page(page, "127.0.0.1", listening.getsockname()[1])
        assert opened == []
        listening.listen()
        thread.join(timeout=10)
    assert opened == [page.as_uri()]
    assert not page.exists()
