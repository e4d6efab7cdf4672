"""Which days files of GDELT cover: those on which their rows were added, not those of their events."""

from datetime import date
from pathlib import Path

from detente.cases.user_data import find_covered_days
from detente.events.reader import plan_releases
from detente.store.snapshot import open_version
from detente.store.writer import add_release
from support.provider_rows import change_row, encode_file, make_rows


def write_days(folder: Path, *days: str) -> Path:
    """Write files of GDELT, one a day; one event of each happened a year before, as in reports of anniversaries."""
    folder.mkdir(parents=True, exist_ok=True)
    for n, day in enumerate(days):
        rows = make_rows("gdelt-2", 2)
        before = f"{int(day[:4]) - 1}{day[4:]}"
        (folder / f"{day}.export.CSV").write_bytes(
            encode_file("gdelt-2", [change_row("gdelt-2", r, GLOBALEVENTID=f"9{n}{i}", SQLDATE=d, DATEADDED=f"{day}120000")
                                    for i, (r, d) in enumerate(zip(rows, (day, before), strict=True))])
        )  # fmt: skip
    return folder


def test_days_with_a_gap_are_two_releases(tmp_path: Path) -> None:
    """Files of consecutive days are one release; where days are missing, each run is one, and no day between is covered."""
    together = plan_releases(write_days(tmp_path / "week", "20250102", "20250103")).releases
    assert [p.name for p in together] == ["week"]
    assert together[0].open().release.covers == (date(2025, 1, 2), date(2025, 1, 3))
    apart = plan_releases(write_days(tmp_path / "gap", "20250102", "20250103", "20250109")).releases
    assert [p.name for p in apart] == ["gap [2025-01-02 to 2025-01-03]", "20250109.export.CSV"]
    assert [p.open().release.known_on for p in apart] == [date(2025, 1, 3), date(2025, 1, 9)]


def test_old_event_covers_no_year(tmp_path: Path) -> None:
    """A report of an event a year ago covers its own day alone, in a store too."""
    for name in ("one", "week"):
        folder = write_days(tmp_path / name, *(["20250102"] if name == "one" else ["20250102", "20250103"]))
        for p in plan_releases(folder).releases:
            add_release(tmp_path / "store", p.open())
    held = {k.release: (k.events, find_covered_days(k)) for k in open_version(tmp_path / "store").releases()}
    first, second = date(2025, 1, 2), date(2025, 1, 3)
    assert held == {"one": (2, (first, first)), "week": (4, (first, second))}


def test_file_without_day_covers_its_events(tmp_path: Path) -> None:
    """Where a file's name states no day, the days of its events count, as for a query's result."""
    folder = write_days(tmp_path / "days", "20250102", "20250110")
    (folder / "20250110.export.CSV").rename(folder / "query.csv")
    (planned,) = plan_releases(folder).releases
    assert (planned.name, planned.open().release.covers) == ("days", None)
