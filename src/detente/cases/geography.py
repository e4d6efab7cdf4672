"""Geography of a case: its border, placebo borders for comparison, provinces for the map."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.cases.case_file import CaseFile
from detente.cases.errors import BadCase

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True)
class Geography:
    """Lines in longitude and latitude (WGS 84). `provinces` are GeoJSON features, ready to draw; `towns` are points with a
    `name` and a `rank`, 1 for the largest."""

    border: "BaseGeometry"
    placebos: "dict[str, BaseGeometry]"
    provinces: tuple[dict[str, Any], ...]
    source: str
    towns: tuple[dict[str, Any], ...] = ()


def load_geography(case: CaseFile) -> Geography:
    """Load the case's geometry file, cached.

    Raises:
        BadCase: the case has no geometry file, or the file is invalid.
    """
    if not case.geometry:
        why = "this case comes without a map, so distances to the border are not known"
        remedy = "Add a GeoJSON file with the border; see docs/case-file.md for the form."
        raise BadCase(str(case.file), "geometry", "(none)", why, remedy)
    return _read_geometry(case.folder / case.geometry, str(case.file))


@cache
def _read_geometry(path: Path, case_file: str) -> Geography:
    import shapely  # only here: most commands read no map

    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        by_kind: dict[str, list[dict[str, Any]]] = {}
        for f in data["features"]:
            by_kind.setdefault(f["properties"]["kind"], []).append(f)
        borders = [_parse_line(f) for f in by_kind["border"]]
        placebos = {f["properties"]["name"]: _parse_line(f) for f in by_kind.get("placebo border", [])}
    except (ValueError, KeyError, TypeError, AttributeError, shapely.errors.ShapelyError) as e:
        why = f"it is not GeoJSON with lines of kind 'border' and named lines of kind 'placebo border' ({e!r})"
        remedy = "See the shipped case's geometry for an example."
        raise BadCase(case_file, "geometry", path.name, why, remedy) from e
    return Geography(
        shapely.union_all(borders),
        placebos,
        tuple(by_kind.get("province", [])),
        data.get("source", ""),
        tuple(by_kind.get("town", [])),
    )


def _parse_line(feature: dict[str, Any]) -> "BaseGeometry":
    from shapely.geometry import shape

    line = shape(feature["geometry"])
    if not line.length > 0:
        raise ValueError("a line has zero length")
    return line
