"""Truces and rounds on worlds whose truces we chose."""

from detente.events.event import Event
from detente.measures.truces import find_mediated_rounds, find_truces, fit_duration_curve
from support.worlds import FLAGSHIP, make_event, make_world, nth_day


def truce(n: int, who: str = "PAK;AFG", until: int | None = None, k: int = 1) -> Event:
    return make_event(nth_day(n), who, "", "RETREAT", "ceasefire", last=None if until is None else nth_day(until), n=k)


def strike(n: int) -> Event:
    return make_event(nth_day(n), "PAK", "AFG", "ASSAULT", "airstrike", n=8)


def attack(n: int, who: str = "TTP") -> Event:
    return make_event(nth_day(n), who, "PAK", "ASSAULT", "raid", country="PAK", n=7)


def test_a_truce_holds_until_force_comes_back_between_the_same_parties() -> None:
    (t,) = find_truces(make_world([truce(10), attack(12), strike(30)]))
    assert (t.pair, t.days, t.ended_by) == ("target–host", 20, strike(30).id)


def test_force_on_the_day_of_the_truce_does_not_break_it_since_the_order_is_unknown() -> None:
    (t,) = find_truces(make_world([strike(10), truce(10)], days=60))
    assert (t.ended_by, t.days) == (None, 49)


def test_a_truce_announced_while_another_holds_extends_it() -> None:
    (t,) = find_truces(make_world([truce(10), truce(15, k=2), strike(20)]))
    assert (len(t.events), t.days) == (2, 10)


def test_a_truce_after_force_came_back_is_another_truce() -> None:
    first, second = find_truces(make_world([truce(10), strike(12), truce(15, k=2), strike(16)]))
    assert (first.days, second.days) == (2, 1)


def test_a_truce_of_one_group_is_not_broken_by_another_group() -> None:
    (t,) = find_truces(make_world([truce(10, "TTP;PAK"), attack(12, "HGB"), attack(40)]))
    assert (t.pair, t.days) == ("target–group", 30)


def test_a_truce_that_reached_its_announced_end_is_not_followed_beyond_it() -> None:
    (t,) = find_truces(make_world([truce(10, "TTP;PAK", until=30), attack(50)]))
    assert (t.days, t.ended_by, t.expired) == (20, None, True)
    assert fit_duration_curve([t]).ended == 0


def test_an_extension_three_days_after_the_announced_end_keeps_one_truce_and_four_days_after_makes_two() -> None:
    assert len(find_truces(make_world([truce(10, until=20), truce(23, k=2)]))) == 1
    assert len(find_truces(make_world([truce(10, until=20), truce(24, k=2)]))) == 2


def test_calling_a_truce_off_ends_it_before_any_shot() -> None:
    off = make_event(nth_day(14), "TTP", "PAK", "SANCTION", "terminate-ceasefire")
    (t,) = find_truces(make_world([truce(10, "TTP;PAK"), off, attack(30)]))
    assert (t.days, t.ended_by) == (4, off.id)


def test_a_round_is_followed_from_its_last_day_and_names_who_brokered_it() -> None:
    talks = make_event(nth_day(10), "TUR;QAT", "PAK;AFG", "CONSULT", "third-party-talks", last=nth_day(15))
    (r,) = find_mediated_rounds(make_world([talks, strike(22)]))
    assert (r.days, r.brokers) == (7, ("QAT", "TUR"))


def test_the_doha_ceasefire_extends_the_truce_of_october_2025_which_held_twenty_days() -> None:
    t = next(t for t in find_truces(FLAGSHIP) if "DL-20251019-01" in t.events)
    assert (t.days, t.ended_by) == (20, "DL-20251106-01")
