"""Equirectangular map projection, true to scale along the middle parallel.

Over the few degrees of a border region it differs from a conformal map by a few per cent, and a reader can check a point
with a ruler.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAP_WIDTH = 1000.0  # drawing units
MIN_ASPECT_RATIO, MAX_ASPECT_RATIO = 1.25, 1.6  # width divided by height
FRAME_MARGIN = 0.05


@dataclass(frozen=True, slots=True)
class MapFrame:
    """Bounds of the map in degrees; the drawing is `MAP_WIDTH` units wide and `height` high."""

    west: float
    south: float
    east: float
    north: float

    @property
    def scale(self) -> float:
        """Drawing units per degree of latitude."""
        return MAP_WIDTH / ((self.east - self.west) * self._cos)

    @property
    def _cos(self) -> float:
        return math.cos(math.radians((self.south + self.north) / 2))

    @property
    def height(self) -> float:
        """Height of the drawing in its units."""
        return (self.north - self.south) * self.scale

    @property
    def km(self) -> float:
        """Drawing units per kilometre along the middle parallel."""
        return self.scale / 111.195

    def project(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Project longitudes and latitudes, shape (point, 2), to drawing units."""
        return (lonlat - (self.west, self.north)) * (self._cos * self.scale, -self.scale)

    def xy(self, lon: float, lat: float) -> tuple[float, float]:
        """Project one point to drawing units, rounded to a tenth.

        Example:
            >>> f = MapFrame(60, 29, 76, 38)
            >>> f.xy(60, 38), f.xy(76, 29) == (1000.0, round(f.height, 1))
            ((0.0, 0.0), True)
        """
        x, y = self.project(np.array([[lon, lat]]))[0]
        return round(float(x), 1) + 0.0, round(float(y), 1) + 0.0  # adding 0.0 turns -0.0 into 0.0

    def lonlat(self, x: float, y: float) -> tuple[float, float]:
        """Return longitude and latitude of a point of the drawing."""
        return self.west + x / (self._cos * self.scale), self.north - y / self.scale

    @property
    def width(self) -> float:
        """Width of the drawing in its units."""
        return MAP_WIDTH

    def holds(self, lon: float, lat: float) -> bool:
        """True if the point is on the map."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north


def fit_frame(lines: Iterable[tuple[float, float, float, float]], points: Iterable[tuple[float, float]]) -> MapFrame:
    """Fit a frame around lines and most of the points.

    Args:
        lines: bounds that must be inside, as west, south, east, north. points: (longitude, latitude); the outermost 2 %
            on each side may lie outside, so that one distant event does not make the rest small.
    """
    boxes, dots = np.array(list(lines), float).reshape(-1, 4), np.array(list(points), float).reshape(-1, 2)
    lons, lats = [*boxes[:, 0], *boxes[:, 2]], [*boxes[:, 1], *boxes[:, 3]]
    if len(dots):
        lons += list(np.quantile(dots[:, 0], [0.02, 0.98]))
        lats += list(np.quantile(dots[:, 1], [0.02, 0.98]))
    west, east, south, north = (float(x) for x in (min(lons), max(lons), min(lats), max(lats)))
    across, up = max(east - west, 0.5) * FRAME_MARGIN, max(north - south, 0.5) * FRAME_MARGIN
    west, east, south, north = west - across, east + across, max(south - up, -85.0), min(north + up, 85.0)
    cos = math.cos(math.radians((south + north) / 2))
    broad = (east - west) * cos / (north - south)
    if broad > MAX_ASPECT_RATIO:
        more = ((east - west) * cos / MAX_ASPECT_RATIO - (north - south)) / 2
        south, north = south - more, north + more
    elif broad < MIN_ASPECT_RATIO:
        more = (MIN_ASPECT_RATIO * (north - south) / cos - (east - west)) / 2
        west, east = west - more, east + more
    return MapFrame(west, south, east, north)
