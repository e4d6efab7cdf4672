"""Two reports of one event: parts of the score from their definition, links kept and never merged, what is said differently."""

import math
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.core.date_range import DatePrecision, DateRange
from detente.core.errors import CannotWrite
from detente.core.place import Place
from detente.events.event import Event, ReportedDeaths
from detente.events.matching.decisions import decisions_path, read_decisions, record_decision
from detente.events.matching.discrepancies import find_discrepancies
from detente.events.matching.linkage import (
    LIKELY_BITS,
    candidate_links,
    pair_id,
    probable_links,
    score_distance,
    score_pair,
)
from detente.sources.errors import BadMapping
from support.worlds import make_event

PRECISION: st.SearchStrategy[DatePrecision] = st.sampled_from(["day", "week", "month"])
BANNU = Place("PAK", "KP", "Bannu", 32.99, 70.60, "place")
A = replace(
    make_event(date(2025, 1, 1), "TTP", "PAK", "ASSAULT"),
    source="chronology",
    place=BANNU,
    tolls=ReportedDeaths(5, 6, 7),
)
B = replace(A, id="u1", source="ucdp", initiators=("PAK", "TTP"), recipients=(), tolls=ReportedDeaths(7, 7, 9))


def moved(e: Event, days: int = 0, km: float = 0.0, **changes: object) -> Event:
    day = e.span.first + timedelta(days=days)
    place = replace(e.place, latitude=32.99 + km / 111.195)
    return replace(e, span=DateRange(day, day), place=place, **changes)  # type: ignore[arg-type]


def bits(a: Event, b: Event) -> dict[str, float]:
    return {p.what: p.bits for p in score_pair(a, b)}


def test_each_part_is_what_its_definition_gives() -> None:
    assert bits(A, B) == {
        "when": 2.0,
        "where": pytest.approx(math.log2(400 / math.hypot(10, 10))),
        "who": 3.0,
        "deaths": 3.0,
    }
    assert bits(A, moved(B, days=1))["when"] == 0.0
    assert bits(A, moved(B, days=3))["when"] == -5.0
    assert bits(A, moved(B, km=20))["where"] == 0.0
    assert bits(A, moved(B, km=40))["where"] == -4.0
    assert bits(A, replace(B, initiators=("ISKP",)))["who"] == -4.0
    assert bits(A, replace(B, initiators=("UNK",)))["who"] == 0.0
    assert bits(A, replace(B, tolls=ReportedDeaths(40, 50, 60)))["deaths"] == -3.0
    assert bits(A, replace(B, tolls=ReportedDeaths(10, 10, 12)))["deaths"] == -1.0
    assert bits(A, replace(B, tolls=ReportedDeaths()))["deaths"] == 0.0


def test_a_small_toll_does_not_speak_against_a_large_one_told_of_a_wider_place() -> None:
    wide = replace(B, place=replace(BANNU, precision="province"), tolls=ReportedDeaths(30, 30, 30))
    assert bits(A, wide)["deaths"] == 0.0
    assert (
        bits(replace(A, tolls=ReportedDeaths(30, 30, 30)), replace(wide, tolls=ReportedDeaths(2, 2, 2)))["deaths"]
        == -3.0
    )


def test_an_unknown_place_says_nothing() -> None:
    assert score_distance(A, replace(B, place=Place("PAK"))).bits == 0.0


def test_the_alike_pair_is_found_among_others_and_is_not_merged() -> None:
    others = [moved(B, days=d, km=k, id=f"u{d}-{k}") for d in range(-9, 10) for k in (0.0, 300.0) if (d, k) != (0, 0.0)]
    found = candidate_links([A], [*others, B])
    assert (found[0].a, found[0].b, found[0].standing) == (A, B, "likely")
    assert all(abs((n.b.day - A.day).days) <= 2 for n in found if n.score >= LIKELY_BITS)
    assert all(abs((n.b.day - A.day).days) <= 3 for n in found)


