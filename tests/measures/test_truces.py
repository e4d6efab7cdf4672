"""Truces and rounds of talks in synthetic worlds with known truces, and in the flagship."""

from detente.events.event import Event
from detente.measures.truces import find_mediated_rounds, find_truces, fit_duration_curve
from support.worlds import FLAGSHIP, make_event, make_world, nth_day


def truce(n: int, who: str = "PAK;AFG", until: int | None = None, k: int = 1) -> Event:
    return make_event(nth_day(n), who, "", "RETREAT", "ceasefire", last=None if until is None else nth_day(until), n=k)


def strike(n: int) -> Event:
    return make_event(nth_day(n), "PAK", "AFG", "ASSAULT", "airstrike", n=8)


def attack(n: int, who: str = "TTP") -> Event:
    return make_event(nth_day(n), who, "PAK", "ASSAULT", "raid", country="PAK", n=7)


def test_truce_ends_with_force_between_parties() -> None:
    """A truce holds until force between the same parties."""
    (t,) = find_truces(make_world([truce(10), attack(12), strike(30)]))
    assert (t.pair, t.days, t.ended_by) == ("target–host", 20, strike(30).id)


def test_force_on_first_day_does_not_break() -> None:
    """Force on the day of the truce does not break it, since the order is unknown."""
    (t,) = find_truces(make_world([strike(10), truce(10)], days=60))
    assert (t.ended_by, t.days) == (None, 49)


def test_truce_during_truce_extends_it() -> None:
    """A truce announced while another holds extends it."""
    (t,) = find_truces(make_world([truce(10), truce(15, k=2), strike(20)]))
    assert (len(t.events), t.days) == (2, 10)


def test_truce_after_force_is_new() -> None:
    """A truce after force is a new truce."""
    first, second = find_truces(make_world([truce(10), strike(12), truce(15, k=2), strike(16)]))
    assert (first.days, second.days) == (2, 1)


def test_other_group_does_not_break_truce() -> None:
    """Force by another group does not break a group's truce."""
    (t,) = find_truces(make_world([truce(10, "TTP;PAK"), attack(12, "HGB"), attack(40)]))
    assert (t.pair, t.days) == ("target–group", 30)


def test_truce_is_censored_at_announced_end() -> None:
    """A truce that reached its announced end is censored there."""
    (t,) = find_truces(make_world([truce(10, "TTP;PAK", until=30), attack(50)]))
    assert (t.days, t.ended_by, t.expired) == (20, None, True)
    assert fit_duration_curve([t]).ended == 0


def test_truce_expires_only_on_an_observed_day() -> None:
    """A truce whose announced end lies after the last observed day has not expired; one that ends on it has."""
    for until, expired in ((364, True), (365, False), (400, False)):
        (t,) = find_truces(make_world([truce(10, "TTP;PAK", until=until)]))
        assert (t.last, t.ended_by, t.expired) == (nth_day(364), None, expired)


def test_extension_within_three_days_joins_truces() -> None:
    """An extension within three days of the announced end continues the truce; a later one starts another."""
    assert len(find_truces(make_world([truce(10, until=20), truce(23, k=2)]))) == 1
    assert len(find_truces(make_world([truce(10, until=20), truce(24, k=2)]))) == 2


def test_calling_truce_off_ends_it() -> None:
    """Calling a truce off ends it before any force."""
    off = make_event(nth_day(14), "TTP", "PAK", "SANCTION", "terminate-ceasefire")
    (t,) = find_truces(make_world([truce(10, "TTP;PAK"), off, attack(30)]))
    assert (t.days, t.ended_by) == (4, off.id)


def test_round_starts_on_last_day_with_brokers() -> None:
    """A round is followed from its last day and names its brokers."""
    talks = make_event(nth_day(10), "TUR;QAT", "PAK;AFG", "CONSULT", "third-party-talks", last=nth_day(15))
    (r,) = find_mediated_rounds(make_world([talks, strike(22)]))
    assert (r.days, r.brokers) == (7, ("QAT", "TUR"))


def test_doha_ceasefire_extends_october_2025_truce() -> None:
    """The Doha ceasefire extends the truce of October 2025, which held twenty days."""
    t = next(t for t in find_truces(FLAGSHIP) if "DL-20251019-01" in t.events)
    assert (t.days, t.ended_by) == (20, "DL-20251106-01")
