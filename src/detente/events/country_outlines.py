"""Country outlines, to find coordinates that lie far outside the country that their row names.

The outlines are Natural Earth's at 1:50m (public domain), simplified to about 5 km, and hold what belonged to a state
since 1946; `studies/country_outlines.py` makes them. A country without an outline is not checked.
"""

import json
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from detente.core.arrays import FloatArray
from detente.core.place import EARTH_RADIUS_KM, great_circle_km

MAX_KM_OUTSIDE = 50.0


@cache
def _load_rings() -> dict[str, list[list[list[int]]]]:
    data = json.loads(files(__package__).joinpath("outlines.json").read_text(encoding="utf-8"))
    rings: dict[str, list[list[list[int]]]] = data["polygons"]
    return rings


@cache
def _load_polygon(iso3: str) -> Any:
    import shapely

    parts = []
    for polygon in _load_rings().get(iso3, []):
        outer, *holes = (np.array(r, dtype=float).reshape(-1, 2) / 100 for r in polygon)
        parts.append(shapely.make_valid(shapely.Polygon(outer, holes)))
    whole = shapely.union_all(parts) if parts else None
    if whole is not None:
        shapely.prepare(whole)
    return whole


def has_outline(iso3: str) -> bool:
    """Return whether the outline of a country is at hand."""
    return iso3 in _load_rings()


def find_outside(iso3: str, latitude: FloatArray, longitude: FloatArray) -> FloatArray:
    """Measure how far points lie outside a country.

    Args:
        iso3: the country. latitude, longitude: degrees, shape (point,).

    Returns:
        Kilometres outside the outline, shape (point,); 0 inside it, NaN if no outline is at hand.

    Example:
        >>> find_outside("PAK", np.array([33.0, 70.6]), np.array([70.6, 33.0])).round(-2).tolist()
        [0.0, 4400.0]
    """
    import shapely

    polygon = _load_polygon(iso3)
    if polygon is None:
        return np.full(len(latitude), np.nan)
    out = np.zeros(len(latitude))
    for i in np.flatnonzero(~shapely.contains_xy(polygon, longitude, latitude)):
        out[i] = _measure_distance(iso3, float(latitude[i]), float(longitude[i]))
    return out


FORMER_STATES = frozenset(("CSK", "DDR", "VDR", "YMD", "YUG"))
"""States that no longer exist, each inside the outline of another."""
WITHIN = 0.9
"""Share of a country inside another's outline from which it once belonged to it: what the map then shows is the rest."""


@cache
def load_present_outline(iso3: str) -> Any:
    """Return the area of a country without the countries of today that once belonged to it, in longitude and latitude.

    Returns:
        A Shapely geometry; None if no outline is at hand.

    Example:
        >>> from shapely import Point
        >>> load_present_outline("SDN").contains(Point(31.6, 4.9)), load_present_outline("SSD").contains(Point(31.6, 4.9))
        (False, True)
    """
    import shapely

    whole = _load_polygon(iso3)
    if whole is None:
        return None
    parts = []
    for other in list_outlines():
        area = _load_polygon(other)
        if other == iso3 or area.area >= whole.area or not whole.intersects(area):
            continue
        if shapely.intersection(whole, area).area > WITHIN * area.area:
            parts.append(area)
    return shapely.difference(whole, shapely.union_all(parts)) if parts else whole


def list_outlines() -> tuple[str, ...]:
    """List the countries of today whose outline is at hand."""
    return tuple(code for code in _load_rings() if code not in FORMER_STATES)


def lies_within(iso3: str, latitude: float, longitude: float, km: float) -> bool:
    """Return whether a point lies in a country or at most some kilometres from it; False if no outline is at hand.

    The distance is measured only where the box around the country does not decide.

    Example:
        >>> lies_within("PAK", 33.0, 70.6, 50.0), lies_within("PAK", 70.6, 33.0, 50.0)
        (True, False)
    """
    if not has_outline(iso3) or _measure_to_box(iso3, latitude, longitude) > km:
        return False
    return bool(find_outside(iso3, np.array([latitude]), np.array([longitude]))[0] <= km)


def _measure_to_box(iso3: str, latitude: float, longitude: float) -> float:
    """Return kilometres that the distance to the outline is not below, from the parallels and meridians around it."""
    west, south, east, north = _find_box(iso3)
    up = max(south - latitude, latitude - north, 0.0)
    aside = 0.0 if west <= longitude <= east else min((west - longitude) % 360, (longitude - east) % 360, 90.0)
    to_meridian = np.arcsin(np.sin(np.radians(aside)) * np.cos(np.radians(latitude)))
    return float(EARTH_RADIUS_KM * max(np.radians(up), to_meridian))


@cache
def _find_box(iso3: str) -> tuple[float, float, float, float]:
    corners, _ = _load_edges(iso3)
    (west, south), (east, north) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    return west, south, east, north


@cache
def _load_edges(iso3: str) -> tuple[FloatArray, FloatArray]:
    rings = [np.array(r, dtype=float).reshape(-1, 2) / 100 for p in _load_rings()[iso3] for r in p]
    return np.vstack([r[:-1] for r in rings]), np.vstack([r[1:] for r in rings])


@lru_cache(maxsize=100_000)
def _measure_distance(iso3: str, latitude: float, longitude: float) -> float:
    """Measure the distance to the nearest point of an outline: the nearest on a map around the point, then on the globe."""
    shrink = np.cos(np.radians(latitude))

    def project(at: FloatArray) -> FloatArray:
        east = (at[:, 0] - longitude + 180) % 360 - 180
        return np.column_stack([east * shrink, at[:, 1] - latitude])

    begin, end = (project(x) for x in _load_edges(iso3))
    along = end - begin
    length = np.maximum((along**2).sum(axis=1), 1e-18)
    nearest = begin + np.clip(-(begin * along).sum(axis=1) / length, 0, 1)[:, None] * along
    east, north = nearest[int(np.argmin((nearest**2).sum(axis=1)))]
    return great_circle_km((latitude, longitude), (latitude + north, longitude + east / max(shrink, 1e-6)))
