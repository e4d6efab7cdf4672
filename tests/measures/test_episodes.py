"""Crisis episodes on worlds whose crises we chose."""

from detente.events.event import ReportedDeaths
from detente.measures.episodes import find_episodes
from support.worlds import FLAGSHIP, make_event, make_world, nth_day


def test_force_within_a_fortnight_is_one_crisis_and_after_it_another() -> None:
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


def test_a_long_event_holds_its_crisis_open_until_it_ends() -> None:
    g = make_world(
        [
            make_event(nth_day(10), "PAK;AFG", "", "ASSAULT", "clash", last=nth_day(20)),
            make_event(nth_day(33), "PAK", "AFG", "ASSAULT", "airstrike"),
        ]
    )
    assert [(e.first, e.last) for e in find_episodes(g)] == [(nth_day(10), nth_day(33))]


def test_who_began_is_read_off_the_first_day_and_doubt_is_kept() -> None:
    def began(*opening: tuple[str, bool]) -> str:
        made = [
            make_event(nth_day(5), who, "AFG" if who == "PAK" else "PAK", "ASSAULT", "clash", disputed=d, n=i)
            for i, (who, d) in enumerate(opening, 1)
        ]
        return find_episodes(make_world(made))[0].began

    assert began(("PAK", True)) == "target"
    assert began(("AFG", False)) == "host"
    assert began(("PAK;AFG", False)) == "both named"
    assert began(("PAK;AFG", True)) == "disputed"
    assert began(("PAK", False), ("AFG", True)) == "disputed"


def test_deaths_are_a_range_and_a_crisis_without_figures_is_not_one_without_deaths() -> None:
    g = make_world(
        [
            make_event(nth_day(5), "PAK", "AFG", "ASSAULT", "airstrike", tolls=ReportedDeaths(low=3, best=5, high=9)),
            make_event(nth_day(6), "PAK", "AFG", "ASSAULT", "airstrike", tolls=ReportedDeaths(high=40), n=2),
            make_event(nth_day(7), "PAK", "AFG", "ASSAULT", "airstrike", n=3),
        ]
    )
    toll = find_episodes(g)[0].deaths
    assert (toll.low, toll.high, toll.told, toll.untold) == (3, 49, 2, 1)


def test_a_truce_after_the_last_shot_ends_a_crisis_before_one_on_the_same_day_does() -> None:
    shot = make_event(nth_day(5), "PAK", "AFG", "ASSAULT", "airstrike")
    same = make_event(nth_day(5), "PAK;AFG", "", "RETREAT", "ceasefire", n=2)
    after = make_event(nth_day(7), "PAK;AFG", "", "AGREE", n=3)
    assert find_episodes(make_world([shot, same, after]))[0].ended_by == after.id
    assert find_episodes(make_world([shot, same]))[0].ended_by == same.id
    assert find_episodes(make_world([shot]))[0].ended_by is None


def test_a_crisis_that_the_watch_cuts_off_is_said_to_run() -> None:
    g = make_world([make_event(nth_day(360), "PAK", "AFG", "ASSAULT", "airstrike")])
    assert find_episodes(g)[0].running
    assert not find_episodes(make_world([make_event(nth_day(100), "PAK", "AFG", "ASSAULT", "airstrike")]))[0].running


def test_october_2025_is_one_crisis_that_the_target_began_and_the_doha_agreement_ended() -> None:
    october = next(e for e in find_episodes(FLAGSHIP) if e.first.isoformat() == "2025-10-09")
    assert (october.last.isoformat(), october.began, october.ended_by) == ("2025-10-17", "target", "DL-20251019-01")
