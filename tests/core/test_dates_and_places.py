"""Days, places, addresses and chance: what every floor above counts with."""

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.core.date_range import PRECISION_MARGIN_DAYS, DatePrecision, DateRange, format_date_range
from detente.core.place import EARTH_RADIUS_KM, Place, great_circle_km
from detente.core.publishers import format_publishers, publisher_name
from detente.core.rng import make_rng

points = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@pytest.mark.parametrize(
    ("a", "b", "part"),
    [
        ((90.0, 0.0), (-90.0, 0.0), 1 / 2),  # pole to pole
        ((0.0, 0.0), (0.0, 90.0), 1 / 4),
        ((0.0, 179.0), (0.0, -179.0), 2 / 360),  # over the date line, not round the world
        ((60.0, 10.0), (60.0, 10.0), 0),
        ((45.0, 30.0), (-45.0, -150.0), 1 / 2),  # the point on the other side of the earth
    ],
)
def test_a_distance_is_its_part_of_a_great_circle(a: tuple[float, float], b: tuple[float, float], part: float) -> None:
    assert great_circle_km(a, b) == pytest.approx(part * 2 * math.pi * EARTH_RADIUS_KM)


@given(points, points, points)
def test_a_distance_is_the_same_both_ways_and_no_detour_is_shorter(
    a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]
) -> None:
    assert great_circle_km(a, b) == pytest.approx(great_circle_km(b, a), abs=1e-6)
    assert great_circle_km(a, c) <= great_circle_km(a, b) + great_circle_km(b, c) + 1e-3
    assert 0 <= great_circle_km(a, b) <= math.pi * EARTH_RADIUS_KM + 1e-6


def test_half_a_point_is_no_point_and_the_equator_is_one() -> None:
    assert Place("AFG", latitude=34.0).point is None
    assert Place("AFG", longitude=70.0).point is None
    assert Place("AFG", latitude=0.0, longitude=0.0).point == (0.0, 0.0)


def test_a_place_is_said_by_the_most_precise_name_that_is_known() -> None:
    names = {"AFG": "Afghanistan"}
    assert Place("AFG", "Kunar", "Asadabad").format_name(names) == "Asadabad"
    assert Place("AFG", "Kunar").format_name(names) == "Kunar"
    assert Place("AFG").format_name(names) == "Afghanistan"
    assert Place("DEU").format_name(names) == "DEU"


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 500), st.sampled_from(["day", "week", "month"]))
def test_a_span_can_have_happened_from_earliest_to_latest_and_lasted_its_days(
    first: date, more: int, precision: DatePrecision
) -> None:
    span = DateRange(first, first + timedelta(days=more), precision)
    assert span.days == more + 1
    assert (span.latest - span.earliest).days == more + 2 * PRECISION_MARGIN_DAYS[precision]
    assert span.earliest <= span.first <= span.last <= span.latest


def test_a_stretch_of_months_is_said_to_its_end() -> None:
    said = format_date_range(DateRange(date(2022, 9, 10), date(2022, 11, 20), "month"))
    assert "September" in said
    assert "November 2022" in said


@pytest.mark.parametrize(
    ("address", "who"),
    [
        ("https://www.dawn.com/news/1", "dawn.com"),
        ("https://WWW.Dawn.com/news/1", "dawn.com"),
        ("https://m.khaama.com", "khaama.com"),
        ("https://www.com/x", "www.com"),
        ("https://user@amp.dw.com:443/x?y#z", "dw.com"),
        ("https:///nobody", ""),
    ],
)
def test_a_page_is_cited_by_its_host_without_prefix_user_or_port(address: str, who: str) -> None:
    assert publisher_name(address) == who


def test_each_publisher_is_named_once_and_the_others_are_counted() -> None:
    a = ("https://a.org/1", "https://www.a.org/2", "https://b.org/1", "https://c.org/1", "https://d.org/1")
    assert format_publishers(a) == "a.org, b.org and 2 more"
    assert format_publishers(a[:2]) == "a.org"
    assert format_publishers(()) == ""


def test_the_same_seed_draws_the_same_and_another_seed_does_not() -> None:
    assert make_rng(7).random(5).tolist() == make_rng(7).random(5).tolist()
    assert make_rng(7).random(5).tolist() != make_rng(8).random(5).tolist()
