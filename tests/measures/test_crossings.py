"""Days a crossing was shut, on reports whose meaning is plain, and on those that leave doubt."""

from detente.events.event import Event
from detente.measures.crossings import count_closed_days, find_crossing_spells
from support.worlds import FLAGSHIP, make_event, make_world, nth_day

TORKHAM = next(c for c in FLAGSHIP.case.crossings if c.key == "torkham")


def shut(n: int, until: int | None = None, place: str = "Torkham") -> Event:
    last = None if until is None else nth_day(until)
    return make_event(nth_day(n), "PAK", "AFG", "SANCTION", "close-crossing", last=last, place=place, country="PAK")


def opened(n: int) -> Event:
    return make_event(nth_day(n), "PAK", "AFG", "RETREAT", "reopen-crossing", place="Torkham", country="PAK", n=9)


def test_shut_and_reopened_counts_the_days_between_and_not_the_day_of_reopening() -> None:
    assert count_closed_days(make_world([shut(10), opened(18)]), TORKHAM) == (8, 8)


def test_shut_with_no_word_of_reopening_is_one_day_at_least_and_until_the_watch_ends_at_most() -> None:
    assert count_closed_days(make_world([shut(10)], days=100), TORKHAM) == (1, 90)


def test_a_stretch_that_the_report_gives_in_full_is_taken_at_its_word() -> None:
    assert count_closed_days(make_world([shut(10, until=15)], days=100), TORKHAM) == (6, 6)


def test_shut_twice_with_no_reopening_between_leaves_the_first_spell_in_doubt() -> None:
    first, second = find_crossing_spells(make_world([shut(10), shut(30), opened(33)], days=100), TORKHAM)
    assert (first.days_low, first.days_high) == (1, 20)
    assert (second.days_low, second.days_high) == (3, 3)


def test_another_crossings_closure_does_not_shut_this_one() -> None:
    assert count_closed_days(make_world([shut(10, place="Chaman")]), TORKHAM) == (0, 0)


def test_shut_and_reopened_on_one_day_is_one_day() -> None:
    assert count_closed_days(make_world([shut(10), opened(10)]), TORKHAM) == (1, 1)


def test_overlapping_spells_are_not_counted_twice() -> None:
    low, high = count_closed_days(make_world([shut(10, until=20), shut(15, until=18), opened(25)], days=60), TORKHAM)
    assert low <= high <= 15


def test_november_2022_at_chaman_lasted_the_eight_days_that_the_reopening_report_says() -> None:
    chaman = next(c for c in FLAGSHIP.case.crossings if c.key == "chaman")
    spell = next(s for s in find_crossing_spells(FLAGSHIP, chaman) if s.first.isoformat() == "2022-11-13")
    assert (spell.days_low, spell.days_high) == (8, 8)


def test_october_2025_at_torkham_passes_from_closed_to_no_trade_without_a_gap() -> None:
    closed, no_trade, aid = find_crossing_spells(FLAGSHIP, TORKHAM)[-3:]
    assert (closed.state, closed.days_low, closed.days_high) == ("closed", 20, 20)
    assert (no_trade.state, str(no_trade.last_low)) == ("no trade", "2025-12-03")
    assert str(aid.first) == "2025-12-04"
    assert str(aid.last_high) == "2026-04-08"
