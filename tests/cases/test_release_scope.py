"""An extract of other countries covers no day of a case; a whole month without an event of the case does."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from detente.cases.case_file import load_case_file
from detente.cases.load import load_case_data
from detente.cases.other_source import case_from_source
from detente.cases.release_scope import covers_case
from detente.cases.store_read import open_store
from detente.cli.main import cli
from detente.measures.open_counts import open_counts
from support.provider_rows import change_row, encode_file, make_rows
from support.second_source import CASE, UCDP_CASE, add_events, make_ucdp_event

JANUARY, MAY = date(2024, 1, 5), date(2024, 5, 5)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Return a store with January of the case, a March without it, and two years of another country's extract."""
    path = tmp_path / "store"
    add_events(path, [make_ucdp_event("1", JANUARY)], "GEDEvent_v24_0_1.csv", date(2024, 2, 28))
    abroad = make_ucdp_event("2", date(2024, 3, 7), "ISL", ("Government of Iceland", "Practice Group"))
    add_events(path, [abroad], "GEDEvent_v24_0_3.csv", date(2024, 4, 30))
    days = [date(2023, 1, 1), date(2024, 12, 31)]
    made = [replace(abroad, id=f"9{n}", span=replace(abroad.span, first=d, last=d)) for n, d in enumerate(days)]
    add_events(path, made, "practice.csv", date(2025, 1, 1))
    return path


def test_extract_of_other_countries_covers_nothing(store: Path) -> None:
    """Only the two months of UCDP are covered, in memory and from counts."""
    g, counted = load_case_data(UCDP_CASE, None, store), open_counts(UCDP_CASE, store)
    assert g.coverage.days(date(2023, 1, 1), date(2024, 12, 31)) == 31 + 31
    assert g.watched_to == counted.watched_to == date(2024, 3, 31)
    np.testing.assert_array_equal(g.coverage.by_day, counted.coverage.by_day)


def test_extract_covers_nothing_of_a_comparison(store: Path) -> None:
    """The same holds where UCDP is a second record to compare with."""
    now = open_store(store)
    assert now is not None
    g = case_from_source(CASE, now, "ucdp", date(2025, 6, 1))
    assert g is not None
    assert g.coverage.days(date(2023, 1, 1), date(2024, 12, 31)) == 31 + 31


@pytest.mark.parametrize(
    ("source", "name", "covers"),
    [
        ("ucdp", "GEDEvent_v25_1.xlsx", True), ("ucdp", "ged251-csv.zip", True), ("ucdp", "ged251-csv (1).zip", True),
        ("ucdp", "GEDEvent_v25_01_25_12.csv", True), ("ucdp", "ged251_mali.csv", False), ("ucdp", "practice.csv", False),
        ("ucdp", "GEDEvent_api_v25_1_countries-770.csv", True), ("ucdp", "GEDEvent_api_v25_1_countries-395.csv", False),
        ("ucdp", "GEDEvent_api_v25_1.csv", True), ("acled", "export.csv", False), ("gdelt", "20250101.export.CSV", True),
    ],
)  # fmt: skip
def test_name_tells_whether_a_silent_release_covers(source: str, name: str, covers: bool) -> None:
    """Of a release without a row of the case, the name tells whether it holds all countries."""
    case = load_case_file("pakistan-afghanistan")
    assert covers_case(case, source, name, concerns=False) is covers
    assert covers_case(case, source, name, concerns=True)


def test_ingest_says_what_an_unknown_name_covers(tmp_path: Path) -> None:
    """A file whose name is no release of UCDP: ingest says for which cases its days count, and how to remove it."""
    rows = [change_row("ucdp-49", r) for r in make_rows("ucdp-49", 2)]
    for name, told in (("practice.csv", True), ("GEDEvent_v26_0_1.csv", False)):
        (tmp_path / name).write_bytes(encode_file("ucdp-49", rows))
        command = ["ingest", str(tmp_path / name), "--known-on", "2026-03-01", "--store", str(tmp_path / "store")]
        done = CliRunner().invoke(cli, command, catch_exceptions=False)
        assert ("detente store remove ucdp/practice.csv" in done.output) is told
