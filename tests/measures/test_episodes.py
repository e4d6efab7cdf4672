"""Crisis episodes on worlds whose crises we chose."""

from detente.events.event import Tolls
from detente.measures.episodes import episodes
from support.worlds import FLAGSHIP, day, event, world


def test_force_within_a_fortnight_is_one_crisis_and_after_it_another() -> None:
    g = world(
        [
            event(day(10), "PAK", "AFG", "ASSAULT", "airstrike"),
            event(day(24), "AFG", "PAK", "ASSAULT", "clash", country="PAK"),
            event(day(39), "PAK", "AFG", "ASSAULT", "airstrike"),
        ]
    )
    found = episodes(g)
    assert [(e.first, e.last, len(e.events)) for e in found] == [(day(10), day(24), 2), (day(39), day(39), 1)]


def test_a_long_event_holds_its_crisis_open_until_it_ends() -> None:
    g = world(
        [
            event(day(10), "PAK;AFG", "", "ASSAULT", "clash", last=day(20)),
            event(day(33), "PAK", "AFG", "ASSAULT", "airstrike"),
        ]
    )
    assert [(e.first, e.last) for e in episodes(g)] == [(day(10), day(33))]


def test_who_began_is_read_off_the_first_day_and_doubt_is_kept() -> None:
    def began(*opening: tuple[str, bool]) -> str:
        made = [
            event(day(5), who, "AFG" if who == "PAK" else "PAK", "ASSAULT", "clash", disputed=d, n=i)
            for i, (who, d) in enumerate(opening, 1)
        ]
        return episodes(world(made))[0].began

    assert began(("PAK", True)) == "target"
    assert began(("AFG", False)) == "host"
    assert began(("PAK;AFG", False)) == "both named"
    assert began(("PAK;AFG", True)) == "disputed"
    assert began(("PAK", False), ("AFG", True)) == "disputed"


def test_deaths_are_a_range_and_a_crisis_without_figures_is_not_one_without_deaths() -> None:
    g = world(
        [
            event(day(5), "PAK", "AFG", "ASSAULT", "airstrike", tolls=Tolls(low=3, best=5, high=9)),
            event(day(6), "PAK", "AFG", "ASSAULT", "airstrike", tolls=Tolls(high=40), n=2),
            event(day(7), "PAK", "AFG", "ASSAULT", "airstrike", n=3),
        ]
    )
    toll = episodes(g)[0].deaths
    assert (toll.low, toll.high, toll.told, toll.untold) == (3, 49, 2, 1)


def test_a_truce_after_the_last_shot_ends_a_crisis_before_one_on_the_same_day_does() -> None:
    shot = event(day(5), "PAK", "AFG", "ASSAULT", "airstrike")
    same = event(day(5), "PAK;AFG", "", "RETREAT", "ceasefire", n=2)
    after = event(day(7), "PAK;AFG", "", "AGREE", n=3)
    assert episodes(world([shot, same, after]))[0].ended_by == after.id
    assert episodes(world([shot, same]))[0].ended_by == same.id
    assert episodes(world([shot]))[0].ended_by is None


def test_a_crisis_that_the_watch_cuts_off_is_said_to_run() -> None:
    g = world([event(day(360), "PAK", "AFG", "ASSAULT", "airstrike")])
    assert episodes(g)[0].running
    assert not episodes(world([event(day(100), "PAK", "AFG", "ASSAULT", "airstrike")]))[0].running


def test_october_2025_is_one_crisis_that_the_target_began_and_the_doha_agreement_ended() -> None:
    october = next(e for e in episodes(FLAGSHIP) if e.first.isoformat() == "2025-10-09")
    assert (october.last.isoformat(), october.began, october.ended_by) == ("2025-10-17", "target", "DL-20251019-01")
