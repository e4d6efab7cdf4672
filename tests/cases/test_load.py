"""Loading a case: what is known on a day, unknown actors, covered days."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.cases.case_file import load_case_file
from detente.cases.coverage import compute_coverage
from detente.cases.errors import AsOfOutOfRange
from detente.cases.load import load_case_data
from detente.measures.counts import daily_counts
from detente.sources.errors import WrongHeader
from support.small_case import make_chronology, make_daily_lines, make_line, write_case_folder
from support.worlds import FLAGSHIP

CASE = load_case_file("pakistan-afghanistan")


@settings(max_examples=8)
@given(st.dates(date(2021, 8, 15), date(2026, 12, 31)))
def test_rows_are_accounted_for_on_any_day(day: date) -> None:
    """On any day, events, later events and rejected rows add up to all rows."""
    g = load_case_data(CASE, day)
    assert len(g.events) + g.later + len(g.set_aside) == g.rows == 1413
    assert all(e.known_on <= day for e in g.events)


def test_imprecise_event_is_known_after_its_period() -> None:
    """An event dated to a month is known only after the month."""
    vague = [e for e in FLAGSHIP.events if e.span.precision == "month"]
    assert len(vague) == 48
    some = vague[:: len(vague) // 3]
    for day in (d for e in some for d in (e.day + timedelta(days=14), e.span.last + timedelta(days=15))):
        known = {e.id for e in load_case_data(CASE, day).events}
        for e in vague:
            assert e.id not in known or day > e.day + timedelta(days=14)
            assert e.id in known or day < e.span.last + timedelta(days=15)


def test_day_before_case_is_rejected() -> None:
    """A day of knowledge before the case is rejected, and the error has the case's first day."""
    with pytest.raises(AsOfOutOfRange) as refusal:
        load_case_data(CASE, date(2021, 8, 14))
    assert refusal.value.first == date(2021, 8, 15)


def test_unknown_actor_is_rejected_with_suggestions(tmp_path: Path) -> None:
    """An unknown actor is rejected with the nearest names and never matched."""
    stranger = make_line(event_id="DL-20250109-01", date_start="2025-01-09", date_end="2025-01-09", initiator="TPP;HGB")
    g = load_case_data(
        load_case_file(str(write_case_folder(tmp_path, make_chronology(*make_daily_lines(3), stranger))))
    )
    assert (len(g.events), g.rows) == (3, 4)
    (rejected,) = g.set_aside
    (fault,) = rejected.faults
    assert (fault.row, fault.column, fault.value) == (5, "initiator", "TPP")
    assert "'TTP'" in fault.remedy
    assert "aliases" in fault.remedy


def test_wrong_header_names_missing_column(tmp_path: Path) -> None:
    """A wrong header stops loading, and the error names the missing column."""
    path = write_case_folder(tmp_path, make_chronology(*make_daily_lines(2)).replace(b"summary", b"sumary"))
    with pytest.raises(WrongHeader, match=r"'summary' is missing \(is it 'sumary'\?\)"):
        load_case_data(load_case_file(str(path)))


def test_empty_chronology_gives_no_events(tmp_path: Path) -> None:
    """A chronology without rows gives no events and no error."""
    g = load_case_data(load_case_file(str(write_case_folder(tmp_path, make_chronology()))))
    assert (g.rows, g.events) == (0, ())


def test_days_and_effort_match_hand_calculation() -> None:
    """Covered days and effort match a calculation by hand."""
    e = compute_coverage(CASE, date(2026, 6, 30))
    assert e.days(date(2021, 8, 15), date(2021, 8, 31)) == 17
    # The last two days of 2022 at 0.83 and the first three of 2023 at 1.35.
    assert e.effort(date(2022, 12, 30), date(2023, 1, 3)) == pytest.approx(2 * 0.83 + 3 * 1.35)
    assert e.days(date(2026, 4, 8), date(2026, 6, 30)) == 1
    assert not e.watched(date(2026, 4, 9))
    assert e.days(date(2030, 1, 1), date(2030, 12, 31)) == 0
    assert e.days(date(2020, 1, 1), date(2021, 8, 15)) == 1


def test_coverage_ends_on_day_of_knowledge() -> None:
    """Reporting coverage ends on the day of knowledge."""
    e = compute_coverage(CASE, date(2022, 1, 31))
    assert e.last == date(2022, 1, 31)
    assert e.days(date(2022, 1, 1), date(2022, 12, 31)) == 31


def test_daily_counts_hold_each_event_once() -> None:
    """Daily counts contain every event of a channel once and count imprecise days."""
    c = daily_counts(FLAGSHIP)
    for k, name in enumerate(c.channels):
        events_of_channel = [e for e in FLAGSHIP.of(name) if e.day <= c.days[-1]]
        assert c.y[:, k].sum() == len(events_of_channel)
        assert c.imprecise[k] == sum(e.span.precision != "day" for e in events_of_channel)
    precise = daily_counts(FLAGSHIP, precise=True)
    assert (c.y.sum(axis=0) - precise.y.sum(axis=0) == c.imprecise).all()
    assert c.coverage[(date(2026, 5, 1) - c.first).days] == 0
