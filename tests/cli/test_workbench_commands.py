"""Accounts and the database from the command line; a password is asked for and never an argument."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from detente.cli.main import cli
from detente.core.errors import DetenteError
from detente.web.accounts.errors import NameTaken, NoAccount, WeakPassword
from detente.web.db.errors import BadDatabaseUrl, DatabaseUnreachable

WORDS = "four random words here\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one's own, and no database named elsewhere."""
    monkeypatch.delenv("DETENTE_DATABASE_URL", raising=False)
    return tmp_path / "kept"


def _run(folder: Path, *args: str, typed: str = "") -> Result:
    group, *rest = args
    return CliRunner().invoke(cli, [group, "--folder", str(folder), *rest], input=typed, catch_exceptions=True)


def _refused(result: Result, kind: type[DetenteError]) -> str:
    assert isinstance(result.exception, kind), result.output
    return str(result.exception)


def test_an_account_is_made_listed_promoted_and_disabled(folder: Path) -> None:
    done = _run(folder, "user", "add", "Ann", "--json", typed=WORDS * 2)
    assert json.loads(done.stdout) == {"name": "Ann", "role": "reader"}
    assert "four random" not in done.output
    assert _run(folder, "user", "moderator", "ann").output == "Ann is a moderator.\n"
    assert "no more" in _run(folder, "user", "disable", "ANN").output
    (ann,) = json.loads(_run(folder, "user", "list", "--json").stdout)
    assert (ann["name"], ann["role"], ann["disabled"] is not None) == ("Ann", "moderator", True)
    assert "password" not in ann
    assert "again" in _run(folder, "user", "disable", "Ann", "--not").output
    assert "new password" in _run(folder, "user", "password", "Ann", typed="another four words\n" * 2).output
    assert "Ann" in _run(folder, "user", "list").output


def test_an_account_is_refused_with_the_reason(folder: Path) -> None:
    assert "9 characters" in _refused(_run(folder, "user", "add", "Ann", typed="too short\n" * 2), WeakPassword)
    _run(folder, "user", "add", "Ann", typed=WORDS * 2)
    assert "as 'Ann'" in _refused(_run(folder, "user", "add", "ANN", typed=WORDS * 2), NameTaken)
    assert "Nearest: 'Ann'" in _refused(_run(folder, "user", "disable", "Anne"), NoAccount)


def test_a_password_cannot_be_an_argument(folder: Path) -> None:
    assert _run(folder, "user", "add", "Ann", "four random words here").exit_code == 2
    assert "--password" not in _run(folder, "user", "add", "--help").output


def test_an_invitations_link_is_all_that_stands_on_standard_output(folder: Path) -> None:
    done = _run(folder, "user", "invite", "--address", "https://desk.example.org/")
    assert done.stdout.startswith("https://desk.example.org/account/invitation/")
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize("address", ["mysql://ann:secret@x/y", "no address:secret", "sqlite://", "sqlite:///:memory:"])
def test_an_address_that_cannot_be_used_is_refused_without_repeating_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("DETENTE_DATABASE_URL", address)
    assert "secret" not in _refused(_run(folder, "user", "list"), BadDatabaseUrl)


@pytest.mark.parametrize(
    "address", ["postgresql://ann:secret@127.0.0.1:1/x", "sqlite:////proc/nowhere/w.db", "sqlite:////dev/null/w.db"]
)
def test_a_database_that_does_not_answer_is_told_without_its_password(
    folder: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("DETENTE_DATABASE_URL", address)
    told = _refused(_run(folder, "user", "list"), DatabaseUnreachable)
    assert "secret" not in told
    assert "cannot be used" in told
