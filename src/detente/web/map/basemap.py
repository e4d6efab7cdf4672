"""Basemap: provinces, border and names, simplified to the resolution of a screen."""

from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from detente.cases.geography import Geography
from detente.charts.inline.geometry_path import build_svg_path
from detente.charts.inline.projection import MAP_WIDTH, MapFrame, fit_frame
from detente.claims.context import ClaimContext
from detente.measures.distance import LOCATED_PRECISIONS

MIN_PROVINCE_AREA = 3500.0  # square drawing units from which a province's name is shown without zooming in


@dataclass(frozen=True, slots=True)
class MapLabel:
    """A name on the map. `kind` is `country`, `border`, `province`, `town`, or `small province` and `small town`, which are
    shown only when zoomed in."""

    text: str
    x: float
    y: float
    kind: str


@dataclass(frozen=True, slots=True)
class Basemap:
    """SVG paths in the frame's units. `middles` are the points that represent a country or province, by place key."""

    frame: MapFrame
    provinces: tuple[tuple[str, str], ...]
    border: str
    names: tuple[MapLabel, ...]
    middles: dict[str, tuple[float, float]]
    source: str


def build_basemap(view: ClaimContext) -> Basemap | None:
    """Build the basemap of a case, or None if its file has no geometry."""
    geo = view.geography
    if geo is None:
        return None
    case = view.g.case
    own = set(case.countries.values())
    points = [
        (e.place.longitude, e.place.latitude)
        for e in view.g.events
        if e.place.country in own
        and e.place.precision in LOCATED_PRECISIONS
        and e.place.longitude is not None
        and e.place.latitude is not None
    ]
    crossings = [(c.longitude, c.latitude, c.longitude, c.latitude) for c in case.crossings]
    f = fit_frame([geo.border.bounds, *crossings], points)
    shapes = [(p["properties"], shape(p["geometry"])) for p in geo.provinces]
    names, middles = _build_labels(view, f, shapes, points)
    names = (*names, *_build_town_labels(geo, f), *_build_border_label(view, geo, f, points))
    return Basemap(
        frame=f,
        provinces=tuple((p["country"], d) for p, s in shapes if (d := build_svg_path(f, s))),
        border=build_svg_path(f, geo.border),
        names=names,
        middles=middles,
        source=_format_boundary_source(geo),
    )


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
        middles[f"{p['country']}/{p['name']}"] = (lon, lat)
        if f.holds(lon, lat):
            x, y = f.xy(lon, lat)
            area = shapely.transform(shapely.make_valid(s), f.project).area
            names.append(MapLabel(p["name"], x, y, "province" if area >= MIN_PROVINCE_AREA else "small province"))
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


def _build_town_labels(geo: Geography, f: MapFrame) -> tuple[MapLabel, ...]:
    out = []
    for t in geo.towns:
        lon, lat = t["geometry"]["coordinates"]
        if f.holds(lon, lat):
            out.append(
                MapLabel(
                    t["properties"]["name"], *f.xy(lon, lat), "town" if t["properties"]["rank"] == 1 else "small town"
                )
            )
    return tuple(out)


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
    return (MapLabel(view.g.case.names.border, round(best.x, 1), round(best.y + 16, 1), "border"),)


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


def _format_boundary_source(geo: Geography) -> str:
    source = f"Boundaries: {geo.source}. " if geo.source else ""
    return f"{source}They are drawn as published and imply no opinion on their status."
