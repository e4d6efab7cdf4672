"""The figures of another source: the packaged tables against known totals, and what a table may not hold."""

from datetime import date
from pathlib import Path

import pytest

from detente.cases.case_file import load_case_file
from detente.cases.errors import BadCase
from detente.cases.longer_view import MONTH_COLUMNS, LongerViewFile, SourceFigures, read_source_figures

CASE = load_case_file("pakistan-afghanistan")
# Events and deaths a year, counted from UCDP's own files.
KNOWN = {
    ("PAK", 2022): (284, 719), ("PAK", 2023): (382, 1178), ("PAK", 2024): (687, 1885), ("PAK", 2025): (1132, 3351),
    ("AFG", 2022): (416, 1574), ("AFG", 2023): (176, 360), ("AFG", 2024): (179, 353), ("AFG", 2025): (160, 335),
}  # fmt: skip


def _read(as_of: date = date(2026, 7, 15)) -> SourceFigures:
    assert CASE.longer_view is not None
    return read_source_figures(CASE.longer_view, CASE.folder, as_of, "case")


def test_years_equal_known_figures() -> None:
    """The packaged years are those of UCDP's files."""
    years = {(y.country, y.year): (y.events, y.deaths) for y in _read().years}
    assert {k: years[k] for k in KNOWN} == KNOWN


def test_years_are_sums_of_months() -> None:
    """Each year is the sum of its twelve months, every conflict together."""
    f = _read()
    for y in f.years:
        of = [m for m in f.monthly(y.country) if m.month.year == y.year]
        assert (len(of), sum(m.events for m in of), sum(m.deaths or 0 for m in of)) == (12, y.events, y.deaths)


def test_months_before_coverage_have_no_row() -> None:
    """Years that UCDP does not cover are unknown, not zero."""
    assert min(m.month for m in _read().months) == date(1989, 1, 1)


def test_two_states_equal_known_figures() -> None:
    """The fighting of the two states in 2025: 27 events and 178 deaths, 12 and 131 of them in October."""
    of = [m for c in ("PAK", "AFG") for m in _read().monthly(c, "Afghanistan - Pakistan") if m.month.year == 2025]
    october = [m for m in of if m.month.month == 10]
    assert [(sum(m.events for m in x), sum(m.deaths or 0 for m in x)) for x in (of, october)] == [(27, 178), (12, 131)]


def test_figures_wait_for_their_release() -> None:
    """A figure is not used before its release can have appeared; from 2025 on it is provisional."""
    f = _read(date(2025, 10, 8))
    assert max(m.month for m in f.months) == date(2024, 12, 1)
    assert not any(m.provisional for m in f.months)
    assert all(m.provisional == (m.month.year >= 2025) for m in _read().months)
    assert not _read(date(2025, 6, 1)).months


@pytest.mark.parametrize("row", ["PAK,all,2025-13,1,1,x,final,2026-01-01", "PAK,all,2025-01,-1,1,x,final,2026-01-01",
                                 "PAK,all,2025-01,,1,x,final,2026-01-01", "PAK,all,2025-01,1,1,x,sure,2026-01-01"])  # fmt: skip
def test_invalid_row_is_refused(tmp_path: Path, row: str) -> None:
    """A row that says nothing certain is an error with its number, never zero."""
    (tmp_path / "m.csv").write_text(",".join(MONTH_COLUMNS) + "\n" + row + "\n", encoding="utf-8")
    settings = LongerViewFile(source="x", months="m.csv", years="m.csv", licence="", cite="")
    with pytest.raises(BadCase) as error:
        read_source_figures(settings, tmp_path, date(2026, 7, 15), "case.toml")
    assert error.value.key == "longer_view.months row 2"
