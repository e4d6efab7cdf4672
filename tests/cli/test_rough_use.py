"""The command line under stress: full disks, closed pipes, markup in values, dates before the first event."""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from detente.cases.errors import AsOfOutOfRange, BadCase, UnknownCase
from detente.cli.main import cli
from detente.core.atomic_write import write_files
from detente.core.errors import CannotWrite, DetenteError
from support.command_line import run_main
from support.small_case import make_chronology, make_daily_lines, make_line, write_case_folder

RUN = [sys.executable, "-c", "from detente.cli.main import main; main()"]
FULL_DISK_BYTES = 2000
ON_A_FULL_DISK = [
    *RUN[:2],
    f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({FULL_DISK_BYTES},) * 2); {RUN[2]}",
]
NINTH = {"event_id": "DL-20250109-01", "date_start": "2025-01-09", "date_end": "2025-01-09"}
MEASURES = ("counts", "rates", "relation", "episodes", "crossings", "distance", "truces")
# Every command that reads a case and writes no file.
READING = [["case", "show"], ["case", "show", "--unassigned"], ["case", "show", "--set-aside"], ["events"], ["explain"],
           *(["measure", m] for m in MEASURES)]  # fmt: skip


@contextmanager
def full_disk() -> Iterator[None]:
    """Simulate a full disk: no file of this process can grow beyond 2 kB."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FULL_DISK_BYTES, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("command", READING, ids=" ".join)
@pytest.mark.parametrize("form", [[], ["--json"]], ids=["table", "json"])
@pytest.mark.parametrize("day", ["2021-08-15", "2021-11-01"])
def test_first_days_give_output_or_error(command: list[str], form: list[str], day: str) -> None:
    """On the first days of a case a command works or ends with exit code 6."""
    result = CliRunner().invoke(cli, [*command, "--as-of", day, *form])
    if result.exception:
        assert isinstance(result.exception, DetenteError)
        assert result.exception.exit_code == 6
    elif form:
        json.loads(result.stdout)


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_empty_chronology_gives_output_or_error(tmp_path: Path, command: list[str]) -> None:
    """A chronology without rows gives JSON or an error with exit code 6."""
    path = write_case_folder(tmp_path, make_chronology())
    result = CliRunner().invoke(cli, [*command[:2], str(path), *command[2:], "--json"] if command[0] in ("case", "measure")
                                else [*command, str(path), "--json"])  # fmt: skip
    if result.exception:
        assert isinstance(result.exception, DetenteError), repr(result.exception)
        assert result.exception.exit_code == 6
    else:
        json.loads(result.stdout)


@pytest.mark.parametrize("command", [*READING, ["brief"]], ids=" ".join)
def test_invalid_case_or_date_is_rejected(command: list[str], tmp_path: Path) -> None:
    """An unknown case, an invalid case file and an early date raise their own errors."""
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
def test_markup_in_value_is_printed_verbatim(tmp_path: Path, word: str) -> None:
    """Brackets and colons in a value are not markup."""
    path = write_case_folder(
        tmp_path,
        make_chronology(*make_daily_lines(2), make_line(**NINTH, disputed=word).replace("no,https", f"{word},https")),
    )
    result = CliRunner().invoke(cli, ["case", "show", str(path), "--set-aside"], catch_exceptions=False)
    assert f"value '{word}'" in result.stdout


@pytest.mark.parametrize("word", ["[/b]", "[bold]", ":warning:"])
def test_markup_in_summary_is_printed_verbatim(tmp_path: Path, word: str) -> None:
    """Brackets and colons in a summary are not markup."""
    path = write_case_folder(tmp_path, make_chronology(*make_daily_lines(2, summary=f"He said {word} twice.")))
    result = CliRunner().invoke(cli, ["events", str(path)], catch_exceptions=False)
    assert f"He said {word} twice." in " ".join(result.stdout.split())


def test_invalid_bytes_give_valid_json(tmp_path: Path) -> None:
    """A row with a byte that is not UTF-8 is reported in valid UTF-8 JSON."""
    bad = make_line(**NINTH).encode().replace(b"Bannu", b"Bann\xfa")
    path = write_case_folder(tmp_path, make_chronology(*make_daily_lines(2)) + bad + b"\n")
    result = run_main("case", "show", str(path), "--set-aside", "--json")
    assert result.code == 0
    (rejected,) = json.loads(result.stdout)
    assert rejected["row"] == 4
    assert "0xfa" in rejected["faults"][0]


@pytest.mark.parametrize("args", [["events", "--json"], ["events", "--limit", "800"]], ids=["json", "table"])
def test_closed_pipe_is_no_error(args: list[str]) -> None:
    """A reader that closes the pipe early causes no error."""
    with subprocess.Popen([*RUN, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as p:
        assert p.stdout is not None
        assert p.stderr is not None
        p.stdout.read(1)
        p.stdout.close()
        assert p.stderr.read() == b""
        assert p.wait(timeout=60) == 0


def test_write_files_replaces_all_or_none(tmp_path: Path) -> None:
    """If one file cannot be written, none is replaced."""
    (tmp_path / "brief.html").write_text("old")
    (tmp_path / "brief.md").mkdir()
    with pytest.raises(CannotWrite):
        write_files({"brief.html": b"new", "brief.md": b"new", "brief.json": b"new"}, tmp_path)
    assert (tmp_path / "brief.html").read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["brief.html", "brief.md"]


def test_full_disk_keeps_earlier_answer(tmp_path: Path) -> None:
    """A full disk leaves the earlier answer unchanged."""
    (tmp_path / "answer.md").write_text("old")
    command = [*ON_A_FULL_DISK, "brief", "--style", "answer", "--words", "900", "--out", str(tmp_path)]
    result = subprocess.run(command, capture_output=True, check=False)
    assert result.returncode == 7, result.stderr
    assert str(tmp_path).encode() in result.stderr
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("answer.md", "old")]


@pytest.mark.parametrize("form", ["json", "csv", "parquet"])
def test_full_disk_keeps_earlier_events(tmp_path: Path, form: str) -> None:
    """A full disk leaves the earlier export unchanged."""
    path = tmp_path / f"events.{form}"
    path.write_text("old")
    with full_disk():
        result = run_main("events", "--save", str(path))
    assert result.code == 7, result.stderr
    assert "--save" in result.stderr
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [(path.name, b"old")]


def test_failed_save_names_its_option(tmp_path: Path) -> None:
    """The error names --save, not --out."""
    result = CliRunner().invoke(cli, ["events", "--save", str(tmp_path / "no/where.json")])
    assert isinstance(result.exception, CannotWrite)
    assert result.exception.option == "--save"
    assert "--save" in str(result.exception)


@pytest.mark.parametrize("words", [160, 333])
def test_short_answer_keeps_word_limit(tmp_path: Path, words: int) -> None:
    """The short answer keeps its limit, and the number of words is printed."""
    args = ["brief", "--style", "answer", "--words", str(words), "--out", str(tmp_path)]
    result = CliRunner().invoke(cli, args, catch_exceptions=False)
    answer = json.loads((tmp_path / "answer.json").read_text(encoding="utf-8"))
    assert answer["limit"] == words
    body, _, references = answer["text"].partition("\n\nReferences\n")
    assert answer["words"] == len(body.split()) <= words
    assert references.startswith("[1] ")
    assert answer["text"] in (tmp_path / "answer.md").read_text(encoding="utf-8")
    assert f"({answer['words']} of {words} words)" in result.stdout


@pytest.mark.parametrize(
    "command",
    [
        "answer",
        "brief",
        "events",
        "explain",
        "case list",
        "case show",
        "case channels",
        *(f"measure {m}" for m in MEASURES),
    ],
)
def test_help_shows_each_command(command: str) -> None:
    """Every command appears in an example of its help or of its group's help."""
    words = command.split()
    helps = [CliRunner().invoke(cli, [*words[:n], "--help"]).output for n in range(1, len(words) + 1)]
    assert any(f"detente {command}" in text.split("Examples:")[-1] for text in helps if "Examples:" in text)


def test_limit_shows_newest_events() -> None:
    """--limit shows the newest events and the total."""
    events = json.loads(CliRunner().invoke(cli, ["events", "--channel", "clash", "--json"]).stdout)
    shown = CliRunner().invoke(cli, ["events", "--channel", "clash", "--limit", "3"]).stdout
    assert [e["id"] in shown for e in events] == [False] * (len(events) - 3) + [True] * 3
    assert f"{len(events)} of" in shown
