"""Files as people really have them: each file of ../shared/data/hard with its right outcome."""

import csv
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from detente.cli.main import cli
from detente.events.errors import NothingRead
from detente.events.reader import plan_releases, read_release
from detente.events.row_account import RowAccount
from detente.sources.errors import BrokenFile, MixedFormats, UnknownMember, WrongHeader
from detente.store.snapshot import open_version
from detente.store.writer import add_release

HARD = Path(__file__).parents[3] / "shared/data/hard"
pytestmark = pytest.mark.skipif(not HARD.is_dir(), reason="needs the folder ../shared/data/hard")


def read_hard(name: str, **options: Any) -> tuple[list[dict[str, Any]], RowAccount]:
    reading = read_release(HARD / name, **options)
    events = reading.events.read_all().to_pylist()
    account = reading.account()
    assert account.rows == account.events + account.merged + account.set_aside.num_rows
    assert account.events == len(events)
    for column in ("rows", "events", "merged"):
        assert sum(getattr(p, column) for p in account.parts) == getattr(account, column)
    return events, account


@pytest.mark.parametrize(
    ("name", "rows", "events", "merged", "rejected"),
    [
        ("03-acled-year-0025.csv", 3, 2, 0, 1),
        ("03b-acled-yem-sau.csv", 61, 60, 0, 1),
        ("04-conflict_data_PAK.csv", 9, 8, 0, 1),
        ("05-Africa_1997-2022.xlsx", 5, 5, 0, 0),
        ("06-acled-api.json", 2, 2, 0, 0),
        ("07-bquxjob_gdelt.csv", 5, 1, 4, 0),
        ("07b-gdeltpyr.csv", 5, 1, 4, 0),
        ("08-198301.csv", 5, 1, 4, 0),
        ("13-GEDEvent_v24_0_10.csv", 8, 8, 0, 0),
        ("14-ged-country-ids.csv", 39, 39, 0, 0),
        ("15-ged-by-year.xlsx", 11, 11, 0, 0),
        ("16-ged-excel-de.csv", 6, 6, 0, 0),
        ("18-ged-swapped.csv", 3, 3, 0, 0),
        ("24-ged-rownames.csv", 3, 3, 0, 0),
        ("25-ged-floats.csv", 3, 3, 0, 0),
        ("29-dataverse_files.zip", 6, 4, 0, 2),
        ("31-ged-NA.csv", 4, 3, 0, 1),
    ],
)
def test_hard_file_is_accounted_for(name: str, rows: int, events: int, merged: int, rejected: int) -> None:
    """Every row is an event, a merged repeat or a rejected row."""
    _, account = read_hard(name)
    assert (account.rows, account.events, account.merged, account.set_aside.num_rows) == (
        rows,
        events,
        merged,
        rejected,
    )


def test_icews_without_codes_is_refused() -> None:
    """An ICEWS file without codes is refused by the name of the column."""
    with pytest.raises(WrongHeader) as refusal:
        read_release(HARD / "01-Events.2017.tab")
    assert refusal.value.missing == ["CAMEO Code"]


def test_ambiguous_days_ask_for_option(tmp_path: Path) -> None:
    """Days such as 1/2/2017 are read only with an order; without it the error shows a row and the option."""
    with pytest.raises(NothingRead) as refusal:
        add_release(tmp_path / "store", read_release(HARD / "01b-Events.2017.withcode.tab"))
    assert (refusal.value.value, refusal.value.same, refusal.value.rows) == ("1/1/2017", 13, 14)
    assert "--dates mdy" in refusal.value.remedy
    events, account = read_hard("01b-Events.2017.withcode.tab", dates="mdy")
    assert [e["first"] for e in events] == [date(2017, 1, d) for d in range(1, 14)]
    assert account.set_aside["column"].to_pylist() == ["CAMEO Code"]


def test_impossible_year_is_rejected() -> None:
    """A day in the year 0025 contradicts the row's own year."""
    events, account = read_hard("03b-acled-yem-sau.csv")
    (rejected,) = account.set_aside.to_pylist()
    assert (rejected["column"], rejected["value"][:4]) == ("event_date", "0025")
    assert min(e["first"] for e in events).year == 2025


def test_extra_column_is_named_and_tags_rejected() -> None:
    """An extra column is named as not used; the row of HXL tags is rejected as such."""
    _, account = read_hard("04-conflict_data_PAK.csv")
    (rejected,) = account.set_aside.to_pylist()
    assert (rejected["row"], rejected["value"]) == (2, "#date+year")
    assert account.parts[0].notes == ("columns not used: iso3",)


def test_each_sheet_is_counted() -> None:
    """All sheets of a workbook are read, each counted by itself, and one can be chosen."""
    _, account = read_hard("15-ged-by-year.xlsx")
    assert [(p.name[-6:], p.rows, p.events) for p in account.parts] == [("[2023]", 4, 4), ("[2024]", 7, 7)]
    assert read_hard("15-ged-by-year.xlsx", sheets=["2024"])[1].rows == 7
    with pytest.raises(UnknownMember) as refusal:
        read_release(HARD / "15-ged-by-year.xlsx", sheets=["2025"])
    assert refusal.value.known == ["2023", "2024"]


def test_manifest_is_left_out_by_name() -> None:
    """A manifest beside the data is left out by name; a member can be chosen."""
    _, account = read_hard("29-dataverse_files.zip")
    assert [(f.name, f.damaged) for f in account.left_out] == [("MANIFEST.TXT", False)]
    one = read_hard("29-dataverse_files.zip", members=["events.2013.20150313084533.tab"])[1]
    assert one.rows == 3


