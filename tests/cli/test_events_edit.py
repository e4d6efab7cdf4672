"""`detente events add | edit | retract | restore | accept | refuse | import | log`."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from detente.cli.main import cli
from detente.core.errors import DetenteError

OLD = "DL-20251009-01"
ADD = (
    "add", "--day", "2026-11-05", "--place", "Bannu", "--actor", "TTP", "--towards", "PAK", "--type", "ASSAULT", "--mode", "explosives",
    "--context", "terrorism", "--deaths", "3", "--summary", "A bomb, made for a test.", "--source", "https://example.org/1",
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> str:
    """The path of a store that does not exist yet."""
    return str(tmp_path / "store")


def run(store: str, *args: str, by: str = "Ann") -> Result:
    """Run a subcommand of `detente events` on a store."""
    named = () if args[0] in ("log", "list") else ("--by", by)
    return CliRunner().invoke(cli, ["events", *args, "--store", store, *named])


def data(store: str, *args: str, by: str = "Ann") -> Any:
    """The JSON of a subcommand that succeeds."""
    result = run(store, *args, "--json", by=by)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_events_without_subcommand_lists(store: str) -> None:
    """`detente events` with filters lists, as `detente events list` does."""
    filters = ("--channel", "strike", "--from", "2025-10-01", "--json")
    plain = CliRunner().invoke(cli, ["events", *filters])
    named = CliRunner().invoke(cli, ["events", "list", "pakistan-afghanistan", *filters])
    assert plain.exit_code == named.exit_code == 0
    assert json.loads(plain.stdout) == json.loads(named.stdout) != []


def test_added_event_is_listed(store: str) -> None:
    """An added event is in the list; place, province and country follow from its name."""
    entry = data(store, *ADD)
    (event,) = data(store, "list", "pakistan-afghanistan", "--from", "2026-10-01")
    assert event["id"] == entry["event"] == "NT-20261105-01"
    assert (event["country"], event["province"], event["geo_precision"]) == ("PAK", "Khyber Pakhtunkhwa", "place")
    assert (event["deaths_best"], event["deaths_low"]) == (3, None)


def test_dry_run_saves_nothing(store: str) -> None:
    """--dry-run says what would change and leaves no journal."""
    preview = data(store, *ADD, "--dry-run")
    assert preview["channel"] == "attack"
    assert not Path(f"{store}-notes").exists()


def test_edit_changes_given_values_only(store: str) -> None:
    """Values that are not given stay; an empty one becomes unknown."""
    data(store, "edit", OLD, "--deaths-high", "12", "--reason", "Corrected.")
    (event,) = [e for e in data(store, "list", "--from", "2025-10-09", "--to", "2025-10-09") if e["id"] == OLD]
    assert event["deaths_high"] == 12
    data(store, "edit", OLD, "--deaths-high", "", "--reason", "No report says so.")
    (event,) = [e for e in data(store, "list", "--from", "2025-10-09", "--to", "2025-10-09") if e["id"] == OLD]
    assert event["deaths_high"] is None


def test_log_tells_author_and_difference(store: str) -> None:
    """The log has every change, newest first, with author, reason and values."""
    data(store, *ADD)
    data(store, "edit", OLD, "--deaths-high", "12", "--reason", "Corrected.", by="Ben")
    data(store, "retract", OLD, "--reason", "Told twice.", by="Cem")
    data(store, "restore", OLD, "--reason", "Told once.", by="Cem")
    rows = data(store, "log")
    assert [(r["number"], r["by"], r["action"]) for r in rows] == [
        (4, "Cem", "restore"), (3, "Cem", "retract"), (2, "Ben", "edit"), (1, "Ann", "add"),
    ]  # fmt: skip
    (difference,) = rows[2]["differences"]
    assert (difference["column"], difference["old"], difference["new"]) == ("deaths_high", "", "12")
    assert [r["number"] for r in data(store, "log", "--event", OLD)] == [4, 3, 2]


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("edit", OLD, "--deaths-high", "12"), 2), (("retract", "DL-20251009-99", "--reason", "x"), 6),
        (("edit", OLD, "--deaths-high", "many", "--reason", "x"), 5), ((*ADD[:-1], "example.org"), 5), (("accept", "7"), 2),
    ],
)  # fmt: skip
def test_impossible_change_has_exit_code(store: str, args: tuple[str, ...], code: int) -> None:
    """A change that cannot be made ends with the code of its reason and saves nothing."""
    result = run(store, *args)
    found = result.exception.exit_code if isinstance(result.exception, DetenteError) else result.exit_code
    assert found == code
    assert not list(Path(f"{store}-notes").glob("*.jsonl"))


def test_import_is_all_or_nothing(store: str, tmp_path: Path) -> None:
    """A file with a rejected row is not imported, unless the valid rows alone are asked for."""
    head = "date_start,country,geo_precision,initiator,target,event_type,mode,context,summary,sources"
    rows = [
        f"2026-11-0{n},PAK,country,TTP,PAK,ASSAULT,{mode},terrorism,Made for a test.,https://example.org/{n}"
        for n, mode in enumerate(("raid", "poem", "raid"), 1)
    ]
    file = tmp_path / "new.csv"
    file.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    refused = run(store, "import", str(file), "--reason", "November", "--json")
    assert refused.exit_code == 5
    report = json.loads(refused.stdout)
    assert (report["new"], report["rejected"], report["saved"]) == (2, 1, [])
    assert report["faults"][0]["row"] == 3
    saved = data(store, "import", str(file), "--reason", "November", "--valid-only")
    assert [e["event"] for e in saved["saved"]] == ["NT-20261101-01", "NT-20261103-01"]


def test_case_may_ask_for_review(store: str, tmp_path: Path) -> None:
    """With `review = true` in the case file a change waits until another person accepts it."""
    from support.small_case import make_chronology, make_daily_lines, write_case_folder

    case = write_case_folder(tmp_path, make_chronology(*make_daily_lines(5)))
    case.write_text(case.read_text(encoding="utf-8").replace("title =", "review = true\ntitle =", 1), encoding="utf-8")
    proposed = data(store, *ADD, "--case", str(case))
    assert proposed["proposed"]
    assert len(data(store, "list", str(case))) == 5
    assert isinstance(run(store, "accept", "1", "--case", str(case)).exception, DetenteError)
    data(store, "accept", "1", "--case", str(case), by="Ben")
    assert len(data(store, "list", str(case))) == 6


def test_import_of_another_encoding_is_refused(store: str, tmp_path: Path) -> None:
    """A file that is not UTF-8 is refused whole: no letter is replaced."""
    file = tmp_path / "latin.csv"
    file.write_bytes("date_start,summary\n2026-11-01,Ein Überfall\n".encode("latin-1"))
    result = run(store, "import", str(file), "--reason", "November")
    assert isinstance(result.exception, DetenteError)
    assert "UTF-8" in str(result.exception)
    assert not list(Path(f"{store}-notes").glob("*.jsonl"))
