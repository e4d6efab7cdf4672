"""Basemap: provinces, border and names, simplified to the resolution of a screen."""

from collections.abc import Container
from dataclasses import dataclass, replace
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from detente.cases.geography import Geography
from detente.charts.inline.geometry_path import build_svg_path
from detente.charts.inline.labels import Anchor, Box, NameAt, name_box, place_names, spots_around
from detente.charts.inline.projection import MAP_WIDTH, MapFrame, fit_frame
from detente.claims.context import ClaimContext
from detente.core.place import great_circle_km
from detente.events.countries import load_country_names
from detente.measures.distance import LOCATED_PRECISIONS
from detente.web.map.ground import MapGround, geography_of, load_ground

MIN_PROVINCE_AREA = 3500.0  # square drawing units from which a province's name is shown without zooming in
SAME_TOWN_KM = 9.0  # two names nearer to each other than this are one town, or its suburb


@dataclass(frozen=True, slots=True)
class MapLabel:
    """A name on the map.

    Fields:
        text, x, y: the name and its point. kind: `country`, `neighbour`, `border`, `province` or `town`. zoom: the magnification
            from which it may stand. shown: whether it stands in the whole map. dx, dy, anchor: the offset of its text there.
    """

    text: str
    x: float
    y: float
    kind: str
    zoom: float = 1.0
    shown: bool = True
    dx: float = 0.0
    dy: float = 0.0
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Basemap:
    """The ground of the map, as SVG paths in the frame's units.

    Fields:
        provinces: of the two states, by country. around: the land of their neighbours. rivers, lakes, border: lines and areas.
        names: in order of importance; towns with a zoom above 1 come from `towns`, and only the script shows them.
        middles: the points that represent a country or province, by place key. source: citation and caution.
    """

    frame: MapFrame
    provinces: tuple[tuple[str, str], ...]
    around: tuple[str, ...]
    rivers: str
    lakes: str
    border: str
    names: tuple[MapLabel, ...]
    towns: tuple[MapLabel, ...]
    middles: dict[str, tuple[float, float]]
    source: str


def build_basemap(view: ClaimContext) -> Basemap | None:
    """Build the basemap of a case; None if neither its file nor this package knows its border."""
    ground = load_ground(view.g.case.id)
    geo = view.geography or (geography_of(ground, view.g.case.countries.values()) if ground else None)
    if geo is None:
        return None
    case = view.g.case
    own = set(case.countries.values())
    points = list_located_points(view, own)
    crossings = [(c.longitude, c.latitude, c.longitude, c.latitude) for c in case.crossings]
    f = fit_frame([geo.border.bounds, *crossings], points)
    shapes = [(p["properties"], shape(p["geometry"])) for p in geo.provinces]
    names, middles = _build_labels(view, f, shapes, points)
    land = {k: g for k, g in ground.land.items() if k not in own} if ground else {}
    towns = _build_town_labels(geo, ground, f)
    ordered = [
        *(n for n in names if n.kind == "country"),
        *_build_border_label(view, geo, f, points),
        *(t for t in towns if t.zoom <= 1),
        *(n for n in names if n.kind == "province"),
        *_build_neighbour_labels(land, f),
    ]
    return Basemap(
        frame=f,
        provinces=tuple((p["country"], d) for p, s in shapes if (d := build_svg_path(f, s))),
        around=tuple(d for g in land.values() if (d := build_svg_path(f, g))),
        rivers=build_svg_path(f, ground.rivers) if ground else "",
        lakes=build_svg_path(f, ground.lakes) if ground else "",
        border=build_svg_path(f, geo.border),
        names=_place_labels(view, f, ordered, points),
        towns=tuple(t for t in towns if t.zoom > 1),
        middles=middles,
        source=_format_boundary_source(geo, ground),
    )


def list_located_points(view: ClaimContext, countries: Container[str]) -> list[tuple[float, float]]:
    """List longitude and latitude of the events in some countries whose place is known more finely than the province."""
    return [
        (e.place.longitude, e.place.latitude)
        for e in view.g.events
        if e.place.country in countries
        and e.place.precision in LOCATED_PRECISIONS
        and e.place.longitude is not None
        and e.place.latitude is not None
    ]


