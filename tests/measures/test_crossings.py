"""Closed days of crossings, from clear and from ambiguous reports."""

from detente.events.event import Event
from detente.measures.crossings import count_closed_days, find_crossing_spells
from support.worlds import FLAGSHIP, make_event, make_world, nth_day

TORKHAM = next(c for c in FLAGSHIP.case.crossings if c.key == "torkham")


def shut(n: int, until: int | None = None, place: str = "Torkham") -> Event:
    last = None if until is None else nth_day(until)
    return make_event(nth_day(n), "PAK", "AFG", "SANCTION", "close-crossing", last=last, place=place, country="PAK")


def opened(n: int) -> Event:
    return make_event(nth_day(n), "PAK", "AFG", "RETREAT", "reopen-crossing", place="Torkham", country="PAK", n=9)


def test_reopening_day_is_not_closed() -> None:
    """The day of reopening does not count as closed."""
    assert count_closed_days(make_world([shut(10), opened(18)]), TORKHAM) == (8, 8)


def test_closure_without_reopening_has_bounds() -> None:
    """A closure without a reopening lasts at least a day and at most to the end of observation."""
    assert count_closed_days(make_world([shut(10)], days=100), TORKHAM) == (1, 90)


def test_reported_period_is_exact() -> None:
    """A closure reported with its end is taken as exact."""
    assert count_closed_days(make_world([shut(10, until=15)], days=100), TORKHAM) == (6, 6)


def test_second_closure_bounds_first_spell() -> None:
    """Two closures without a reopening between leave the first spell's end uncertain."""
    first, second = find_crossing_spells(make_world([shut(10), shut(30), opened(33)], days=100), TORKHAM)
    assert (first.days_low, first.days_high) == (1, 20)
    assert (second.days_low, second.days_high) == (3, 3)


def test_other_crossing_does_not_count() -> None:
    """A closure of another crossing does not count."""
    assert count_closed_days(make_world([shut(10, place="Chaman")]), TORKHAM) == (0, 0)


def test_same_day_reopening_counts_one_day() -> None:
    """A closure and reopening on one day count as one closed day."""
    assert count_closed_days(make_world([shut(10), opened(10)]), TORKHAM) == (1, 1)


def test_overlapping_spells_count_once() -> None:
    """Days in overlapping spells count once."""
    low, high = count_closed_days(make_world([shut(10, until=20), shut(15, until=18), opened(25)], days=60), TORKHAM)
    assert low <= high <= 15


def test_chaman_november_2022_lasted_eight_days() -> None:
    """The closure of Chaman in November 2022 lasted the eight days that the reopening report states."""
    chaman = next(c for c in FLAGSHIP.case.crossings if c.key == "chaman")
    spell = next(s for s in find_crossing_spells(FLAGSHIP, chaman) if s.first.isoformat() == "2022-11-13")
    assert (spell.days_low, spell.days_high) == (8, 8)


def test_torkham_october_2025_has_no_gap() -> None:
    """At Torkham in October 2025, closed changes to no trade without a gap."""
    closed, no_trade, aid = find_crossing_spells(FLAGSHIP, TORKHAM)[-3:]
    assert (closed.state, closed.days_low, closed.days_high) == ("closed", 20, 20)
    assert (no_trade.state, str(no_trade.last_low)) == ("no trade", "2025-12-03")
    assert str(aid.first) == "2025-12-04"
    assert str(aid.last_high) == "2026-04-08"
