"""What this package knows of the ground of a shipped case: rivers, lakes, towns, the land around, and a border where the case has no geometry.

The files come from Natural Earth and GeoNames by `studies/map_ground.py`. They are for drawing only: no distance is measured on them.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import shapely
from shapely.geometry import LineString, MultiLineString, Polygon, mapping
from shapely.geometry.base import BaseGeometry

from detente.cases.geography import Geography

# The magnification from which a town may stand on the map, by its inhabitants. The figures are GeoNames' and serve for this order alone.
ZOOMS = ((1_000_000, 1.0), (300_000, 1.5), (100_000, 2.5), (50_000, 4.0), (20_000, 7.0), (0, 11.0))


@dataclass(frozen=True, slots=True)
class Town:
    """A town and the magnification from which it may stand on the map."""

    name: str
    lon: float
    lat: float
    zoom: float


@dataclass(frozen=True, slots=True)
class MapGround:
    """Geometry in longitude and latitude (WGS 84). `land` is by country; `border` is empty where the case has its own."""

    border: BaseGeometry
    land: dict[str, BaseGeometry]
    rivers: BaseGeometry
    lakes: BaseGeometry
    towns: tuple[Town, ...]
    source: str


@cache
def load_ground(case_id: str) -> MapGround | None:
    """Load the ground of a shipped case; None for any other case."""
    file = files("detente.web.map").joinpath("ground", f"{case_id}.json")
    if not case_id.replace("-", "").isalnum() or not file.is_file():
        return None
    data: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    land = {k: shapely.union_all([Polygon(r) for r in _read_lines(v) if len(r) > 3]) for k, v in data["land"].items()}
    towns = tuple(
        Town(name, lon, lat, next(zoom for least, zoom in ZOOMS if people >= least))
        for name, lon, lat, people in data["towns"]
    )
    border, rivers = (
        MultiLineString([LineString(line) for line in _read_lines(data[k])]) for k in ("border", "rivers")
    )
    lakes = shapely.union_all([Polygon(r) for r in _read_lines(data["lakes"]) if len(r) > 3])
    return MapGround(border, land, rivers, lakes, towns, data["source"])


def geography_of(ground: MapGround, countries: Iterable[str]) -> Geography | None:
    """Return a geography for drawing: each state as one area without a name; None if the ground has no border."""
    if ground.border.is_empty:
        return None
    areas = tuple(
        {
            "type": "Feature",
            "properties": {"kind": "province", "name": "", "country": code},
            "geometry": mapping(ground.land[code]),
        }
        for code in countries
        if code in ground.land
    )
    return Geography(ground.border, {}, areas, ground.source)


def _read_lines(lines: list[list[int]]) -> list[list[tuple[float, float]]]:
    """Read lines from thousandths of a degree: longitude, latitude, longitude, ..."""
    return [[(x / 1000, y / 1000) for x, y in zip(line[::2], line[1::2], strict=True)] for line in lines]
