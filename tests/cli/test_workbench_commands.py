"""Accounts and the database from the command line."""

import json
from pathlib import Path
from typing import TypeVar

import pytest
from click.testing import CliRunner, Result

from detente.cli.main import cli
from detente.core.errors import DetenteError
from detente.web.accounts.errors import NameTaken, NoAccount, WeakPassword
from detente.web.db.errors import BadDatabaseUrl, DatabaseUnreachable

E = TypeVar("E", bound=DetenteError)
WORDS = "four random words here\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, and no database in the environment."""
    monkeypatch.delenv("DETENTE_DATABASE_URL", raising=False)
    return tmp_path / "workbench"


def _run(folder: Path, *args: str, typed: str = "") -> Result:
    return CliRunner().invoke(cli, [*args, "--folder", str(folder)], input=typed, catch_exceptions=True)


def _get_error(result: Result, kind: type[E]) -> E:
    assert isinstance(result.exception, kind), result.output
    return result.exception


def test_account_lifecycle(folder: Path) -> None:
    """An account is created, promoted, disabled, enabled and given a new password."""
    done = _run(folder, "user", "add", "Ann", "--json", typed=WORDS * 2)
    assert json.loads(done.stdout) == {"name": "Ann", "role": "reader"}
    assert "four random" not in done.output
    assert _run(folder, "user", "moderator", "ann").stdout == "Ann is a moderator.\n"
    assert json.loads(_run(folder, "user", "disable", "ANN", "--json").stdout) == {"name": "Ann", "disabled": True}
    (ann,) = json.loads(_run(folder, "user", "list", "--json").stdout)
    assert (ann["name"], ann["role"], ann["disabled"] is not None) == ("Ann", "moderator", True)
    assert "password" not in ann
    enabled = _run(folder, "user", "disable", "Ann", "--not", "--json")
    assert json.loads(enabled.stdout) == {"name": "Ann", "disabled": False}
    changed = _run(folder, "user", "password", "Ann", "--json", typed="another four words\n" * 2)
    assert json.loads(changed.stdout) == {"name": "Ann", "changed": True}
    assert "Ann" in _run(folder, "user", "list").output


def test_user_commands_name_their_database(folder: Path) -> None:
    """Each command says once which database it uses, on standard error."""
    for args, typed in ((["list"], ""), (["add", "Ann"], WORDS * 2), (["password", "Ann"], "another four words\n" * 2)):
        result = _run(folder, "user", *args, typed=typed)
        assert result.stderr.count(str(folder / "workbench.db")) == 1


def test_invalid_account_is_rejected(folder: Path) -> None:
    """Weak passwords, taken names and unknown accounts are rejected with the facts."""
    weak = _get_error(_run(folder, "user", "add", "Ann", typed="too short\n" * 2), WeakPassword)
    assert "9" in weak.why
    _run(folder, "user", "add", "Ann", typed=WORDS * 2)
    assert _get_error(_run(folder, "user", "add", "ANN", typed=WORDS * 2), NameTaken).taken == "Ann"
    assert _get_error(_run(folder, "user", "disable", "Anne"), NoAccount).near == ["Ann"]


def test_password_is_never_an_argument(folder: Path) -> None:
    """No argument or option takes a password."""
    assert _run(folder, "user", "add", "Ann", "four random words here").exit_code == 2
    assert "--password" not in _run(folder, "user", "add", "--help").output


def test_invite_prints_only_the_link(folder: Path) -> None:
    """Standard output holds the link alone."""
    done = _run(folder, "user", "invite", "--address", "https://desk.example.org/")
    assert done.stdout.startswith("https://desk.example.org/account/invitation/")
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize("address", ["mysql://ann:secret@x/y", "no address:secret", "sqlite://", "sqlite:///:memory:"])
def test_bad_database_url_is_not_repeated(folder: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """The error does not repeat the address, which may hold a password."""
    monkeypatch.setenv("DETENTE_DATABASE_URL", address)
    assert "secret" not in str(_get_error(_run(folder, "user", "list"), BadDatabaseUrl))


@pytest.mark.parametrize(
    "address", ["postgresql://ann:secret@127.0.0.1:1/x", "sqlite:////proc/nowhere/w.db", "sqlite:////dev/null/w.db"]
)
def test_unreachable_database_hides_password(folder: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """The error shows the address without its password."""
    monkeypatch.setenv("DETENTE_DATABASE_URL", address)
    error = _get_error(_run(folder, "user", "list"), DatabaseUnreachable)
    assert error.exit_code == 10
    assert "secret" not in f"{error} {error.url} {error.why}"


def test_folder_option_before_or_after_subcommand(folder: Path, tmp_path: Path) -> None:
    """--folder works in both places, and the subcommand's own takes precedence."""
    _run(folder, "user", "add", "Ann", typed=WORDS * 2)
    other = str(tmp_path / "other")
    for args, names in (
        (["--folder", str(folder), "list"], ["Ann"]),
        (["--folder", other, "list", "--folder", str(folder)], ["Ann"]),
        (["--folder", other, "list"], []),
    ):
        result = CliRunner().invoke(cli, ["user", *args, "--json"], catch_exceptions=False)
        assert [a["name"] for a in json.loads(result.stdout)] == names
