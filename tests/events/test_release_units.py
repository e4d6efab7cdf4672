"""Which files of a folder or archive are one release."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from detente.cli.main import cli
from detente.events.reader import plan_releases
from detente.store.snapshot import open_version
from support.provider_rows import FORMATS, change_row, encode_file, make_rows, write_zip

OCTOBER, JANUARY = "GEDEvent_v23_0_10.csv", "GEDEvent_v26_0_1.csv"


def make_month(day: str, *ids: str) -> bytes:
    """A UCDP file of events on one day."""
    at = {"date_start": f"{day} 00:00:00.000", "date_end": f"{day} 00:00:00.000", "year": day[:4]}
    rows = make_rows("ucdp-49", len(ids))
    return encode_file("ucdp-49", [change_row("ucdp-49", r, **at, id=i) for r, i in zip(rows, ids, strict=True)])


def write_months(folder: Path) -> Path:
    """Write a folder of two monthly files, two years apart."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / OCTOBER).write_bytes(make_month("2023-10-04", "1", "2"))
    (folder / JANUARY).write_bytes(make_month("2026-01-09", "3"))
    return folder


def test_folder_of_months_is_one_release_each(tmp_path: Path) -> None:
    """Each monthly file of a folder is the release that it is by itself, with its name, day and hash."""
    folder = write_months(tmp_path / "data")
    together = [p.open().release for p in plan_releases(folder).releases]
    each = [plan_releases(folder / n).releases[0].open().release for n in (OCTOBER, JANUARY)]
    assert together == each
    assert [r.known_on for r in together] == [date(2023, 11, 30), date(2026, 2, 28)]


def test_archive_of_months_is_one_release_each(tmp_path: Path) -> None:
    """The members of a zip, and of a zip in a folder, are releases of their own."""
    (tmp_path / "data").mkdir()
    months = {OCTOBER: make_month("2023-10-04", "1"), JANUARY: make_month("2026-01-09", "3")}
    write_zip(tmp_path / "data/months.zip", **months)
    for path in (tmp_path / "data/months.zip", tmp_path / "data"):
        assert [p.name for p in plan_releases(path).releases] == [OCTOBER, JANUARY]


def test_sheets_of_months_are_one_release_each(tmp_path: Path) -> None:
    """Sheets that bear the names of monthly files are releases of their own; other sheets are one."""
    named, plain = (tmp_path / n for n in ("named.xlsx", "plain.xlsx"))
    for path, sheets in ((named, ("GEDEvent_v23_0_10", "GEDEvent_v26_0_1")), (plain, ("a", "b"))):
        book = openpyxl.Workbook()
        for title in sheets:
            sheet = book.create_sheet(title)
            sheet.append(FORMATS["ucdp-49"][1])
            sheet.append(make_rows("ucdp-49", 1)[0])
        book.remove(book.worksheets[0])
        book.save(path)
    assert [p.name for p in plan_releases(named).releases] == [
        f"named.xlsx [{n}]" for n in ("GEDEvent_v23_0_10", "GEDEvent_v26_0_1")
    ]
    assert [p.name for p in plan_releases(plain).releases] == ["plain.xlsx"]


@pytest.mark.parametrize(
    ("archive", "members", "names"),
    [
        ("ged251-csv.zip", ["GEDEvent_v25_1.csv"], ["ged251-csv.zip"]),
        ("ged251-csv.zip", ["a.csv", "b.csv"], ["ged251-csv.zip"]),
        ("mine.zip", ["a.csv"], ["mine.zip"]),
        ("mine.zip", ["GEDEvent_v25_0_1.csv"], ["GEDEvent_v25_0_1.csv"]),
        ("mine.zip", ["x/a.csv", "y/a.csv"], ["x/a.csv", "y/a.csv"]),
    ],
)
def test_archive_keeps_published_name(tmp_path: Path, archive: str, members: list[str], names: list[str]) -> None:
    """An archive with the name of a published release is one release; other names give way to their members'."""
    write_zip(tmp_path / archive, **{m: make_month("2025-01-02", str(i)) for i, m in enumerate(members)})
    planned = plan_releases(tmp_path / archive).releases
    assert [p.name for p in planned] == names
    assert [p.open().release.name for p in planned] == names


def test_ingest_says_which_days_count(tmp_path: Path) -> None:
    """`ingest FOLDER` makes a release of each month and prints the days that count as collected."""
    folder, store = write_months(tmp_path / "data"), tmp_path / "store"
    done = CliRunner().invoke(cli, ["ingest", str(folder), "--store", str(store)], catch_exceptions=False)
    assert open_version(store).names == [f"ucdp/{OCTOBER}", f"ucdp/{JANUARY}"]
    assert "2023-10-01 to 2023-10-31; 2026-01-01 to 2026-01-31" in done.stdout


def test_ingest_names_older_whole_release(tmp_path: Path) -> None:
    """Where the store holds the folder as one release, `ingest` says how to take it out."""
    folder, store = write_months(tmp_path / "data"), tmp_path / "store"
    single = tmp_path / "single/data"
    single.parent.mkdir()
    single.write_bytes(make_month("2023-10-04", "1"))
    CliRunner().invoke(cli, ["ingest", str(single), "--store", str(store)], catch_exceptions=False)
    done = CliRunner().invoke(cli, ["ingest", str(folder), "--store", str(store)], catch_exceptions=False)
    assert "detente store remove ucdp/data" in done.stderr
