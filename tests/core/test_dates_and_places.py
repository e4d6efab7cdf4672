"""Date ranges, places, publishers and random number generators."""

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
    ("a", "b", "share"),
    [
        ((90.0, 0.0), (-90.0, 0.0), 1 / 2),  # pole to pole
        ((0.0, 0.0), (0.0, 90.0), 1 / 4),
        ((0.0, 179.0), (0.0, -179.0), 2 / 360),  # across the date line
        ((60.0, 10.0), (60.0, 10.0), 0),
        ((45.0, 30.0), (-45.0, -150.0), 1 / 2),  # antipodes
    ],
)
def test_distance_equals_share_of_great_circle(a: tuple[float, float], b: tuple[float, float], share: float) -> None:
    """Known pairs of points lie at known shares of a great circle."""
    assert great_circle_km(a, b) == pytest.approx(share * 2 * math.pi * EARTH_RADIUS_KM)


@given(points, points, points)
def test_distance_is_a_metric(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> None:
    """The distance is symmetric, bounded and satisfies the triangle inequality."""
    assert great_circle_km(a, b) == pytest.approx(great_circle_km(b, a), abs=1e-6)
    assert great_circle_km(a, c) <= great_circle_km(a, b) + great_circle_km(b, c) + 1e-3
    assert 0 <= great_circle_km(a, b) <= math.pi * EARTH_RADIUS_KM + 1e-6


def test_point_needs_both_coordinates() -> None:
    """One coordinate is not a point; 0 and 0 is."""
    assert Place("AFG", latitude=34.0).point is None
    assert Place("AFG", longitude=70.0).point is None
    assert Place("AFG", latitude=0.0, longitude=0.0).point == (0.0, 0.0)


def test_format_name_prefers_precise_name() -> None:
    """The most precise known name is shown."""
    names = {"AFG": "Afghanistan"}
    assert Place("AFG", "Kunar", "Asadabad").format_name(names) == "Asadabad"
    assert Place("AFG", "Kunar").format_name(names) == "Kunar"
    assert Place("AFG").format_name(names) == "Afghanistan"
    assert Place("DEU").format_name(names) == "DEU"


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 500), st.sampled_from(["day", "week", "month"]))
def test_date_range_bounds(first: date, more: int, precision: DatePrecision) -> None:
    """The possible interval extends the range by its precision on both sides."""
    span = DateRange(first, first + timedelta(days=more), precision)
    assert span.days == more + 1
    assert (span.latest - span.earliest).days == more + 2 * PRECISION_MARGIN_DAYS[precision]
    assert span.earliest <= span.first <= span.last <= span.latest


def test_format_month_range_names_both_months() -> None:
    """A range of months names its first and last month."""
    text = format_date_range(DateRange(date(2022, 9, 10), date(2022, 11, 20), "month"))
    assert "September" in text
    assert "November 2022" in text


@pytest.mark.parametrize(
    ("address", "publisher"),
    [
        ("https://www.dawn.com/news/1", "dawn.com"),
        ("https://WWW.Dawn.com/news/1", "dawn.com"),
        ("https://m.khaama.com", "khaama.com"),
        ("https://www.com/x", "www.com"),
        ("https://user@amp.dw.com:443/x?y#z", "dw.com"),
        ("https:///nobody", ""),
    ],
)
def test_publisher_name_is_bare_host(address: str, publisher: str) -> None:
    """The publisher is the host without prefix, user or port."""
    assert publisher_name(address) == publisher


def test_format_publishers_counts_the_rest() -> None:
    """Each publisher is named once and the further ones are counted."""
    a = ("https://a.org/1", "https://www.a.org/2", "https://b.org/1", "https://c.org/1", "https://d.org/1")
    assert format_publishers(a) == "a.org, b.org and 2 more"
    assert format_publishers(a[:2]) == "a.org"
    assert format_publishers(()) == ""


def test_make_rng_depends_on_seed() -> None:
    """The same seed gives the same draws; another seed gives others."""
    assert make_rng(7).random(5).tolist() == make_rng(7).random(5).tolist()
    assert make_rng(7).random(5).tolist() != make_rng(8).random(5).tolist()
