"""`detente ingest` and `detente data` as a person meets them."""

import json
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

DATA = ("list", "add", "remove", "verify", "history", "diff", "set-aside", "clear")


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


def test_an_ingested_file_is_listed_with_where_its_rows_went(store: Path, file: Path) -> None:
    told = json.loads(run("ingest", str(file), "--json", store=store).stdout)["files"]
    assert [(t["what"], t["rows"], t["events"], t["set_aside"]) for t in told] == [("added", 4, 3, 1)]
    (kept,) = json.loads(run("data", "list", "--json", store=store).stdout)["releases"]
    assert (kept["name"], kept["rows"], kept["events"], kept["set_aside"]) == ("chronology/events.csv", 4, 3, 1)
    (aside,) = json.loads(run("data", "set-aside", "--json", store=store).stdout)
    assert (aside["row"], aside["column"], aside["value"]) == (5, "deaths_best", "many")


def test_the_day_it_became_known_is_kept_when_told(store: Path, file: Path) -> None:
    run("data", "add", str(file), "--known-on", "2026-02-20", store=store)
    assert str(open_version(store).releases()[0].known_on) == "2026-02-20"


def test_a_file_that_fails_does_not_stop_the_others_and_gives_its_code(store: Path, file: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    result = run("ingest", str(tmp_path / "empty.csv"), str(file), "--json", store=store)
    assert result.exit_code == 5
    assert [f["what"] for f in json.loads(result.stdout)["files"]] == ["failed", "added"]
    assert "empty.csv is empty" in result.stderr


def test_verify_ends_well_on_a_sound_store_and_with_its_code_on_a_damaged_one(store: Path) -> None:
    add_release(store, make_release(5, 2))
    result = run("data", "verify", store=store)
    assert result.exit_code == 0
    assert "7 rows = 5 events + 0 merged + 2 set aside" in result.stdout
    file = open_version(store).files[0].path
    file.write_bytes(file.read_bytes()[:-1])
    result = run("data", "verify", store=store)
    assert isinstance(result.exception, CorruptStore)
    assert "made/A" in result.stdout


def test_a_change_between_releases_is_told_in_words_and_in_json(store: Path) -> None:
    add_release(store, make_release(3))
    add_release(store, make_release(2, release="B"))
    result = run("data", "diff", "A", "B", store=store)
    assert "2 events came, 3 went, 0 changed, 0 stayed the same" in result.stdout
    assert json.loads(run("data", "diff", "A", "B", "--json", store=store).stdout)["came"] == ["B-0", "B-1"]


def test_a_removed_release_is_named_and_still_readable_at_the_version_before(store: Path) -> None:
    add_release(store, make_release(3))
    result = run("data", "remove", "A", store=store)
    assert "made/A removed in version 2; version 1 still holds it" in result.stdout
    told = json.loads(run("data", "list", "--version", "1", "--json", store=store).stdout)
    assert [r["name"] for r in told["releases"]] == ["made/A"]
    assert isinstance(run("data", "remove", "A", store=store).exception, UnknownRelease)


@pytest.mark.parametrize(
    "args", [["list"], ["verify"], ["history"], ["remove", "A"], ["diff", "A", "B"], ["set-aside"], ["clear"]]
)
def test_without_a_store_each_command_says_how_to_make_one(store: Path, args: list[str]) -> None:
    error = run("data", *args, store=store).exception
    assert isinstance(error, NoStore)
    assert "detente ingest FILE" in str(error)
    assert not store.exists()


def test_the_option_names_the_place_before_the_environment_does(store: Path, tmp_path: Path) -> None:
    add_release(tmp_path / "other", make_release(3))
    told = json.loads(run("data", "list", "--store", str(tmp_path / "other"), "--json", store=store).stdout)
    assert [r["name"] for r in told["releases"]] == ["made/A"]


def test_where_nobody_says_the_store_lives_in_the_users_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DETENTE_STORE", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", "/data/of/mine")
    assert default_store_path().parts[-2:] == ("detente", "store")


@pytest.mark.parametrize("command", DATA)
def test_every_command_of_the_store_stands_in_an_example(command: str) -> None:
    helps = [CliRunner().invoke(cli, ["data", *more, "--help"]).output for more in ([], [command])]
    assert any(f"detente data {command}" in text for text in helps)