LABEL_SIZES = {"country": 24.0, "neighbour": 14.0, "border": 12.5, "province": 12.5, "town": 12.5}


def _place_labels(
    view: ClaimContext, f: MapFrame, labels: list[MapLabel], points: list[tuple[float, float]]
) -> tuple[MapLabel, ...]:
    """Find room for the names of the whole map: beside the signs and crossings, and not on one another."""
    obstacles: list[Box] = [(x - 7, y - 7, x + 7, y + 7) for x, y in sorted({f.xy(*p) for p in points})]
    for c in view.g.case.crossings:
        x, y = f.xy(c.longitude, c.latitude)
        obstacles += [(x - 7, y - 7, x + 7, y + 7), name_box(c.name, x - 10, y + 4.5, 13, "end")]
    # A state's name is in capitals, spaced out, so it takes more room than its letters.
    spots = {"town": TOWN_SPOTS, "country": STATE_SPOTS, "neighbour": STATE_SPOTS}
    tall = [NameAt(n.text, n.x, n.y, LABEL_SIZES[n.kind], spots.get(n.kind, CENTRED)) for n in labels]
    index = {id(n): i for i, n in enumerate(tall)}
    now = [i for i, n in enumerate(labels) if n.zoom <= 1]
    frame = (2.0, 2.0, MAP_WIDTH - 2, f.height - 2)
    # The names of the states come first, and keep off the dots of the towns.
    dots = [(n.x - 6, n.y - 6, n.x + 6, n.y + 6) for n in labels if n.kind == "town" and n.zoom <= 1]
    states = place_names([tall[i] for i in now if labels[i].kind == "country"], [*obstacles, *dots], frame)
    obstacles += [name_box(p.name.text, p.x, p.y, p.name.size, p.anchor) for p in states]
    others = place_names([tall[i] for i in now if labels[i].kind != "country"], obstacles, frame)
    placed = {index[id(p.name)]: p for p in [*states, *others]}
    out = []
    for i, n in enumerate(labels):
        p = placed.get(i)
        if p is None:
            # The names of the states and of the border stand whatever else does.
            out.append(n if n.kind in ("country", "border") else replace(n, shown=False))
        else:
            out.append(replace(n, dx=round(p.x - n.x, 1), dy=round(p.y - n.y, 1), anchor=p.anchor))
    return tuple(out)


STATE_SPOTS: tuple[tuple[float, float, Anchor], ...] = tuple((0.0, 4.0 + d, "middle") for d in (0, -20, 20, -40, 40))
CENTRED: tuple[tuple[float, float, Anchor], ...] = ((0.0, 4.0, "middle"),)
# Events often lie in a town: its name then stands beside their signs.
TOWN_SPOTS = (*spots_around(5, 12.5), *spots_around(10, 12.5), *spots_around(17, 12.5))


def _build_labels(
    view: ClaimContext, f: MapFrame, shapes: list[tuple[dict[str, Any], BaseGeometry]], points: list[tuple[float, float]],
) -> tuple[tuple[MapLabel, ...], dict[str, tuple[float, float]]]:  # fmt: skip
    case = view.g.case
    box = shapely.box(f.west, f.south, f.east, f.north)
    names: list[MapLabel] = []
    middles: dict[str, tuple[float, float]] = {}
    for p, s in shapes:
        point = s.representative_point()
        lon, lat = p.get("label") or (point.x, point.y)
        if p["name"]:
            middles[f"{p['country']}/{p['name']}"] = (lon, lat)
        if f.holds(lon, lat):
            x, y = f.xy(lon, lat)
            area = shapely.transform(shapely.make_valid(s), f.project).area
            if p["name"]:
                names.append(MapLabel(p["name"], x, y, "province", 1.0 if area >= MIN_PROVINCE_AREA else 2.0))
    # Many events share a point; each point is avoided once.
    dots = shapely.MultiPoint(sorted({f.xy(*p) for p in points}))
    for code in case.countries.values():
        own = [shapely.make_valid(s) for p, s in shapes if p["country"] == code]
        shown = shapely.transform(shapely.intersection(shapely.union_all(own), box), f.project)
        at = find_label_point(shown, dots, f.height)
        if at is None:
            continue
        x, y = at
        middles[code] = f.lonlat(x, y)
        names.append(MapLabel(case.country_names.get(code, code), round(x, 1), round(y, 1), "country"))
    return tuple(names), middles


