"""Translated releases: events in order and rejected rows, which together are the rows read."""

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

EVENTS = [make_event(date(2025, 1, 1) + timedelta(days=i // 2), "PAK", "AFG", "ACCUSE", n=i % 2 + 1) for i in range(8)]


@given(st.permutations(EVENTS))
def test_sort_events_by_day_and_id(shuffled: list[Event]) -> None:
    """Events are ordered by day and id for any input order."""
    assert list(sort_events(shuffled)) == EVENTS


def test_rejected_rows_are_counted(tmp_path: Path) -> None:
    """Rejected rows are counted."""
    (tmp_path / "c.csv").write_bytes(
        make_chronology(*make_daily_lines(4), make_line(event_id="?"), make_line(event_type="?"))
    )
    release = translate_chronology(read_chronology(tmp_path / "c.csv"))
    assert (len(release.events), len(release.set_aside), release.rows) == (4, 2, 6)
    assert [s.row for s in release.set_aside] == [6, 7]
    assert {s.source for s in release.set_aside} == {"chronology"}


def test_empty_field_is_unknown(tmp_path: Path) -> None:
    """An empty field is unknown; 0 stays 0."""
    empty = {"deaths_best": "", "deaths_low": "", "deaths_high": "", "latitude": "", "longitude": "", "place": ""}
    (tmp_path / "c.csv").write_bytes(make_chronology(make_line(**empty)))
    (e,) = translate_chronology(read_chronology(tmp_path / "c.csv")).events
    assert e.tolls == ReportedDeaths(None, None, None, 0)
    assert e.tolls.range is None
    assert e.place.point is None


def test_event_keeps_row_and_raw_names(tmp_path: Path) -> None:
    """An event keeps its row and the names in its source."""
    (tmp_path / "c.csv").write_bytes(make_chronology(*make_daily_lines(2), make_line(event_id="DL-20250103-01", date_start="2025-01-03",
                                                              date_end="2025-01-03", initiator=" TTP ; JUA", target="")))  # fmt: skip
    e = translate_chronology(read_chronology(tmp_path / "c.csv")).events[-1]
    assert (e.row, e.raw_initiators, e.raw_recipients) == (4, ("TTP", "JUA"), ())
    assert (e.initiators, e.recipients) == ((), ())
    assert e.addresses == ("https://example.org/1", "https://example.org/2")
