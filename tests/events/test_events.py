"""The canonical event: its table, its tolls, its types."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.cases.case_file import load_case_file
from detente.cases.load import load_case_data
from detente.core.date_range import DateRange, format_date_range
from detente.core.place import Place
from detente.events.arrow import SCHEMA, from_table, to_table
from detente.events.event import Event, ReportedDeaths
from detente.events.plover import GOLDSTEIN, event_types, intensity
from detente.sources.chronology_schema import TYPES

SHARED = Path(__file__).parents[3] / "shared/data"

words = st.text(min_size=1, max_size=8)
names = st.lists(words, max_size=3).map(tuple)
deaths = st.none() | st.integers(0, 10_000)
places = st.builds(
    lambda country, province, name, point, precision: Place(country, province, name, point[0], point[1], precision),
    words, st.text(max_size=5), st.text(max_size=5),
    st.just((None, None)) | st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
    st.sampled_from(["place", "district", "province", "country"]),
)  # fmt: skip
spans = st.builds(
    lambda first, n, p: DateRange(first, first + timedelta(days=n), p),
    st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 400), st.sampled_from(["day", "week", "month"]),
)  # fmt: skip
events = st.builds(
    Event, id=words, source=words, release=words, row=st.integers(2, 10**9), known_on=st.dates(), span=spans, place=places,
    raw_initiators=names, raw_recipients=names, initiators=names, recipients=names, type=st.sampled_from(TYPES),
    mode=st.text(max_size=5), context=st.text(max_size=5), tolls=st.builds(ReportedDeaths, deaths, deaths, deaths, deaths),
    disputed=st.booleans(), confidence=st.text(max_size=5), addresses=names, summary=st.text(max_size=20),
)  # fmt: skip


@given(st.lists(events, max_size=5))
def test_events_come_back_from_a_table_as_they_went_in(told: list[Event]) -> None:
    assert from_table(to_table(told)) == tuple(told)


def test_the_flagships_events_come_back_from_a_table_and_unknown_is_null_there() -> None:
    told = load_case_data(load_case_file("pakistan-afghanistan")).events
    table = to_table(told)
    assert table.schema == SCHEMA
    assert from_table(table) == told
    unknown = sum(e.tolls.best is None for e in told)
    assert table.column("deaths_best").null_count == unknown > 600


@pytest.mark.parametrize(
    ("tolls", "told"),
    [
        (ReportedDeaths(), None),
        (ReportedDeaths(best=0), (0, 0)),
        (ReportedDeaths(low=3, best=5, high=9), (3, 9)),
        (ReportedDeaths(best=5, high=9), (5, 9)),
        (ReportedDeaths(high=9), (0, 9)),
        (ReportedDeaths(low=3), (3, 3)),
        (ReportedDeaths(civilian=4), None),
    ],
)
def test_a_toll_is_a_range_and_one_that_nobody_gave_is_none_and_not_nought(tolls: ReportedDeaths, told: object) -> None:
    assert tolls.range == told
    assert tolls.known == (told is not None)


def test_the_sixteen_types_stand_in_the_four_quad_classes_of_the_manual() -> None:
    quads: dict[str, list[str]] = {}
    for t in event_types().values():
        quads.setdefault(t.quad, []).append(t.name)
    assert quads == {
        "verbal cooperation": ["AGREE", "CONSULT", "SUPPORT", "CONCEDE"],
        "material cooperation": ["COOPERATE", "AID", "RETREAT"],
        "verbal conflict": ["REQUEST", "ACCUSE", "REJECT", "THREATEN"],
        "material conflict": ["PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT"],
    }


@pytest.mark.parametrize("name", TYPES)
def test_an_intensity_is_the_mean_of_goldsteins_weights_over_the_roots_it_replaces(name: str) -> None:
    roots = event_types()[name].cameo_roots
    assert intensity(name) == pytest.approx(sum(GOLDSTEIN[r] for r in roots) / len(roots), abs=5e-4)


def test_every_root_of_cameo_but_the_public_statement_has_a_type() -> None:
    used = [r for t in event_types().values() for r in t.cameo_roots]
    # CAMEO 08 became two types, yielding in word and in deed.
    assert sorted(set(used)) == sorted(set(GOLDSTEIN) - {"01"})
    assert {r for r in used if used.count(r) > 1} == {"08"}


def test_the_correspondence_is_that_of_the_published_table() -> None:
    path = SHARED / "plover/CAMEO2PLOVER-2021.txt"
    if not path.exists():
        pytest.skip("the folder shared/data is not beside the repository")
    published: dict[str, set[str]] = {}
    for code, kind in re.findall(r"^(\d\d): ([A-Z]+)", path.read_text(encoding="utf-8"), flags=re.M):
        published.setdefault(kind, set()).add(code)
    for kind, roots in published.items():
        assert roots <= set(event_types()[kind].cameo_roots), kind


@pytest.mark.parametrize(
    ("span", "text", "latest"),
    [
        (DateRange(date(2025, 10, 9), date(2025, 10, 9)), "9 October 2025", date(2025, 10, 9)),
        (DateRange(date(2025, 10, 25), date(2025, 10, 30)), "25–30 October 2025", date(2025, 10, 30)),
        (DateRange(date(2025, 10, 31), date(2025, 11, 2)), "31 October – 2 November 2025", date(2025, 11, 2)),
        (DateRange(date(2025, 12, 31), date(2026, 1, 2)), "31 December 2025 – 2 January 2026", date(2026, 1, 2)),
        (DateRange(date(2022, 2, 13), date(2022, 2, 13), "week"), "about 13 February 2022", date(2022, 2, 16)),
        (DateRange(date(2022, 9, 10), date(2022, 9, 10), "month"), "about September 2022", date(2022, 9, 25)),
    ],
)
def test_a_span_says_its_doubt_in_words_and_in_the_day_it_was_surely_known(
    span: DateRange, text: str, latest: date
) -> None:
    assert format_date_range(span) == text
    assert span.latest == latest


def test_a_span_cannot_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        DateRange(date(2025, 1, 2), date(2025, 1, 1))
