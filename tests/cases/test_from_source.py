"""Case data from another source: same actors and channels, every row accounted for, nothing known later."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from detente.cases.other_source import case_from_source, other_sources
from detente.events.arrow import to_table
from detente.store.snapshot import open_version
from detente.store.writer import add_release
from support.releases import make_reading
from support.second_source import CASE, add_events, make_ucdp_event
from support.small_case import keep_few_actors

DAY = date(2025, 3, 1)
SMALL = keep_few_actors(CASE)


def test_other_source_assigns_channels_and_rows(tmp_path: Path) -> None:
    """Parties and country decide the channel, and every row is accounted for."""
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
    g = case_from_source(SMALL, open_version(tmp_path), "ucdp", date(2026, 5, 1))
    assert g is not None
    channels = {e.id: g.channel(e) for e in g.events}
    assert channels == {"a": "attack", "b": "strike", "c": "clash", "d": None, "f": None}
    assert (g.elsewhere, g.later, g.superseded, len(g.set_aside), g.rows) == (2, 1, 0, 0, 8)


def test_store_without_first_reports_is_read(tmp_path: Path) -> None:
    """A release stored before first reports were kept is read with unknown, beside a newer one that has them."""
    old = to_table([make_ucdp_event("a", DAY, release="old")]).drop_columns(["first_report"])
    add_release(tmp_path, make_reading(old, source="ucdp", release="old"))
    add_events(tmp_path, [replace(make_ucdp_event("b", DAY), first_report="Kabul Now, 2025-03-02")])
    g = case_from_source(SMALL, open_version(tmp_path), "ucdp", date(2026, 5, 1))
    assert g is not None
    assert {e.id: e.first_report for e in g.events} == {"a": "", "b": "Kabul Now, 2025-03-02"}


def test_other_source_coverage_follows_releases(tmp_path: Path) -> None:
    """Only days covered by the source's releases are observed, with constant coverage."""
    add_events(tmp_path, [make_ucdp_event("a", date(2024, 1, 5))], "GEDEvent_v24_0_1", date(2024, 2, 29))
    add_events(tmp_path, [make_ucdp_event("b", date(2024, 3, 5))], "GEDEvent_v24_0_3", date(2024, 4, 30))
    now = open_version(tmp_path)
    g = case_from_source(SMALL, now, "ucdp", date(2025, 1, 1))
    assert g is not None
    e = g.coverage
    covered = [e.first + timedelta(days=i) for i, d in enumerate(e.by_day) if d == 1.0]
    assert len(covered) == 62
    assert {(d.year, d.month) for d in covered} == {(2024, 1), (2024, 3)}
    early = case_from_source(SMALL, now, "ucdp", date(2024, 3, 31))
    assert early is not None
    assert [x.id for x in early.events] == ["a"]
    assert case_from_source(SMALL, now, "ucdp", date(2024, 1, 31)) is None


def test_other_source_uses_newest_release(tmp_path: Path) -> None:
    """A newer release of the source replaces an older one."""
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
    g = case_from_source(SMALL, now, "ucdp", date(2025, 1, 1))
    assert g is not None
    assert [(e.id, g.channel(e)) for e in g.events] == [("a", "strike")]
    assert (g.superseded, g.rows) == (1, 2)


def test_other_sources_excludes_own_and_unknown(tmp_path: Path) -> None:
    """The case's own source and sources without aliases are excluded."""
    add_events(tmp_path, [make_ucdp_event("a", DAY)])
    now = open_version(tmp_path)
    assert other_sources(CASE, now) == ("ucdp",)
    assert other_sources(CASE, now, ("ucdp",)) == ()
    stripped = CASE.model_copy(update={"cast": tuple(a.model_copy(update={"aliases": {}}) for a in CASE.cast)})
    assert other_sources(stripped, now) == ()


def test_real_ucdp_months_hold_attacks(tmp_path: Path) -> None:
    """Real UCDP months contain attacks by the cast's group, from the day of their release on."""
    from detente.events.reader import read_release
    from detente.store.writer import add_release

    shared = Path(__file__).parents[3] / "shared/data/ucdp/GEDEvent_v26_0_1.csv"
    if not shared.exists():
        pytest.skip("the folder shared/data is not beside the repository")
    add_release(tmp_path, read_release(shared))
    now = open_version(tmp_path)
    assert case_from_source(CASE, now, "ucdp", date(2026, 1, 31)) is None
    g = case_from_source(CASE, now, "ucdp", date(2026, 2, 28))
    assert g is not None
    assert g.rows == 1727
    assert len(g.of("attack")) > 20
    assert all("TTP" in e.actors for e in g.of("attack"))
