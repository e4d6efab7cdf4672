"""Borders and areas as SVG paths: clipped to the map, simplified to its resolution, rounded."""

from collections.abc import Iterable

import shapely
from shapely.geometry.base import BaseGeometry

from detente.charts.inline.projection import MapFrame

SIMPLIFY_TOLERANCE = 1.2  # drawing units; a map is 1,000 wide


def build_svg_path(f: MapFrame, thing: BaseGeometry) -> str:
    """Write a line or area as an SVG path, clipped somewhat beyond the frame, simplified and rounded to half a unit.

    Example:
        >>> from shapely.geometry import LineString
        >>> build_svg_path(MapFrame(60, 29, 76, 38), LineString([(60, 38), (68, 38), (76, 38)]))
        'M0 0L1000 0'
    """
    room = (f.east - f.west) * 0.05
    inside = shapely.clip_by_rect(thing, f.west - room, f.south - room, f.east + room, f.north + room)
    drawn = shapely.simplify(shapely.transform(inside, f.project), SIMPLIFY_TOLERANCE)
    return "".join(_format_path_part(part) for part in _iterate_lines(drawn))


def _iterate_lines(thing: BaseGeometry) -> Iterable[tuple[shapely.LineString | shapely.LinearRing, bool]]:
    """Iterate over the lines and rings of a geometry, each with whether it is closed."""
    if isinstance(thing, shapely.Polygon):
        yield from ((ring, True) for ring in (thing.exterior, *thing.interiors))
    elif isinstance(thing, shapely.LineString):
        yield thing, False
    elif hasattr(thing, "geoms"):
        for part in thing.geoms:
            yield from _iterate_lines(part)


def _format_path_part(part: tuple[shapely.LineString | shapely.LinearRing, bool]) -> str:
    line, closed = part
    at = [f"{_format_coordinate(x)} {_format_coordinate(y)}" for x, y in line.coords[: -1 if closed else None]]
    # Rounding can make neighbouring points equal.
    distinct = [p for i, p in enumerate(at) if i == 0 or p != at[i - 1]]
    return f"M{'L'.join(distinct)}{'Z' if closed else ''}" if len(distinct) > 1 else ""


def _format_coordinate(x: float) -> str:
    return f"{round(2 * x) / 2:g}"
