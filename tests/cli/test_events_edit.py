"""`detente events add | edit | retract | restore | accept | refuse | import | log`."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from detente.cli.main import cli
from detente.core.errors import DetenteError
from support.small_case import make_chronology, make_daily_lines, write_case_folder

OLD = "DL-20250105-01"
ADD = (
    "add", "--day", "2026-11-05", "--place", "Bannu", "--actor", "TTP", "--towards", "PAK", "--type", "ASSAULT", "--mode", "explosives",
    "--context", "terrorism", "--deaths", "3", "--summary", "A bomb, made for a test.", "--source", "https://example.org/1",
)  # fmt: skip


@dataclass(frozen=True)
class Record:
    """A case file and the path of a store that does not exist yet."""

    case: Path
    store: Path

    @property
    def journal(self) -> Path:
        """The folder in which changes are saved."""
        return Path(f"{self.store}-notes")


@pytest.fixture(scope="module")
def nine_events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a case with nine events."""
    return write_case_folder(tmp_path_factory.mktemp("nine"), make_chronology(*make_daily_lines(9)))


@pytest.fixture
def record(nine_events: Path, tmp_path: Path) -> Record:
    """The nine events, and a store of the test's own."""
    return Record(nine_events, tmp_path / "store")


def run(record: Record, action: str, *args: str, by: str = "Ann") -> Result:
    """Run a subcommand of `detente events` on a record."""
    case = str(record.case)
    named = (case,) if action in ("log", "list") else ("--case", case, "--by", by)
    return CliRunner().invoke(cli, ["events", action, *args, *named, "--store", str(record.store)])


def data(record: Record, action: str, *args: str, by: str = "Ann") -> Any:
    """The JSON of a subcommand that succeeds."""
    result = run(record, action, *args, "--json", by=by)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_events_without_subcommand_lists() -> None:
    """`detente events` with filters lists, as `detente events list` does."""
    filters = ("--channel", "strike", "--from", "2025-10-01", "--json")
    plain = CliRunner().invoke(cli, ["events", *filters])
    named = CliRunner().invoke(cli, ["events", "list", "pakistan-afghanistan", *filters])
    assert plain.exit_code == named.exit_code == 0
    assert json.loads(plain.stdout) == json.loads(named.stdout) != []


def test_added_event_is_listed(record: Record) -> None:
    """An added event is in the list; place, province and country follow from its name."""
    entry = data(record, *ADD)
    (event,) = data(record, "list", "--from", "2026-10-01")
    assert event["id"] == entry["event"] == "NT-20261105-01"
    assert (event["country"], event["province"], event["geo_precision"]) == ("PAK", "Khyber Pakhtunkhwa", "place")
    assert (event["deaths_best"], event["deaths_low"]) == (3, None)


def test_dry_run_saves_nothing(record: Record) -> None:
    """--dry-run says what would change and leaves no journal."""
    preview = data(record, *ADD, "--dry-run")
    assert preview["channel"] == "attack"
    assert not record.journal.exists()


def test_edit_changes_given_values_only(record: Record) -> None:
    """Values that are not given stay; an empty one becomes unknown."""
    data(record, "edit", OLD, "--deaths-high", "12", "--reason", "Corrected.")
    (event,) = [e for e in data(record, "list", "--from", "2025-01-05", "--to", "2025-01-05") if e["id"] == OLD]
    assert event["deaths_high"] == 12
    data(record, "edit", OLD, "--deaths-high", "", "--reason", "No report says so.")
    (event,) = [e for e in data(record, "list", "--from", "2025-01-05", "--to", "2025-01-05") if e["id"] == OLD]
    assert event["deaths_high"] is None


def test_log_tells_author_and_difference(record: Record) -> None:
    """The log has every change, newest first, with author, reason and values."""
    data(record, *ADD)
    data(record, "edit", OLD, "--deaths-high", "12", "--reason", "Corrected.", by="Ben")
    data(record, "retract", OLD, "--reason", "Told twice.", by="Cem")
    data(record, "restore", OLD, "--reason", "Told once.", by="Cem")
    rows = data(record, "log")
    assert [(r["number"], r["by"], r["action"]) for r in rows] == [
        (4, "Cem", "restore"), (3, "Cem", "retract"), (2, "Ben", "edit"), (1, "Ann", "add"),
    ]  # fmt: skip
    (difference,) = rows[2]["differences"]
    assert (difference["column"], difference["old"], difference["new"]) == ("deaths_high", "6", "12")
    assert [r["number"] for r in data(record, "log", "--event", OLD)] == [4, 3, 2]


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("edit", OLD, "--deaths-high", "12"), 2), (("retract", "DL-20250105-99", "--reason", "x"), 6),
        (("edit", OLD, "--deaths-high", "many", "--reason", "x"), 5), ((*ADD[:-1], "example.org"), 5), (("accept", "7"), 2),
    ],
)  # fmt: skip
def test_impossible_change_has_exit_code(record: Record, args: tuple[str, ...], code: int) -> None:
    """A change that cannot be made ends with the code of its reason and saves nothing."""
    result = run(record, *args)
    found = result.exception.exit_code if isinstance(result.exception, DetenteError) else result.exit_code
    assert found == code
    assert not list(record.journal.glob("*.jsonl"))


def test_import_is_all_or_nothing(record: Record, tmp_path: Path) -> None:
    """A file with a rejected row is not imported, unless the valid rows alone are asked for."""
    head = "date_start,country,geo_precision,initiator,target,event_type,mode,context,summary,sources"
    rows = [
        f"2026-11-0{n},PAK,country,TTP,PAK,ASSAULT,{mode},terrorism,Made for a test.,https://example.org/{n}"
        for n, mode in enumerate(("raid", "poem", "raid"), 1)
    ]
    file = tmp_path / "new.csv"
    file.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    refused = run(record, "import", str(file), "--reason", "November", "--json")
    assert refused.exit_code == 5
    report = json.loads(refused.stdout)
    assert (report["new"], report["rejected"], report["saved"]) == (2, 1, [])
    assert report["faults"][0]["row"] == 3
    saved = data(record, "import", str(file), "--reason", "November", "--valid-only")
    assert [e["event"] for e in saved["saved"]] == ["NT-20261101-01", "NT-20261103-01"]


def test_case_may_ask_for_review(tmp_path: Path) -> None:
    """With `review = true` in the case file a change waits until another person accepts it."""
    case = write_case_folder(tmp_path, make_chronology(*make_daily_lines(5)))
    case.write_text(case.read_text(encoding="utf-8").replace("title =", "review = true\ntitle =", 1), encoding="utf-8")
    record = Record(case, tmp_path / "store")
    proposed = data(record, *ADD)
    assert proposed["proposed"]
    assert len(data(record, "list")) == 5
    assert isinstance(run(record, "accept", "1").exception, DetenteError)
    data(record, "accept", "1", by="Ben")
    assert len(data(record, "list")) == 6


def test_import_of_another_encoding_is_refused(record: Record, tmp_path: Path) -> None:
    """A file that is not UTF-8 is refused whole: no letter is replaced."""
    file = tmp_path / "latin.csv"
    file.write_bytes("date_start,summary\n2026-11-01,Ein Überfall\n".encode("latin-1"))
    result = run(record, "import", str(file), "--reason", "November")
    assert isinstance(result.exception, DetenteError)
    assert "UTF-8" in str(result.exception)
    assert not list(record.journal.glob("*.jsonl"))
