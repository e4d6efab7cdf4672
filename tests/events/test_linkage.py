"""Record linkage: scores from their definition, links, decisions and discrepancies."""

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
from detente.events.matching.assignment import match_events
from detente.events.matching.decisions import decisions_path, read_decisions, record_decision
from detente.events.matching.discrepancies import find_discrepancies
from detente.events.matching.linkage import (
    candidate_links,
    compared_reports,
    pair_id,
    probable_links,
    score_days,
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


def shift(e: Event, days: int = 0, km: float = 0.0, **changes: object) -> Event:
    day = e.span.first + timedelta(days=days)
    place = replace(e.place, latitude=32.99 + km / 111.195)
    return replace(e, span=DateRange(day, day), place=place, **changes)  # type: ignore[arg-type]


def bits(a: Event, b: Event) -> dict[str, float]:
    return {p.what: p.bits for p in score_pair(a, b)}


def test_score_parts_match_definition() -> None:
    """Each part of the score equals its definition."""
    assert bits(A, B) == {
        "when": 2.0,
        "where": pytest.approx(math.log2(400 / math.hypot(10, 10))),
        "who": 3.0,
        "deaths": 3.0,
    }
    assert bits(A, shift(B, days=1))["when"] == 0.0
    assert bits(A, shift(B, days=3))["when"] == -5.0
    assert bits(A, shift(B, km=20))["where"] == 0.0
    assert bits(A, shift(B, km=40))["where"] == -4.0
    assert bits(A, replace(B, initiators=("ISKP",)))["who"] == -4.0
    assert bits(A, replace(B, initiators=("UNK",)))["who"] == 0.0
    assert bits(A, replace(B, tolls=ReportedDeaths(40, 50, 60)))["deaths"] == -3.0
    assert bits(A, replace(B, tolls=ReportedDeaths(10, 10, 12)))["deaths"] == -1.0
    assert bits(A, replace(B, tolls=ReportedDeaths()))["deaths"] == 0.0


def test_imprecise_day_scores_one_or_zero() -> None:
    """A day known to the week scores 1 where the periods meet, else 0, whichever report is imprecise."""
    week = replace(B, span=DateRange(A.span.first, A.span.first + timedelta(days=6), "week"))
    later = replace(week, span=DateRange(A.span.first + timedelta(days=2), A.span.first + timedelta(days=8), "month"))
    for x, y in ((A, week), (week, A)):
        assert bits(x, y)["when"] == 1.0
    for x, y in ((A, later), (later, A)):
        assert bits(x, y)["when"] == 0.0


def test_place_known_to_country_is_no_evidence() -> None:
    """Where more than 400 km are allowed, nearness scores 0, never less."""
    wide = replace(B, place=replace(BANNU, precision="country"))
    assert bits(A, wide)["where"] == 0.0
    assert bits(A, shift(wide, km=590))["where"] == 0.0


@pytest.mark.parametrize(
    ("first", "second", "score"),
    [
        ((2, 2), (1, 4), math.log2(3)),
        ((5, 7), (7, 9), 3.0),
        ((0, 0), (2, 9), -1.0),
        ((0, 0), (3, 3), -3.0),
        ((5, 7), (14, 60), -1.0),
        ((5, 7), (15, 16), -3.0),
    ],
)
def test_death_score_follows_its_definition(first: tuple[int, int], second: tuple[int, int], score: float) -> None:
    """Overlapping tolls score log2(1 + deaths), at most 3; others −1 up to twice the lower toll, and −3 beyond."""
    a, b = (replace(e, tolls=ReportedDeaths(t[0], None, t[1])) for e, t in ((A, first), (B, second)))
    assert bits(a, b)["deaths"] == bits(b, a)["deaths"] == pytest.approx(score)


def test_score_names_the_days_apart() -> None:
    """The reason of a score names the days between two reports."""
    assert [score_days(A, shift(B, days=d)).why for d in (0, 1, 2)] == ["on one day", "1 day apart", "2 days apart"]


def test_report_without_actors_is_no_evidence() -> None:
    """A report that names nobody scores 0 for the actors, from either side."""
    nobody = replace(B, initiators=(), recipients=())
    assert bits(A, nobody)["who"] == bits(nobody, A)["who"] == 0.0


def test_candidates_share_country_and_kind() -> None:
    """Reports of another country, or of another kind of act, are no candidates, however near."""
    talks = replace(B, id="talks", type="CONSULT")
    abroad = replace(B, id="abroad", place=replace(BANNU, country="AFG"))
    assert talks.quad != A.quad
    assert [n.b.id for n in candidate_links([A], [talks, abroad, B])] == ["u1"]


def test_compared_report_is_always_the_other() -> None:
    """The other report is found from either side, however the ids are ordered."""
    first = replace(A, source="zz")
    links = match_events([first], [B])
    assert compared_reports(links, first) == (B,)
    assert compared_reports(links, B) == (first,)


def test_candidate_links_list_possible_parts() -> None:
    """A report with fewer deaths inside a wide event is listed; near an event of one place it is not."""
    wide = replace(A, place=replace(BANNU, precision="district"), tolls=ReportedDeaths(30, 30, 30))
    part = shift(B, km=60, tolls=ReportedDeaths(2, 2, 2))
    assert [n.score for n in candidate_links([wide], [part])] == [2.0]
    assert candidate_links([replace(wide, place=BANNU)], [shift(part, km=20)]) == ()


def test_unknown_place_scores_zero() -> None:
    """An unknown place scores 0."""
    assert score_distance(A, replace(B, place=Place("PAK"))).bits == 0.0


def test_candidate_links_rank_true_pair_first() -> None:
    """The matching pair has the highest score among others."""
    others = [shift(B, days=d, km=k, id=f"u{d}-{k}") for d in range(-9, 10) for k in (0.0, 300.0) if (d, k) != (0, 0.0)]
    found = candidate_links([A], [*others, B])
    assert (found[0].a, found[0].b) == (A, B)
    assert all(abs((n.b.day - A.day).days) <= 2 for n in found if n.score >= 6)
    assert all(abs((n.b.day - A.day).days) <= 3 for n in found)


@given(st.lists(st.tuples(st.integers(0, 30), PRECISION), max_size=8), st.integers(0, 30))
def test_candidate_links_window_is_complete(others: list[tuple[int, DatePrecision]], day: int) -> None:
    """The date window loses no possible pair."""
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


def test_decisions_override_score(tmp_path: Path) -> None:
    """A decision overrides the score."""
    path = tmp_path / "decisions.txt"
    path.write_text(
        f"# read on 2 March\nrefuse chronology:{A.id} ucdp:u1\naccept ucdp:far chronology:{A.id}  # another spelling\n"
    )
    far = shift(B, days=2, km=900, id="far", initiators=("ISKP",), tolls=ReportedDeaths(90, 90, 90))
    found = {n.b.id: n.standing for n in candidate_links([A], [B, far], read_decisions(path))}
    assert found == {"u1": "refused", "far": "accepted"}
    assert pair_id(A, B) == pair_id(B, A)


@pytest.mark.parametrize(
    "line", ["accept chronology:1", "maybe a:1 b:2", "accept a:1 a:1", "accept a:1 b:2\nrefuse b:2 a:1"]
)
def test_read_decisions_rejects_invalid_line(tmp_path: Path, line: str) -> None:
    """An invalid or contradictory line is rejected."""
    (tmp_path / "d.txt").write_text(line + "\n")
    with pytest.raises(BadMapping) as refusal:
        read_decisions(tmp_path / "d.txt")
    assert refusal.value.key == f"line {line.count(chr(10)) + 1}"


def test_discrepancies_need_reported_values() -> None:
    """Differing deaths and initiators are discrepancies; missing values are not."""
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


def test_reports_of_one_source_never_differ() -> None:
    """Two reports of one source are two events and are not compared."""
    silent = replace(A, tolls=ReportedDeaths())
    more = replace(B, id="u2", tolls=ReportedDeaths(20, 20, 20))
    assert find_discrepancies(silent, [B, more]) == ()
    other_source = replace(more, source="acled", id="a1")
    assert [(d.what, set(d.said)) for d in find_discrepancies(silent, [B, other_source])] == [
        ("deaths", {"ucdp:u1", "acled:a1"})
    ]


def test_part_of_event_has_no_discrepancy() -> None:
    """Fewer deaths at a narrower place are not a discrepancy; at a wider place they are."""
    narrow = replace(A, tolls=ReportedDeaths(30, 33, 40))
    vague = replace(B, place=replace(BANNU, precision="province"))
    assert [d.what for d in find_discrepancies(narrow, [vague])] == ["deaths"]
    wide = replace(A, place=replace(BANNU, precision="province"), tolls=ReportedDeaths(30, 33, 40))
    assert find_discrepancies(wide, [B]) == ()
    assert [d.what for d in find_discrepancies(wide, [replace(B, place=wide.place)])] == ["deaths"]


def discrepancy_kinds(*reports: Event) -> set[str]:
    return {
        d.what for d in find_discrepancies(A, [replace(r, id=f"u{i}", tolls=A.tolls) for i, r in enumerate(reports)])
    }


def test_day_discrepancy_needs_disjoint_days() -> None:
    """Days differ only if no day is possible for both reports."""
    assert discrepancy_kinds(shift(B)) == set()
    assert discrepancy_kinds(shift(B, days=1)) == {"day"}
    later = shift(B, days=3)
    week = replace(later, span=replace(later.span, precision="week"))
    assert discrepancy_kinds(week) == set()
    assert discrepancy_kinds(replace(week, span=DateRange(date(2025, 1, 5), date(2025, 1, 5), "week"))) == {"day"}
    # "About January" is any day of January, not only the days around the recorded one.
    about = replace(A, id="about", span=DateRange(date(2025, 1, 21), date(2025, 1, 21), "month"))
    assert find_discrepancies(about, [replace(B, tolls=A.tolls)]) == ()
    # Reports that differ only from each other may describe two parts.
    long = replace(A, span=DateRange(date(2025, 1, 1), date(2025, 1, 9)))
    parts = [replace(shift(B, days=n), id=f"part {n}", tolls=A.tolls) for n in (0, 8)]
    assert find_discrepancies(long, parts) == ()
    assert [d.what for d in find_discrepancies(parts[0], [parts[1]])] == ["day"]
    (d,) = find_discrepancies(A, [replace(shift(B, days=1), tolls=A.tolls)])
    assert dict(d.said) == {f"chronology:{A.id}": "1 January 2025", "ucdp:u1": "2 January 2025"}


@pytest.mark.parametrize(
    ("km", "precision", "apart"),
    [(14, "place", False), (15, "place", True), (36, "district", False), (37, "district", True),
     (300, "province", False), (302, "province", True), (1199, "country", False)],
)  # fmt: skip
def test_place_discrepancy_needs_distance(km: float, precision: str, apart: bool) -> None:
    """Places differ if the points are farther apart than their precision allows."""
    other = shift(B, km=km)
    moved = replace(other, place=replace(other.place, name="Tank", precision=precision))  # type: ignore[arg-type]
    assert discrepancy_kinds(moved) == ({"place"} if apart else set())
    assert discrepancy_kinds(shift(B), moved) == ({"place"} if apart else set())
    unknown = replace(moved, place=replace(moved.place, latitude=None, longitude=None))
    assert discrepancy_kinds(unknown) == set()


def test_probable_links_need_score_or_decision() -> None:
    """Probable and accepted reports are linked; possible and refused ones are not."""
    weak = shift(B, days=1, km=20, id="weak", tolls=ReportedDeaths())
    assert [n.b.id for n in probable_links(match_events([A], [B, weak]), A)] == ["u1"]
    found = match_events([A], [B, weak], {pair_id(A, weak): "accept"})
    assert [n.b.id for n in probable_links(found, A)] == ["weak"]
    assert probable_links(found, weak)[0].a == A
    refused = match_events([A], [B, weak], {pair_id(A, B): "refuse"})
    assert probable_links(refused, A) == ()


def test_record_decision_replaces_pair_only(tmp_path: Path) -> None:
    """A decision replaces the pair's line and leaves all others."""
    path, pair = decisions_path(tmp_path / "store"), pair_id(A, B)
    assert path.parent == tmp_path
    record_decision(path, pair, "accept")
    path.write_text(path.read_text() + "# my notes\nrefuse a:1 b:2  # read twice\n")
    record_decision(path, pair, "refuse")
    assert read_decisions(path) == {pair: "refuse", frozenset(("a:1", "b:2")): "refuse"}
    assert "# my notes\nrefuse a:1 b:2  # read twice\n" in path.read_text()
    assert sorted(p.name for p in tmp_path.iterdir()) == [f".{path.name}.lock", path.name]


def test_failed_decision_leaves_file_unchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed write leaves the file unchanged."""
    path = tmp_path / "d.txt"
    record_decision(path, pair_id(A, B), "accept")
    before = path.read_text()

    def fail(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(CannotWrite, match="No space left"):
        record_decision(path, pair_id(A, B), "refuse")
    assert path.read_text() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == [".d.txt.lock", "d.txt"]