def test_german_spreadsheet_tells_dialect() -> None:
    """A German spreadsheet's encoding, separator, decimal commas and days are read and told."""
    events, account = read_hard("16-ged-excel-de.csv")
    assert events[0]["province"] == "Khyber Pakhtunkhwa (Übergang)"
    assert (events[0]["first"], events[0]["latitude"]) == (date(2024, 5, 1), 32.9861)
    notes = " ".join(account.parts[0].notes)
    assert all(word in notes for word in ("cp1252", "semicolons", "decimal commas", "days"))


def test_exchanged_coordinates_are_not_used() -> None:
    """Exchanged coordinates and 0/0 are not used, with the reason; right ones are."""
    exchanged, zero, right = read_hard("18-ged-swapped.csv")[0]
    assert exchanged["latitude"] is None
    assert "outside Pakistan" in exchanged["doubts"][0]
    assert "exchanged" in exchanged["doubts"][0]
    assert (zero["latitude"], zero["longitude"], zero["country"]) == (None, None, "PAK")
    assert (right["latitude"], right["doubts"]) == (32.9861, None)


def test_missing_words_are_unknown() -> None:
    """R's NA is unknown, never a place, a number or a party."""
    events, account = read_hard("31-ged-NA.csv")
    first, second, third = events
    assert (first["place"], first["province"], first["provisional"]) == (None, None, None)
    assert (second["latitude"], second["longitude"]) == (None, None)
    assert (third["deaths_best"], third["civilian_deaths"]) == (None, None)
    (rejected,) = account.set_aside.to_pylist()
    assert (rejected["column"], rejected["value"]) == ("side_b", "NA")


def test_unknown_country_number_falls_back_to_name() -> None:
    """A country whose number no list has is taken by its name, and the row says so."""
    text = (HARD / "14-ged-country-ids.csv").read_text(encoding="utf-8")
    rows = {r["id"]: r for r in csv.DictReader(text.splitlines())}
    events = {e["id"]: e for e in read_hard("14-ged-country-ids.csv")[0]}
    by_number = {rows[k]["country_id"]: e["country"] for k, e in events.items()}
    assert (by_number["678"], by_number["680"], by_number["347"], by_number["817"]) == ("YEM", "YMD", "XKX", "VNM")
    doubtful = {rows[k]["country_id"] for k, e in events.items() if any("by its name" in d for d in e["doubts"] or [])}
    assert doubtful == {"564", "609"}


def test_data_file_of_r_is_refused_by_kind() -> None:
    """A data file of R under the name of a CSV is refused with what it is."""
    with pytest.raises(BrokenFile, match="data file of R"):
        read_release(HARD / "23-ged211.csv")


def test_extract_replaces_only_its_own(tmp_path: Path) -> None:
    """An extract named like a release replaces its own ids and countries, no others, and ingest says so."""
    store = tmp_path / "store"
    run = CliRunner()
    for name in ("13-GEDEvent_v24_0_10.csv", "13-ged251_pakistan.csv"):
        done = run.invoke(cli, ["ingest", str(HARD / name), "--store", str(store), "--json"], catch_exceptions=False)
    effect = json.loads(done.stdout)["files"][0]["effect"]
    assert effect == {"new": 0, "replaced": 3, "removed": 0, "left": 5, "outdated": 0}


def test_unreadable_release_is_not_added(tmp_path: Path) -> None:
    """A file of which nothing could be read is not added, and the exit status is 5."""
    store = tmp_path / "store"
    file = HARD / "01b-Events.2017.withcode.tab"
    done = CliRunner().invoke(cli, ["ingest", str(file), "--store", str(store), "--json"])
    assert (done.exit_code, json.loads(done.stdout)["files"][0]["what"]) == (5, "failed")
    done = CliRunner().invoke(cli, ["ingest", str(file), "--dates", "mdy", "--store", str(store)])
    assert done.exit_code == 0
    assert open_version(store).names == ["icews/01b-Events.2017.withcode.tab"]


def test_analyst_folder_goes_in_with_one_command(tmp_path: Path) -> None:
    """A zip of all these files goes in with one command, and each file is told as read, failed or left out."""
    path, store = tmp_path / "analyst.zip", tmp_path / "store"
    with zipfile.ZipFile(path, "w") as z:
        for file in sorted(HARD.iterdir()):
            z.write(file, f"work/{file.name}")
    with pytest.raises(MixedFormats):
        read_release(path)
    done = CliRunner().invoke(cli, ["ingest", str(path), "--store", str(store), "--json"])
    told = {Path(d["release"]).name: d for d in json.loads(done.stdout)["files"]}
    assert {f.name for f in HARD.iterdir()} <= set(told)
    assert done.exit_code == 5
    assert {n for n, d in told.items() if d["what"] == "added"} == {r.release for r in open_version(store).releases()}
    for d in told.values():
        if d["what"] == "added":
            assert d["rows"] == d["events"] + d["merged"] + d["set_aside"]
    assert told["01b-Events.2017.withcode.tab"]["what"] == "failed"
    assert told["12-panel-good.csv"]["what"] == told["MANIFEST.TXT"]["what"] == "left out"
    assert len(plan_releases(path).releases) == len(open_version(store).names) + 1
