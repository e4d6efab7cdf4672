"""A harvest: events in order and rows set aside, which together are the rows that were read."""

from datetime import date, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from detente.events.event import Event, ReportedDeaths
from detente.events.rejects import sort_events
from detente.events.translations.chronology import translate_chronology
from detente.sources.chronology import read_chronology
from support.small_case import make_chronology, make_daily_lines, make_line
from support.worlds import make_event

MADE = [make_event(date(2025, 1, 1) + timedelta(days=i // 2), "PAK", "AFG", "ACCUSE", n=i % 2 + 1) for i in range(8)]


@given(st.permutations(MADE))
def test_events_stand_by_day_and_then_id_however_they_came(told: list[Event]) -> None:
    assert list(sort_events(told)) == MADE


def test_rows_that_cannot_be_read_stay_in_the_count(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes(
        make_chronology(*make_daily_lines(4), make_line(event_id="?"), make_line(event_type="?"))
    )
    told = translate_chronology(read_chronology(tmp_path / "c.csv"))
    assert (len(told.events), len(told.set_aside), told.rows) == (4, 2, 6)
    assert [s.row for s in told.set_aside] == [6, 7]
    assert {s.source for s in told.set_aside} == {"chronology"}


def test_an_empty_field_becomes_unknown_and_a_nought_stays_a_nought(tmp_path: Path) -> None:
    empty = {"deaths_best": "", "deaths_low": "", "deaths_high": "", "latitude": "", "longitude": "", "place": ""}
    (tmp_path / "c.csv").write_bytes(make_chronology(make_line(**empty)))
    (e,) = translate_chronology(read_chronology(tmp_path / "c.csv")).events
    assert e.tolls == ReportedDeaths(None, None, None, 0)
    assert e.tolls.range is None
    assert e.place.point is None


def test_an_event_keeps_the_row_and_the_names_that_its_source_gave(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes(make_chronology(*make_daily_lines(2), make_line(event_id="DL-20250103-01", date_start="2025-01-03",
                                                              date_end="2025-01-03", initiator=" TTP ; JUA", target="")))  # fmt: skip
    e = translate_chronology(read_chronology(tmp_path / "c.csv")).events[-1]
    assert (e.row, e.raw_initiators, e.raw_recipients) == (4, ("TTP", "JUA"), ())
    assert (e.initiators, e.recipients) == ((), ())
    assert e.addresses == ("https://example.org/1", "https://example.org/2")