@given(st.lists(st.tuples(st.integers(0, 30), PRECISION), max_size=8), st.integers(0, 30))
def test_windowing_loses_no_pair_that_could_be_near(others: list[tuple[int, DatePrecision]], day: int) -> None:
    first = date(2025, 1, 1)
    days = [first + timedelta(days=d) for d, _ in others]
    near = [
        replace(B, id=f"u{i}", span=DateRange(d, d, p)) for i, (d, (_, p)) in enumerate(zip(days, others, strict=True))
    ]
    x = replace(A, span=DateRange(first + timedelta(days=day), first + timedelta(days=day)))
    slack = timedelta(days=3)
    expected = {
        y.id
        for y in near
        if y.span.earliest <= x.span.last + slack
        and x.span.first <= y.span.latest + slack
        and sum(p.bits for p in score_pair(x, y)) >= 3.0
    }
    assert {n.b.id for n in candidate_links([x], near)} == expected


def test_a_person_decides_and_what_was_refused_or_accepted_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "decisions.txt"
    path.write_text(
        f"# read on 2 March\nrefuse chronology:{A.id} ucdp:u1\naccept ucdp:far chronology:{A.id}  # another spelling\n"
    )
    far = moved(B, days=2, km=900, id="far", initiators=("ISKP",), tolls=ReportedDeaths(90, 90, 90))
    found = {n.b.id: n.standing for n in candidate_links([A], [B, far], read_decisions(path))}
    assert found == {"u1": "refused", "far": "accepted"}
    assert pair_id(A, B) == pair_id(B, A)


@pytest.mark.parametrize(
    "line", ["accept chronology:1", "maybe a:1 b:2", "accept a:1 a:1", "accept a:1 b:2\nrefuse b:2 a:1"]
)
def test_a_line_that_is_no_decision_or_contradicts_another_is_told(tmp_path: Path, line: str) -> None:
    (tmp_path / "d.txt").write_text(line + "\n")
    with pytest.raises(BadMapping, match="key line"):
        read_decisions(tmp_path / "d.txt")


def test_tolls_and_beginnings_that_differ_are_data_and_silence_is_not() -> None:
    assert [(d.what, dict(d.said)) for d in find_discrepancies(A, [B])] == [
        ("deaths", {f"chronology:{A.id}": "5–7", "ucdp:u1": "7–9"})
    ]
    other = replace(B, initiators=("PAK",), recipients=("TTP",), tolls=A.tolls)
    assert [(d.what, dict(d.said)) for d in find_discrepancies(A, [other])] == [
        ("initiator", {f"chronology:{A.id}": "TTP", "ucdp:u1": "PAK"})
    ]
    silent = replace(B, tolls=ReportedDeaths())
    assert find_discrepancies(A, [silent]) == ()
    assert len(find_discrepancies(A, [silent, replace(B, id="u2"), replace(other, id="u3")])) == 2


def test_two_reports_of_one_source_are_two_events_to_it_and_do_not_disagree() -> None:
    silent = replace(A, tolls=ReportedDeaths())
    more = replace(B, id="u2", tolls=ReportedDeaths(20, 20, 20))
    assert find_discrepancies(silent, [B, more]) == ()
    elsewhere = replace(more, source="acled", id="a1")
    assert [(d.what, set(d.said)) for d in find_discrepancies(silent, [B, elsewhere])] == [
        ("deaths", {"ucdp:u1", "acled:a1"})
    ]


def test_a_part_of_a_larger_event_does_not_disagree_with_its_toll() -> None:
    wide = replace(A, place=replace(BANNU, precision="province"), tolls=ReportedDeaths(30, 33, 40))
    assert find_discrepancies(wide, [B]) == ()
    assert [d.what for d in find_discrepancies(wide, [replace(B, place=wide.place)])] == ["deaths"]


