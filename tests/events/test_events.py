"""Events: their table, deaths, types and dates."""

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
def test_table_round_trip_preserves_events(listed: list[Event]) -> None:
    """Events survive the conversion to a table and back."""
    assert from_table(to_table(listed)) == tuple(listed)


def test_shipped_events_round_trip_through_table() -> None:
    """The shipped events survive the conversion; unknown is null."""
    shipped = load_case_data(load_case_file("pakistan-afghanistan")).events
    table = to_table(shipped)
    assert table.schema == SCHEMA
    assert from_table(table) == shipped
    unknown = sum(e.tolls.best is None for e in shipped)
    assert table.column("deaths_best").null_count == unknown > 600


@pytest.mark.parametrize(
    ("deaths", "expected"),
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
def test_reported_deaths_range(deaths: ReportedDeaths, expected: object) -> None:
    """Deaths have a range; deaths not reported are None, not 0."""
    assert deaths.range == expected


def test_event_types_match_manual_quad_classes() -> None:
    """The types have the quad classes of the manual."""
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
def test_intensity_is_mean_goldstein_weight(name: str) -> None:
    """An intensity is the mean Goldstein weight of the type's CAMEO roots."""
    roots = event_types()[name].cameo_roots
    assert intensity(name) == pytest.approx(sum(GOLDSTEIN[r] for r in roots) / len(roots), abs=5e-4)


def test_every_cameo_root_has_type() -> None:
    """Every CAMEO root except the public statement has a type."""
    used = [r for t in event_types().values() for r in t.cameo_roots]
    # CAMEO 08, yield, became two types: verbal and material.
    assert sorted(set(used)) == sorted(set(GOLDSTEIN) - {"01"})
    assert {r for r in used if used.count(r) > 1} == {"08"}


def test_cameo_roots_match_published_table() -> None:
    """The CAMEO roots of the types are those of the published table."""
    path = SHARED / "plover/CAMEO2PLOVER-2021.txt"
    if not path.exists():
        pytest.skip("needs the folder ../shared/data")
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
def test_date_range_text_and_latest_day(span: DateRange, text: str, latest: date) -> None:
    """Imprecise ranges are marked and delay the latest possible day."""
    assert format_date_range(span) == text
    assert span.latest == latest


def test_date_range_rejects_reversed_dates() -> None:
    """A range that ends before it starts is rejected."""
    with pytest.raises(ValueError, match=r"2025-01-01.*2025-01-02"):
        DateRange(date(2025, 1, 2), date(2025, 1, 1))
