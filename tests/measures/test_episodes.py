"""Crisis episodes in synthetic worlds with known crises, and in the flagship."""

from dataclasses import replace

from detente.events.event import ReportedDeaths
from detente.measures.episodes import find_episodes
from support.worlds import FLAGSHIP, make_event, make_world, nth_day


def test_gap_of_a_fortnight_separates_episodes() -> None:
    """Force within a fortnight is one crisis; after a longer gap it is another."""
    g = make_world(
        [
            make_event(nth_day(10), "PAK", "AFG", "ASSAULT", "airstrike"),
            make_event(nth_day(24), "AFG", "PAK", "ASSAULT", "clash", country="PAK"),
            make_event(nth_day(39), "PAK", "AFG", "ASSAULT", "airstrike"),
        ]
    )
    found = find_episodes(g)
    assert [(e.first, e.last, len(e.events)) for e in found] == [
        (nth_day(10), nth_day(24), 2),
        (nth_day(39), nth_day(39), 1),
    ]


def test_long_event_extends_episode() -> None:
    """The gap is counted from the end of a long event."""
    g = make_world(
        [
            make_event(nth_day(10), "PAK;AFG", "", "ASSAULT", "clash", last=nth_day(20)),
            make_event(nth_day(33), "PAK", "AFG", "ASSAULT", "airstrike"),
        ]
    )
    assert [(e.first, e.last) for e in find_episodes(g)] == [(nth_day(10), nth_day(33))]


def test_initiator_is_read_from_first_day() -> None:
    """The initiator is read from the first day, and disputes are preserved."""

    def began(*opening: tuple[str, bool]) -> str:
        events = [
            make_event(nth_day(5), who, "AFG" if who == "PAK" else "PAK", "ASSAULT", "clash", disputed=d, n=i)
            for i, (who, d) in enumerate(opening, 1)
        ]
        return find_episodes(make_world(events))[0].began

    assert began(("PAK", True)) == "target"
    assert began(("AFG", False)) == "host"
    assert began(("PAK;AFG", False)) == "both named"
    assert began(("PAK;AFG", True)) == "disputed"
    assert began(("PAK", False), ("AFG", True)) == "disputed"


def test_episode_deaths_are_a_range() -> None:
    """Deaths are a range, and events without a figure are counted separately."""
    g = make_world(
        [
            make_event(nth_day(5), "PAK", "AFG", "ASSAULT", "airstrike", tolls=ReportedDeaths(low=3, best=5, high=9)),
            make_event(nth_day(6), "PAK", "AFG", "ASSAULT", "airstrike", tolls=ReportedDeaths(high=40), n=2),
            make_event(nth_day(7), "PAK", "AFG", "ASSAULT", "airstrike", n=3),
        ]
    )
    toll = find_episodes(g)[0].deaths
    assert (toll.low, toll.high, toll.told, toll.untold) == (3, 49, 2, 1)


def test_later_truce_is_preferred_as_end() -> None:
    """A truce after the last day of force is preferred to one on that day."""
    shot = make_event(nth_day(5), "PAK", "AFG", "ASSAULT", "airstrike")
    same = make_event(nth_day(5), "PAK;AFG", "", "RETREAT", "ceasefire", n=2)
    after = make_event(nth_day(7), "PAK;AFG", "", "AGREE", n=3)
    assert find_episodes(make_world([shot, same, after]))[0].ended_by == after.id
    assert find_episodes(make_world([shot, same]))[0].ended_by == same.id
    assert find_episodes(make_world([shot]))[0].ended_by is None


def test_episode_at_end_of_observation_is_running() -> None:
    """A crisis cut off by the end of the observation period is running."""
    g = make_world([make_event(nth_day(360), "PAK", "AFG", "ASSAULT", "airstrike")])
    assert find_episodes(g)[0].running
    assert not find_episodes(make_world([make_event(nth_day(100), "PAK", "AFG", "ASSAULT", "airstrike")]))[0].running


def test_october_2025_is_one_episode() -> None:
    """October 2025 is one crisis, begun by the target and ended by the Doha agreement."""
    october = next(e for e in find_episodes(FLAGSHIP) if e.first.isoformat() == "2025-10-09")
    assert (october.last.isoformat(), october.began, october.ended_by) == ("2025-10-17", "target", "DL-20251019-01")


def test_episode_before_a_gap_has_no_known_end() -> None:
    """Where the days after a crisis were not collected, its end is not known."""
    g = make_world([make_event(nth_day(n), "PAK", "AFG", "ASSAULT", "airstrike") for n in (10, 100)])
    assert [e.running for e in find_episodes(g)] == [False, False]
    gapped = replace(g, coverage=g.coverage.without(nth_day(20), nth_day(60)))
    assert [e.running for e in find_episodes(gapped)] == [True, False]
