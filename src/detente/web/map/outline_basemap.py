"""A plain basemap from country outlines, for a case whose file gives no geometry and of whose ground this package knows nothing else.

It has the two states, their neighbours and their names; no provinces, no border line of its own, no towns, no rivers. The outlines
are simplified to about 5 km, so no distance is measured on them.
"""

from collections.abc import Iterable

import shapely
from shapely.geometry.base import BaseGeometry

from detente.charts.inline.geometry_path import build_svg_path
from detente.charts.inline.labels import name_box
from detente.charts.inline.projection import MapFrame, fit_frame
from detente.claims.context import ClaimContext
from detente.events.countries import load_country_names
from detente.events.country_outlines import list_outlines, load_present_outline
from detente.web.map.basemap import LABEL_SIZES, Basemap, MapLabel, find_label_point, list_located_points

SOURCE = (
    "Country outlines: Natural Earth, simplified to about 5 km. Boundaries are drawn as published and imply no opinion on their status. "
    "The case file gives no geometry, so the map shows no provinces."
)
MANY = 100
"""Events from which on the map may leave the outermost few out; with fewer it holds all."""
MIN_SHARE = 0.01
"""Share of the map that a neighbour covers at least to be named."""


def build_outline_basemap(view: ClaimContext) -> Basemap | None:
    """Build the basemap; None if an outline of one of the two states is not at hand, or no event of theirs has a place."""
    case = view.g.case
    own = {code: load_present_outline(code) for code in case.countries.values()}
    points = list_located_points(view, own)
    if any(area is None for area in own.values()) or not points:
        return None
    f = fit_frame([], points) if len(points) > MANY else fit_frame([shapely.MultiPoint(points).bounds], [])
    box = shapely.box(f.west, f.south, f.east, f.north)
    near = {
        code: seen
        for code in list_outlines()
        if code not in own and not (seen := _see(load_present_outline(code), box)).is_empty
    }
    dots = shapely.MultiPoint(sorted({f.xy(*p) for p in points}))
    labels = [_label(f, code, case.country_names.get(code, ""), area, "country", dots) for code, area in own.items()]
    around = [
        _label(f, code, "", area, "neighbour", dots) for code, area in near.items() if area.area > MIN_SHARE * box.area
    ]
    return Basemap(
        frame=f,
        provinces=tuple((code, d) for code, area in own.items() if (d := build_svg_path(f, area))),
        around=tuple(d for area in near.values() if (d := build_svg_path(f, area))),
        rivers="",
        lakes="",
        border="",
        names=_keep_apart(n for n in (*labels, *around) if n is not None),
        towns=(),
        middles={code: (point.x, point.y) for code, area in own.items() for point in [_middle(area, box)]},
        source=SOURCE,
    )


def _keep_apart(labels: Iterable[MapLabel]) -> tuple[MapLabel, ...]:
    """Leave out a name that would lie on one before it."""
    out: list[MapLabel] = []
    boxes: list[BaseGeometry] = []
    for n in labels:
        # Names of states are in capitals, spaced out, so they take more room than their letters.
        box = shapely.box(*name_box(n.text, n.x, n.y, 1.4 * LABEL_SIZES[n.kind], "middle"))
        if not any(box.intersects(b) for b in boxes):
            boxes.append(box)
            out.append(n)
    return tuple(out)


def _see(area: BaseGeometry, box: BaseGeometry) -> BaseGeometry:
    return shapely.intersection(area, box)


def _middle(area: BaseGeometry, box: BaseGeometry) -> shapely.Point:
    seen = _see(area, box)
    return (area if seen.is_empty else seen).representative_point()


def _label(f: MapFrame, code: str, name: str, area: BaseGeometry, kind: str, dots: BaseGeometry) -> MapLabel | None:
    """The name of a country where its land on the map leaves most room; None where the map shows none of it."""
    box = shapely.box(f.west, f.south, f.east, f.north)
    at = find_label_point(shapely.transform(_see(area, box), f.project), dots, f.height)
    if at is None:
        return None
    return MapLabel(name or load_country_names().get(code, code), round(at[0], 1), round(at[1], 1), kind)
