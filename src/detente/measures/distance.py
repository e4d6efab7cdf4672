"""Distance of events from the border in kilometres; unknown where the place is unknown.

The border is projected around each event so that distances from the event are true (azimuthal equidistant on a
sphere). Segments of the line bend slightly in that projection; with vertices every few kilometres the error stays below
0.1 km near the line.
"""

from collections.abc import Iterable

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from detente.core.place import EARTH_RADIUS_KM
from detente.events.event import Event

# A province or country has no distance: its point represents thousands of square kilometres.
LOCATED_PRECISIONS = ("place", "district")


def distance_km(latitude: float, longitude: float, line: BaseGeometry) -> float:
    """Compute the kilometres from a point to the nearest point of a line.

    Args:
        latitude, longitude: decimal degrees. line: in (longitude, latitude).

    Example:
        >>> from shapely.geometry import LineString
        >>> equator = LineString([(x, 0) for x in range(-90, 91)])
        >>> round(distance_km(1, 0, equator), 2)        # one degree of latitude
        111.2
    """

    def project(coords: NDArray[np.float64]) -> NDArray[np.float64]:
        lon, lat = np.radians(coords).T
        lat0 = np.radians(latitude)
        dlon = lon - np.radians(longitude)
        cos_c = np.sin(lat0) * np.sin(lat) + np.cos(lat0) * np.cos(lat) * np.cos(dlon)
        c = np.arccos(np.clip(cos_c, -1, 1))
        k = EARTH_RADIUS_KM * np.where(c < 1e-12, 1.0, c / np.maximum(np.sin(c), 1e-12))
        x = k * np.cos(lat) * np.sin(dlon)
        y = k * (np.cos(lat0) * np.sin(lat) - np.sin(lat0) * np.cos(lat) * np.cos(dlon))
        return np.column_stack([x, y])

    return float(shapely.distance(shapely.transform(line, project), Point(0.0, 0.0)))


def distances_km(events: Iterable[Event], line: BaseGeometry) -> dict[str, float]:
    """Return distances by event id, without events located only to the province or country."""
    out: dict[str, float] = {}
    for e in events:
        point = e.place.point
        if point is not None and e.place.precision in LOCATED_PRECISIONS:
            out[e.id] = distance_km(*point, line)
    return out
