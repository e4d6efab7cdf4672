"""Two periods are compared only where every day of both was collected."""

from dataclasses import replace

from detente.api.case import Case
from detente.api.recent_changes import compare_recent_periods, list_developments
from detente.cases.load import CaseData
from detente.claims.context import ClaimContext
from detente.core.disk_cache import DiskCache
from support.worlds import make_event, make_world, nth_day

STRIKES = [make_event(nth_day(n), "PAK", "TTP", "ASSAULT", "airstrike") for n in (150, 152)]


def _open(g: CaseData) -> Case:
    return Case("made", ClaimContext(g), DiskCache(None))


def _world_with_gap(days: int = 160, gap: tuple[int, int] = (100, 129)) -> CaseData:
    g = make_world(STRIKES, days=days)
    return replace(g, coverage=g.coverage.without(nth_day(gap[0]), nth_day(gap[1])))


def test_uncollected_month_before_is_not_zero() -> None:
    """A month before that was not collected has no count, and nothing is compared with it."""
    r = compare_recent_periods(_open(_world_with_gap()))
    strike = next(c for c in r.channels if c.channel == "strike")
    assert (strike.now, strike.before, strike.expected) == (2, None, None)
    assert (r.before.watched, r.now.watched) == (0, 30)
    assert "none of the 30 days" in r.coverage


def test_partly_collected_month_tells_its_days() -> None:
    """Of a month collected in part, the days collected are told, and no count of zero is given."""
    r = compare_recent_periods(_open(_world_with_gap(gap=(90, 119))))
    assert (r.before.watched, r.before.days) == (10, 30)
    assert "10 of the 30 days" in r.coverage
    assert all(c.before is None and c.expected is None for c in r.channels)


def test_days_before_the_case_are_unknown() -> None:
    """Thirty days before the case begins are not a quiet month."""
    early = [make_event(nth_day(3), "PAK", "TTP", "ASSAULT", "airstrike")]
    r = compare_recent_periods(_open(make_world(early, days=30)))
    assert (r.now.watched, r.before.watched) == (30, 0)
    assert "The case begins on 1 January 2022." in r.coverage
    assert {c.before for c in r.channels} == {None}


def test_collected_periods_stay_comparable() -> None:
    """Where every day was collected, zero is a count."""
    r = compare_recent_periods(_open(make_world(STRIKES, days=160)))
    assert {c.channel: c.before for c in r.channels}["strike"] == 0
    assert "can be compared" in r.coverage


def test_crisis_without_the_host_names_strikes() -> None:
    """Strikes on the group alone begin no crisis of force between the two states."""

    def said(whom: str) -> str:
        strike = make_event(nth_day(150), "PAK", whom, "ASSAULT", "airstrike")
        found = list_developments(_open(make_world([strike], days=160)), nth_day(140), nth_day(159))
        return next(d.said for d in found if d.kind == "crisis")

    assert said("TTP") == "a crisis began: strikes by Pakistan in Afghanistan"
    assert said("AFG") == "a crisis began: force was used between the two states"
