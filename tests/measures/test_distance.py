"""Distances against the haversine formula and a search along the border."""

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString

from detente.cases.case_file import load_case_file
from detente.cases.geography import load_geography
from detente.cases.load import load_case_data
from detente.core.place import great_circle_km
from detente.measures.distance import distance_km, distances_km


@pytest.mark.parametrize("point", [(34.53, 69.17), (24.86, 67.01), (33.69, 73.05), (31.5, 65.8)])
def test_border_distance_equals_brute_force(
    point: tuple[float, float],
) -> None:
    """The distance to the border equals that of its nearest point by brute force."""
    line = load_geography(load_case_file("pakistan-afghanistan")).border
    walked = shapely.segmentize(line, 0.002)  # a point at least every 220 m
    vertices = shapely.get_coordinates(walked)
    brute = min(great_circle_km(point, (lat, lon)) for lon, lat in vertices)
    assert distance_km(*point, line) == pytest.approx(brute, abs=0.15)


def test_distance_to_point_is_great_circle() -> None:
    """The distance to a single point is the great-circle distance."""
    spot = LineString([(73.05, 33.69), (73.05, 33.69)])
    assert distance_km(34.53, 69.17, spot) == pytest.approx(great_circle_km((34.53, 69.17), (33.69, 73.05)), rel=1e-9)


def test_point_on_line_has_zero_distance() -> None:
    """A point on the line has distance zero."""
    assert distance_km(34.0, 70.5, LineString([(70.0, 34.0), (70.5, 34.0), (71.0, 34.2)])) == pytest.approx(0, abs=1e-6)


def test_province_events_have_no_distance() -> None:
    """Events located only to the province have no distance, not distance zero."""
    g = load_case_data(load_case_file("pakistan-afghanistan"))
    far = distances_km(g.events, load_geography(g.case).border)
    vague = [e for e in g.events if e.place.precision in ("province", "country") or e.place.point is None]
    assert vague
    assert not any(e.id in far for e in vague)
    assert np.isfinite(list(far.values())).all()