def told_apart(*reports: Event) -> set[str]:
    return {
        d.what for d in find_discrepancies(A, [replace(r, id=f"u{i}", tolls=A.tolls) for i, r in enumerate(reports)])
    }


def test_days_differ_only_where_two_reports_cannot_mean_one() -> None:
    assert told_apart(moved(B)) == set()
    assert told_apart(moved(B, days=1)) == {"day"}
    loosely = moved(B, days=3)
    week = replace(loosely, span=replace(loosely.span, precision="week"))
    assert told_apart(week) == set()
    assert told_apart(replace(week, span=DateRange(date(2025, 1, 5), date(2025, 1, 5), "week"))) == {"day"}
    # "About January" is all of it, and not only the days around the one that was written down.
    about = replace(A, id="about", span=DateRange(date(2025, 1, 21), date(2025, 1, 21), "month"))
    assert find_discrepancies(about, [replace(B, tolls=A.tolls)]) == ()
    # Reports that differ from one another alone may tell two parts.
    long = replace(A, span=DateRange(date(2025, 1, 1), date(2025, 1, 9)))
    parts = [replace(moved(B, days=n), id=f"part {n}", tolls=A.tolls) for n in (0, 8)]
    assert find_discrepancies(long, parts) == ()
    assert [d.what for d in find_discrepancies(parts[0], [parts[1]])] == ["day"]
    (d,) = find_discrepancies(A, [replace(moved(B, days=1), tolls=A.tolls)])
    assert dict(d.said) == {f"chronology:{A.id}": "1 January 2025", "ucdp:u1": "2 January 2025"}


@pytest.mark.parametrize(
    ("km", "precision", "apart"),
    [(14, "place", False), (15, "place", True), (36, "district", False), (37, "district", True),
     (300, "province", False), (302, "province", True), (1199, "country", False)],
)  # fmt: skip
def test_places_differ_where_points_lie_farther_apart_than_they_may(km: float, precision: str, apart: bool) -> None:
    other = moved(B, km=km)
    there = replace(other, place=replace(other.place, name="Tank", precision=precision))  # type: ignore[arg-type]
    assert told_apart(there) == ({"place"} if apart else set())
    assert told_apart(moved(B), there) == ({"place"} if apart else set())
    nowhere = replace(there, place=replace(there.place, latitude=None, longitude=None))
    assert told_apart(nowhere) == set()


def test_a_likely_or_accepted_report_is_linked_and_a_refused_or_merely_possible_one_is_not() -> None:
    weak = moved(B, days=1, km=20, id="weak", tolls=ReportedDeaths())
    found = candidate_links([A], [B, weak], {pair_id(A, weak): "accept"})
    assert [n.b.id for n in probable_links(found, A)] == ["u1", "weak"]
    assert probable_links(found, weak)[0].a == A
    refused = candidate_links([A], [B, weak], {pair_id(A, B): "refuse"})
    assert probable_links(refused, A) == ()


def test_a_decision_replaces_what_was_said_of_the_pair_and_leaves_all_other_lines(tmp_path: Path) -> None:
    path, pair = decisions_path(tmp_path / "store"), pair_id(A, B)
    assert path.parent == tmp_path
    record_decision(path, pair, "accept")
    path.write_text(path.read_text() + "# my notes\nrefuse a:1 b:2  # read twice\n")
    record_decision(path, pair, "refuse")
    assert read_decisions(path) == {pair: "refuse", frozenset(("a:1", "b:2")): "refuse"}
    assert "# my notes\nrefuse a:1 b:2  # read twice\n" in path.read_text()
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_decision_that_cannot_be_kept_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "d.txt"
    record_decision(path, pair_id(A, B), "accept")
    before = path.read_text()

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(CannotWrite, match="No space left"):
        record_decision(path, pair_id(A, B), "refuse")
    assert path.read_text() == before
    assert [p.name for p in tmp_path.iterdir()] == ["d.txt"]
