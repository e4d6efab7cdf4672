"""What `detente serve` prints before it serves: the database, and the address of the first account."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

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
