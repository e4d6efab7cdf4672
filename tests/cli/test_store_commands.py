"""`detente ingest` and `detente store`."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from detente.cli.main import cli
from detente.store.errors import CorruptStore, NoStore, UnknownRelease
from detente.store.paths import default_store_path
from detente.store.snapshot import open_version
from detente.store.writer import add_release
from support.releases import make_release
from support.small_case import make_chronology, make_daily_lines, make_line

COMMANDS = ("list", "add", "match", "remove", "verify", "history", "diff", "set-aside", "clear")


def run(*args: str, store: Path) -> Result:
    return CliRunner().invoke(cli, [*args], env={"DETENTE_STORE": str(store)})


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    bad = make_line(event_id="DL-20250109-01", date_start="2025-01-09", date_end="2025-01-09", deaths_best="many")
    path = tmp_path / "events.csv"
    path.write_bytes(make_chronology(*make_daily_lines(3), bad))
    return path


def test_list_accounts_for_every_row(store: Path, file: Path) -> None:
    """Events and rejected rows of an ingested file add up to its rows."""
    files = json.loads(run("ingest", str(file), "--json", store=store).stdout)["files"]
    assert [(f["what"], f["rows"], f["events"], f["set_aside"]) for f in files] == [("added", 4, 3, 1)]
    (release,) = json.loads(run("store", "list", "--json", store=store).stdout)["releases"]
    assert (release["name"], release["rows"], release["events"], release["set_aside"]) == (
        "chronology/events.csv",
        4,
        3,
        1,
    )
    (rejected,) = json.loads(run("store", "set-aside", "--json", store=store).stdout)
    assert (rejected["row"], rejected["column"], rejected["value"]) == (5, "deaths_best", "many")


def test_add_stores_known_on(store: Path, file: Path) -> None:
    """--known-on sets the publication date of the release."""
    run("store", "add", str(file), "--known-on", "2026-02-20", store=store)
    assert str(open_version(store).releases()[0].known_on) == "2026-02-20"


def test_ingest_continues_after_failed_file(store: Path, file: Path, tmp_path: Path) -> None:
    """The other files are added, and the exit code is that of the failure."""
    (tmp_path / "empty.csv").write_bytes(b"")
    result = run("ingest", str(tmp_path / "empty.csv"), str(file), "--json", store=store)
    assert result.exit_code == 5
    assert [f["what"] for f in json.loads(result.stdout)["files"]] == ["failed", "added"]
    assert "empty.csv" in result.stderr


def test_verify_detects_damaged_file(store: Path) -> None:
    """A sound store verifies; a truncated file raises CorruptStore."""
    add_release(store, make_release(5, 2))
    result = run("store", "verify", "--json", store=store)
    assert result.exit_code == 0
    account = json.loads(result.stdout)
    assert (account["rows"], account["events"], account["merged"], account["set_aside"]) == (7, 5, 0, 2)
    assert account["problems"] == []
    assert run("store", "verify", store=store).exit_code == 0
    file = open_version(store).files[0].path
    file.write_bytes(file.read_bytes()[:-1])
    result = run("store", "verify", store=store)
    assert isinstance(result.exception, CorruptStore)
    assert result.exception.exit_code == 5
    assert "made/A" in result.stdout


def test_diff_counts_added_and_removed(store: Path) -> None:
    """Text and JSON agree on the events added and removed."""
    add_release(store, make_release(3))
    add_release(store, make_release(2, release="B"))
    text = run("store", "diff", "A", "B", store=store).stdout
    assert re.findall(r"(\d+) (?:events )?(\w+)", text.splitlines()[0]) == [
        ("2", "added"), ("3", "removed"), ("0", "changed"), ("0", "unchanged"),
    ]  # fmt: skip
    data = json.loads(run("store", "diff", "A", "B", "--json", store=store).stdout)
    assert data["came"] == ["B-0", "B-1"]
    assert (len(data["went"]), data["changed"], data["same"]) == (3, [], 0)


def test_remove_keeps_earlier_version(store: Path) -> None:
    """An earlier version still lists a removed release; removing it twice fails."""
    add_release(store, make_release(3))
    data = json.loads(run("store", "remove", "A", "--json", store=store).stdout)
    assert (data["release"], data["version"]) == ("made/A", 2)
    data = json.loads(run("store", "list", "--version", "1", "--json", store=store).stdout)
    assert [r["name"] for r in data["releases"]] == ["made/A"]
    assert isinstance(run("store", "remove", "A", store=store).exception, UnknownRelease)


@pytest.mark.parametrize(
    "args", [["list"], ["verify"], ["history"], ["remove", "A"], ["diff", "A", "B"], ["set-aside"], ["clear"]]
)
def test_commands_reject_missing_store(store: Path, args: list[str]) -> None:
    """Each command raises NoStore and creates nothing."""
    error = run("store", *args, store=store).exception
    assert isinstance(error, NoStore)
    assert error.exit_code == 3
    assert not store.exists()


def test_store_option_overrides_environment(store: Path, tmp_path: Path) -> None:
    """--store takes precedence over DETENTE_STORE."""
    add_release(tmp_path / "other", make_release(3))
    data = json.loads(run("store", "list", "--store", str(tmp_path / "other"), "--json", store=store).stdout)
    assert [r["name"] for r in data["releases"]] == ["made/A"]


def test_store_path_defaults_to_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without DETENTE_STORE the store is in the user's data folder."""
    monkeypatch.delenv("DETENTE_STORE", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", "/data/of/mine")
    assert default_store_path().parts[-2:] == ("detente", "store")


@pytest.mark.parametrize("command", COMMANDS)
def test_store_help_shows_each_command(command: str) -> None:
    """Every store command appears in an example of a help text."""
    helps = [CliRunner().invoke(cli, ["store", *more, "--help"]).output for more in ([], [command])]
    assert any(f"detente store {command}" in text for text in helps)


@pytest.mark.parametrize(
    ("old", "new"), [(["data", "list"], ["store", "list"]), (["data", "same", "--help"], ["store", "match", "--help"])]
)
def test_data_alias_runs_store_command(store: Path, old: list[str], new: list[str]) -> None:
    """`detente data` is deprecated: it runs `detente store` and says so in one line on standard error."""
    add_release(store, make_release(3))
    before, after = run(*old, store=store), run(*new, store=store)
    assert (before.exit_code, before.stdout) == (0, after.stdout)
    assert len(before.stderr.splitlines()) == 1
    assert f"`detente {' '.join(new[:1] if new[1] == 'list' else new[:2])}`" in before.stderr
    assert after.stderr == ""


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--engine", "spark", "--spark-conf", "spark.executor.memory"], "spark.executor.memory"),
        (["--engine", "spark", "--spark-conf", "memory=4g"], "memory"),
        (["--master", "local[2]"], "--engine spark"),
        (["--engine", "duckdb", "--spark-conf", "spark.executor.memory=4g"], "--engine spark"),
    ],
)
def test_unusable_spark_options_are_rejected(store: Path, options: list[str], named: str) -> None:
    """A setting without a value, one that is not Spark's, and Spark's options without Spark are named."""
    add_release(store, make_release(3))
    result = run("measure", "counts", *options, "--store", str(store), store=store)
    assert result.exit_code != 0
    assert named in result.output + str(result.exception)
