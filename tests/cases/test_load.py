"""What is known on a day, who is a stranger, and which days were watched."""

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


@settings(max_examples=40)
@given(st.dates(date(2021, 8, 15), date(2026, 12, 31)))
def test_on_any_day_events_and_later_ones_and_rows_set_aside_are_the_rows(day: date) -> None:
    g = load_case_data(CASE, day)
    assert len(g.events) + g.later + len(g.set_aside) == g.rows == 835
    assert all(e.known_on <= day for e in g.events)


def test_an_event_whose_week_or_month_is_not_over_is_not_yet_known() -> None:
    vague = [e for e in FLAGSHIP.events if e.span.precision == "month"]
    assert len(vague) == 20
    for e in vague:
        assert e.id not in {x.id for x in load_case_data(CASE, e.day + timedelta(days=14)).events}
        assert e.id in {x.id for x in load_case_data(CASE, e.span.last + timedelta(days=15)).events}


def test_a_day_before_the_case_is_refused_with_the_window() -> None:
    with pytest.raises(AsOfOutOfRange, match="2021-08-15"):
        load_case_data(CASE, date(2021, 8, 14))


def test_a_stranger_is_set_aside_with_the_nearest_names_and_never_matched(tmp_path: Path) -> None:
    stranger = make_line(event_id="DL-20250109-01", date_start="2025-01-09", date_end="2025-01-09", initiator="TPP;HGB")
    g = load_case_data(
        load_case_file(str(write_case_folder(tmp_path, make_chronology(*make_daily_lines(3), stranger))))
    )
    assert (len(g.events), g.rows) == (3, 4)
    (aside,) = g.set_aside
    (fault,) = aside.faults
    assert (fault.row, fault.column, fault.value) == (5, "initiator", "TPP")
    assert "'TTP'" in fault.remedy
    assert "Add it to an actor's aliases" in fault.remedy


def test_a_wrong_header_stops_the_case_and_names_the_column(tmp_path: Path) -> None:
    path = write_case_folder(tmp_path, make_chronology(*make_daily_lines(2)).replace(b"summary", b"sumary"))
    with pytest.raises(WrongHeader, match=r"'summary' is missing \(is it 'sumary'\?\)"):
        load_case_data(load_case_file(str(path)))


def test_a_chronology_without_any_row_gives_no_event_and_no_error(tmp_path: Path) -> None:
    g = load_case_data(load_case_file(str(write_case_folder(tmp_path, make_chronology()))))
    assert (g.rows, g.events) == (0, ())


def test_watched_days_and_effort_are_those_of_hand_arithmetic() -> None:
    e = compute_coverage(CASE, date(2026, 6, 30))
    assert e.days(date(2021, 8, 15), date(2021, 8, 31)) == 17
    # The last two days of 2022 at 1.86 and the first three of 2023 at 2.60.
    assert e.effort(date(2022, 12, 30), date(2023, 1, 3)) == pytest.approx(2 * 1.86 + 3 * 2.60)
    assert e.days(date(2026, 4, 8), date(2026, 6, 30)) == 1
    assert not e.watched(date(2026, 4, 9))
    assert e.days(date(2030, 1, 1), date(2030, 12, 31)) == 0
    assert e.days(date(2020, 1, 1), date(2021, 8, 15)) == 1


def test_exposure_ends_where_knowledge_ends() -> None:
    e = compute_coverage(CASE, date(2022, 1, 31))
    assert e.last == date(2022, 1, 31)
    assert e.days(date(2022, 1, 1), date(2022, 12, 31)) == 31


def test_daily_counts_hold_every_event_of_a_channel_once_and_say_how_many_days_are_vague() -> None:
    c = daily_counts(FLAGSHIP)
    for k, name in enumerate(c.channels):
        told = [e for e in FLAGSHIP.of(name) if e.day <= c.days[-1]]
        assert c.y[:, k].sum() == len(told)
        assert c.imprecise[k] == sum(e.span.precision != "day" for e in told)
    precise = daily_counts(FLAGSHIP, precise=True)
    assert (c.y.sum(axis=0) - precise.y.sum(axis=0) == c.imprecise).all()
    assert c.coverage[(date(2026, 5, 1) - c.first).days] == 0
