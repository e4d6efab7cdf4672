"""The command line in rough use: full disks, closed pipes, brackets in words, days before anything happened."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from detente.brief.render.files import write
from detente.cases.errors import AsOfOutOfRange, BadCase, UnknownCase
from detente.cli.main import cli
from detente.core.errors import CannotWrite, DetenteError
from support.small_case import make_chronology, make_daily_lines, make_line, write_case_folder

RUN = [sys.executable, "-c", "from detente.cli.main import main; main()"]
# As on a full disk: no file grows beyond 2 kB.
ON_A_FULL_DISK = [*RUN[:2], f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)); {RUN[2]}"]
ninth = {"event_id": "DL-20250109-01", "date_start": "2025-01-09", "date_end": "2025-01-09"}
MEASURES = ("counts", "rates", "relation", "episodes", "crossings", "distance", "truces")
# Every command that reads a case and writes nothing.
READING = [["case", "show"], ["case", "show", "--unassigned"], ["case", "show", "--set-aside"], ["events"], ["explain"],
           *(["measure", m] for m in MEASURES)]  # fmt: skip


def run(*args: str, program: list[str] = RUN) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*program, *args], capture_output=True, check=False)


@pytest.mark.parametrize("command", READING, ids=" ".join)
@pytest.mark.parametrize("form", [[], ["--json"]], ids=["table", "json"])
@pytest.mark.parametrize("day", ["2021-08-15", "2021-11-01"])
def test_on_the_first_days_a_command_answers_or_says_why_it_cannot(
    command: list[str], form: list[str], day: str
) -> None:
    result = CliRunner().invoke(cli, [*command, "--as-of", day, *form])
    if result.exception:
        assert isinstance(result.exception, DetenteError)
        assert result.exception.exit_code == 6
    elif form:
        json.loads(result.stdout)


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_a_chronology_without_a_row_is_answered_or_refused_but_breaks_nothing(
    tmp_path: Path, command: list[str]
) -> None:
    path = write_case_folder(tmp_path, make_chronology())
    result = CliRunner().invoke(cli, [*command[:2], str(path), *command[2:], "--json"] if command[0] in ("case", "measure")
                                else [*command, str(path), "--json"])  # fmt: skip
    if result.exception:
        assert isinstance(result.exception, DetenteError), repr(result.exception)
        assert result.exception.exit_code == 6
    else:
        json.loads(result.stdout)


@pytest.mark.parametrize("command", [*READING, ["brief"]], ids=" ".join)
def test_each_command_refuses_an_unknown_case_a_bad_one_and_a_day_too_early(command: list[str], tmp_path: Path) -> None:
    name, options = (command[:2], command[2:]) if command[0] in ("case", "measure") else (command, [])
    bad = tmp_path / "bad.toml"
    bad.write_text("id = 3\n")
    for case, extra, error in (
        ("pakistan-afganistan", [], UnknownCase),
        (str(bad), [], BadCase),
        ("pakistan-afghanistan", ["--as-of", "2021-08-14"], AsOfOutOfRange),
    ):
        result = CliRunner().invoke(cli, [*name, case, *options, *extra])
        assert isinstance(result.exception, error), result.exception


@pytest.mark.parametrize("word", ["[/b]", "[bold]", "[link=x]", ":warning:"])
def test_a_value_with_brackets_is_shown_as_it_stands_and_not_taken_for_style(tmp_path: Path, word: str) -> None:
    path = write_case_folder(
        tmp_path,
        make_chronology(*make_daily_lines(2), make_line(**ninth, disputed=word).replace("no,https", f"{word},https")),
    )
    result = CliRunner().invoke(cli, ["case", "show", str(path), "--set-aside"], catch_exceptions=False)
    assert f"value '{word}'" in result.stdout


@pytest.mark.parametrize("word", ["[/b]", "[bold]", ":warning:"])
def test_a_summary_with_brackets_is_listed_as_it_was_written(tmp_path: Path, word: str) -> None:
    path = write_case_folder(tmp_path, make_chronology(*make_daily_lines(2, summary=f"He said {word} twice.")))
    result = CliRunner().invoke(cli, ["events", str(path)], catch_exceptions=False)
    assert f"He said {word} twice." in " ".join(result.stdout.split())


def test_rows_with_bytes_that_are_no_utf8_are_told_in_json_that_is_utf8(tmp_path: Path) -> None:
    bad = make_line(**ninth).encode().replace(b"Bannu", b"Bann\xfa")
    path = write_case_folder(tmp_path, make_chronology(*make_daily_lines(2)) + bad + b"\n")
    result = run("case", "show", str(path), "--set-aside", "--json")
    assert result.returncode == 0
    (told,) = json.loads(result.stdout.decode("utf-8"))
    assert told["row"] == 4
    assert "0xfa" in told["faults"][0]


@pytest.mark.parametrize("args", [["events", "--json"], ["events", "--limit", "800"]], ids=["json", "table"])
def test_a_reader_who_has_seen_enough_is_no_error(args: list[str]) -> None:
    with subprocess.Popen([*RUN, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as p:
        assert p.stdout is not None
        assert p.stderr is not None
        p.stdout.read(1)
        p.stdout.close()
        assert p.stderr.read() == b""
        assert p.wait(timeout=60) == 0


def test_forms_are_replaced_all_or_none(tmp_path: Path) -> None:
    (tmp_path / "brief.html").write_text("old")
    (tmp_path / "brief.md").mkdir()
    with pytest.raises(CannotWrite, match="Nothing was changed"):
        write({"brief.html": b"new", "brief.md": b"new", "brief.json": b"new"}, tmp_path)
    assert (tmp_path / "brief.html").read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["brief.html", "brief.md"]


def test_a_disk_that_fills_up_leaves_the_earlier_answer_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "answer.md").write_text("old")
    result = run("brief", "--style", "answer", "--words", "900", "--out", str(tmp_path), program=ON_A_FULL_DISK)
    assert result.returncode == 7, result.stderr
    assert b"Cannot write" in result.stderr
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("answer.md", "old")]


@pytest.mark.parametrize("form", ["json", "csv", "parquet"])
def test_a_disk_that_fills_up_leaves_the_earlier_events_as_they_were(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"events.{form}"
    path.write_text("old")
    result = run("events", "--save", str(path), program=ON_A_FULL_DISK)
    assert result.returncode == 7, result.stderr
    assert b"Nothing was changed" in result.stderr
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [(path.name, b"old")]


def test_a_failed_save_names_the_option_that_was_used(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["events", "--save", str(tmp_path / "no/where.json")])
    assert isinstance(result.exception, CannotWrite)
    assert "--out" not in str(result.exception)
    assert "--save" in str(result.exception)


@pytest.mark.parametrize("words", [160, 333])
def test_the_answer_that_is_written_keeps_the_limit_and_says_how_long_it_is(tmp_path: Path, words: int) -> None:
    args = ["brief", "--style", "answer", "--words", str(words), "--out", str(tmp_path)]
    result = CliRunner().invoke(cli, args, catch_exceptions=False)
    told = json.loads((tmp_path / "answer.json").read_text(encoding="utf-8"))
    assert told["limit"] == words
    assert told["words"] == len(told["text"].split()) <= words
    assert told["text"] in (tmp_path / "answer.md").read_text(encoding="utf-8")
    assert f"({told['words']} words of {words})" in result.stdout


def leaves() -> list[str]:
    return [
        "answer",
        "brief",
        "events",
        "explain",
        "case list",
        "case show",
        "case channels",
        *(f"measure {m}" for m in MEASURES),
    ]


@pytest.mark.parametrize("command", leaves())
def test_every_command_stands_in_an_example_of_its_help_or_of_its_groups(command: str) -> None:
    words = command.split()
    helps = [CliRunner().invoke(cli, [*words[:n], "--help"]).output for n in range(1, len(words) + 1)]
    assert any(f"detente {command}" in text.split("Examples:")[-1] for text in helps if "Examples:" in text)


def test_a_limit_shows_the_newest_events_and_says_how_many_there_are() -> None:
    every = json.loads(CliRunner().invoke(cli, ["events", "--channel", "clash", "--json"]).stdout)
    shown = CliRunner().invoke(cli, ["events", "--channel", "clash", "--limit", "3"]).stdout
    assert [e["id"] in shown for e in every] == [False] * (len(every) - 3) + [True] * 3
    assert f"{len(every)} of" in shown