def _build_town_labels(geo: Geography, ground: MapGround | None, f: MapFrame) -> list[MapLabel]:
    """Build the names of towns, important ones first: the case's own, then those of the ground that are not the same."""
    own = [
        (t["properties"]["name"], *t["geometry"]["coordinates"], 1.0 if t["properties"]["rank"] == 1 else 1.8)
        for t in geo.towns
    ]
    others = [(t.name, t.lon, t.lat, t.zoom) for t in (ground.towns if ground else ())]
    out: list[MapLabel] = []
    at: list[tuple[float, float]] = []
    for name, lon, lat, zoom in [*sorted(own, key=lambda t: t[3]), *others]:
        if f.holds(lon, lat) and all(great_circle_km((lat, lon), p) > SAME_TOWN_KM for p in at):
            at.append((lat, lon))
            out.append(MapLabel(name, *f.xy(lon, lat), "town", zoom))
    return sorted(out, key=lambda n: n.zoom)


def _build_neighbour_labels(land: dict[str, BaseGeometry], f: MapFrame) -> list[MapLabel]:
    """Name each neighbour where its land on the map is widest."""
    box, names = shapely.box(f.west, f.south, f.east, f.north), load_country_names()
    out = []
    for code, area in land.items():
        seen = shapely.intersection(area, box)
        parts = [p for p in shapely.get_parts(seen) if p.geom_type == "Polygon"]
        if parts and seen.area > 0.01 * box.area:
            point = shapely.point_on_surface(max(parts, key=lambda p: p.area))
            out.append(MapLabel(names.get(code, code), *f.xy(point.x, point.y), "neighbour"))
    return out


def _build_border_label(
    view: ClaimContext, geo: Geography, f: MapFrame, points: list[tuple[float, float]]
) -> tuple[MapLabel, ...]:
    """Name the border where it is farthest from all events and from the edge of the map."""
    line = shapely.transform(geo.border, f.project)
    dots = shapely.MultiPoint(sorted({f.xy(*p) for p in points}))
    along = [line.interpolate(i / 80, normalized=True) for i in range(1, 80)]

    def room(p: shapely.Point) -> float:
        edge = min(p.x - 80, MAP_WIDTH - 80 - p.x, p.y - 20, f.height - 30 - p.y)
        return edge if dots.is_empty else min(edge, float(dots.distance(p)))

    best = max(along, key=room)
    return (MapLabel(view.g.case.names.border, round(best.x, 1), round(best.y + 12, 1), "border"),)


def find_label_point(area: BaseGeometry, dots: BaseGeometry, height: float) -> tuple[float, float] | None:
    """Find the point of an area that is farthest from its edge, the drawing's edge and all dots; None for an empty area.

    A country's name goes there, and below it the ring of events located only to the country, so that neither looks like a place.
    """
    if area.is_empty:
        return None
    grid = [(MAP_WIDTH * i / 40, height * j / 28) for i in range(2, 39) for j in range(2, 27)]
    inside = [p for p in grid if area.contains(shapely.Point(p))]
    if not inside:
        point = area.representative_point()
        return point.x, point.y
    edge = area.boundary

    def room(p: tuple[float, float]) -> float:
        point = shapely.Point(p)
        free = [1.6 * edge.distance(point), p[0] - 60, MAP_WIDTH - p[0] - 60, p[1], height - p[1]]
        return min(free if dots.is_empty else [*free, dots.distance(point)])

    return max(inside, key=room)


def _format_boundary_source(geo: Geography, ground: MapGround | None) -> str:
    source = f"Boundaries: {geo.source}. " if geo.source else ""
    also = f"Also: {ground.source}. " if ground and ground.source not in source else ""
    return f"{source}{also}Boundaries are drawn as published and imply no opinion on their status."
