"""A case in somebody else's record: the same cast and channels, every row accounted for, nothing known later."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from detente.cases.other_source import case_from_source, other_sources
from detente.store.snapshot import open_version
from support.second_source import CASE, add_events, make_ucdp_event

DAY = date(2025, 3, 1)


def test_who_fought_on_whose_soil_decides_the_channel_and_every_row_is_accounted_for(tmp_path: Path) -> None:
    add_events(
        tmp_path,
        [
            make_ucdp_event("a", DAY),
            make_ucdp_event("b", DAY, country="AFG"),
            make_ucdp_event("c", DAY, names=("Government of Pakistan", "Government of Afghanistan")),
            make_ucdp_event("d", DAY, names=("TTP", "Civilians")),
            make_ucdp_event("e", DAY, country="UKR", names=("Government of Ukraine", "TTP")),
            make_ucdp_event("f", DAY, country="PAK", names=("XXX770", "XXX770")),
            make_ucdp_event("g", date(2020, 1, 1)),
            make_ucdp_event("h", DAY, known_on=date(2026, 6, 1)),
        ],
    )
    g = case_from_source(CASE, open_version(tmp_path), "ucdp", date(2026, 5, 1))
    assert g is not None
    told = {e.id: g.channel(e) for e in g.events}
    assert told == {"a": "attack", "b": "strike", "c": "clash", "d": None, "f": None}
    assert (g.elsewhere, g.later, g.superseded, len(g.set_aside), g.rows) == (2, 1, 0, 0, 8)


def test_only_days_that_its_releases_cover_are_watched_and_all_alike(tmp_path: Path) -> None:
    add_events(tmp_path, [make_ucdp_event("a", date(2024, 1, 5))], "GEDEvent_v24_0_1", date(2024, 2, 29))
    add_events(tmp_path, [make_ucdp_event("b", date(2024, 3, 5))], "GEDEvent_v24_0_3", date(2024, 4, 30))
    now = open_version(tmp_path)
    g = case_from_source(CASE, now, "ucdp", date(2025, 1, 1))
    assert g is not None
    e = g.coverage
    seen = [e.first + timedelta(days=i) for i, d in enumerate(e.by_day) if d == 1.0]
    assert len(seen) == 62
    assert {(d.year, d.month) for d in seen} == {(2024, 1), (2024, 3)}
    early = case_from_source(CASE, now, "ucdp", date(2024, 3, 31))
    assert early is not None
    assert [x.id for x in early.events] == ["a"]
    assert case_from_source(CASE, now, "ucdp", date(2024, 1, 31)) is None


def test_a_newer_release_takes_the_place_of_an_older_one_there_too(tmp_path: Path) -> None:
    add_events(
        tmp_path,
        [make_ucdp_event("a", date(2024, 1, 5), known_on=date(2024, 2, 29))],
        "GEDEvent_v24_0_1",
        date(2024, 2, 29),
    )
    add_events(
        tmp_path,
        [make_ucdp_event("a", date(2024, 1, 5), country="AFG", known_on=date(2024, 3, 31))],
        "GEDEvent_v24_0_2",
        date(2024, 3, 31),
    )
    now = open_version(tmp_path)
    g = case_from_source(CASE, now, "ucdp", date(2025, 1, 1))
    assert g is not None
    assert [(e.id, g.channel(e)) for e in g.events] == [("a", "strike")]
    assert (g.superseded, g.rows) == (1, 2)


def test_sources_whose_names_the_cast_does_not_know_and_the_cases_own_are_no_others(tmp_path: Path) -> None:
    add_events(tmp_path, [make_ucdp_event("a", DAY)])
    now = open_version(tmp_path)
    assert other_sources(CASE, now) == ("ucdp",)
    assert other_sources(CASE, now, ("ucdp",)) == ()
    stripped = CASE.model_copy(update={"cast": tuple(a.model_copy(update={"aliases": {}}) for a in CASE.cast)})
    assert other_sources(stripped, now) == ()


@pytest.mark.parametrize("day", [date(2026, 1, 31), date(2026, 2, 28)])
def test_real_months_of_ucdp_hold_the_casts_fights(tmp_path: Path, day: date) -> None:
    from detente.events.reader import read_release
    from detente.store.writer import add_release

    shared = Path(__file__).parents[3] / "shared/data/ucdp/GEDEvent_v26_0_1.csv"
    if not shared.exists():
        pytest.skip("the folder shared/data is not beside the repository")
    add_release(tmp_path, read_release(shared))
    g = case_from_source(CASE, open_version(tmp_path), "ucdp", day)
    if day < date(2026, 2, 28):
        assert g is None  # not out yet
        return
    assert g is not None
    assert g.rows == 1727
    assert len(g.of("attack")) > 20
    assert all("TTP" in e.actors for e in g.of("attack"))
