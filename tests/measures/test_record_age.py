"""The age of a record, against its definition."""

from datetime import date

import pytest

from detente.cases.case_file import load_case_file
from detente.cases.load import load_case_data
from detente.measures import record_age
from detente.measures.record_age import RecordAge, find_record_age

CASE = load_case_file("pakistan-afghanistan")


def test_age_counts_days_to_today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a day of knowledge the record is read today."""
    monkeypatch.setattr(record_age, "today", lambda: date(2026, 11, 28))
    age = find_record_age(load_case_data(CASE))
    assert (age.covered_to, age.read_on, age.days, age.is_today) == (date(2026, 4, 8), date(2026, 11, 28), 234, True)


def test_age_of_a_past_day_ends_there() -> None:
    """A day of knowledge that was asked for is the day of reading; within the covered days the age is 0."""
    age = find_record_age(load_case_data(CASE, date(2025, 10, 8)))
    assert (age.read_on, age.days, age.is_today) == (date(2025, 10, 8), 0, False)


def test_last_event_is_the_latest_known() -> None:
    """The latest event may be later than the last covered day."""
    g = load_case_data(CASE)
    age = find_record_age(g)
    assert age.last_event == max(e.day for e in g.events)
    assert age.has_later_events


def test_sentence_says_what_follows_the_covered_days() -> None:
    """Later events are named only where there are some."""
    covered, read = date(2026, 4, 8), date(2026, 4, 9)
    some, none = RecordAge(covered, read, read), RecordAge(covered, covered, read)
    assert (some.sentence != none.sentence, "1 day " in some.sentence) == (True, True)


def test_record_without_events_has_an_age() -> None:
    """No event is no error: the covered days still end."""
    age = RecordAge(date(2026, 1, 1), None, date(2026, 1, 31))
    assert (age.days, age.has_later_events) == (30, False)


def test_age_tells_days_not_collected() -> None:
    """Days between the first and the last covered one that were not collected are told, and only where there are some."""
    first, last = date(2026, 1, 1), date(2026, 3, 31)
    gaps = RecordAge(last, None, last, covered_from=first, missing=31)
    assert "Of the 90 days since 1 January 2026, 31 were not collected" in gaps.sentence
    assert "not collected" not in RecordAge(last, None, last, covered_from=first).sentence
    assert find_record_age(load_case_data(CASE)).missing == 0
