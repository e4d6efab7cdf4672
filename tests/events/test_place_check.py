"""Coordinates outside the country that their row names."""

import numpy as np
import pyarrow as pa
import pytest

from detente.events import country_outlines
from detente.events.country_outlines import find_outside, lies_within
from detente.events.place_check import drop_implausible_places


@pytest.mark.parametrize("iso3", ["PAK", "RUS", "FJI", "CHL"])
def test_lies_within_agrees_with_the_distance(iso3: str) -> None:
    """The box around a country decides as the measured distance does, also across the date line."""
    rng = np.random.default_rng(0)
    west, south, east, north = country_outlines._find_box(iso3)
    latitude = rng.uniform(max(south - 2, -90), min(north + 2, 90), 200)
    longitude = (rng.uniform(west - 2, east + 2, 200) + 180) % 360 - 180
    near = [lies_within(iso3, float(a), float(b), 50.0) for a, b in zip(latitude, longitude, strict=True)]
    assert near == (find_outside(iso3, latitude, longitude) <= 50.0).tolist()
    assert not lies_within("ZZZ", 0.0, 0.0, 50.0)


def test_point_outside_its_country_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The place with latitude and longitude exchanged is not measured where it cannot be near."""
    measured: list[tuple[float, float]] = []
    measure = country_outlines._measure_distance

    def count(iso3: str, latitude: float, longitude: float) -> float:
        measured.append((latitude, longitude))
        return measure(iso3, latitude, longitude)

    monkeypatch.setattr(country_outlines, "_measure_distance", count)
    columns = {
        "latitude": [10.125, 70.125],
        "longitude": [20.125, 33.125],
        "country": ["PAK", "PAK"],
        "geo_precision": ["place", "place"],
    }
    events = pa.table(columns | {"doubts": pa.array([[], []], pa.list_(pa.string()))})
    checked, dropped = drop_implausible_places(events)
    assert dropped == 2
    assert measured == [(10.125, 20.125), (70.125, 33.125)]
    assert [d[0].endswith("exchanged they would lie in it") for d in checked["doubts"].to_pylist()] == [False, True]
