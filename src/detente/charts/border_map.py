"""Map of the border region: attacks, strikes and clashes at their places, towns and the crossings."""

from dataclasses import dataclass
from datetime import date
from math import hypot, sqrt

import shapely
from shapely.geometry import shape

from detente.cases.channel_names import channel_name
from detente.cases.geography import Geography
from detente.charts.inline.axes import build_svg, draw_circle, draw_text
from detente.charts.inline.geometry_path import build_svg_path
from detente.charts.inline.labels import Anchor, Box, NameAt, PlacedName, place_names, spots_around
from detente.charts.inline.projection import MAP_WIDTH, MapFrame
from detente.charts.inline.values import ValueZone, draw_values
from detente.charts.picture import Picture
from detente.charts.shapes import KIND_SHAPES
from detente.charts.style import INK, KIND_COLOURS, LAND, SOFT
from detente.claims.context import ClaimContext
from detente.core.date_range import format_date
from detente.measures.distance import LOCATED_PRECISIONS

MAPPED_KINDS = ("attack", "strike", "clash")
LEGEND_HEIGHT = 80
MIN_RADIUS, GROWTH, MAX_RADIUS = 5.0, 1.5, 17.0


@dataclass(frozen=True, slots=True)
class BorderEvent:
    """An event of force at an exact place. `deaths` is the best reported figure, otherwise the lowest; None if there is none."""

    id: str
    kind: str
    day: date
    place: str
    latitude: float
    longitude: float
    deaths: int | None

    @property
    def radius(self) -> float:
        """Radius of its sign; area grows with deaths."""
        return min(MIN_RADIUS + GROWTH * sqrt(self.deaths or 0), MAX_RADIUS)


def list_border_events(view: ClaimContext) -> tuple[BorderEvent, ...]:
    """List the events of force that have an exact place, those with most deaths first."""
    out = []
    for e in view.g.of(*MAPPED_KINDS):
        point = e.place.point
        if point is not None and e.place.precision in LOCATED_PRECISIONS:
            deaths = e.tolls.best if e.tolls.best is not None else e.tolls.low
            where = e.place.format_name(view.g.case.country_names)
            out.append(BorderEvent(e.id, view.g.channel(e) or "", e.day, where, *point, deaths))
    return tuple(sorted(out, key=lambda e: -(e.deaths or 0)))


def draw_border_map(view: ClaimContext) -> Picture | None:
    """Draw the map, or return None if the case has no geometry.

    Events located only to the province are not drawn; the caption counts them.
    """
    g, land = view.g, view.geography
    if land is None:
        return None
    labels = {k: channel_name(g.case, k, capital=True) for k in MAPPED_KINDS}
    located, f = list_border_events(view), _fit_frame(view, land)
    inside = [e for e in located if f.holds(e.longitude, e.latitude)]
    unlocated, outside = len(g.of(*MAPPED_KINDS)) - len(located), len(located) - len(inside)
    count = {k: sum(e.kind == k for e in inside) for k in MAPPED_KINDS}
    parts = [
        f'<clipPath id="map-frame"><rect width="{MAP_WIDTH:g}" height="{f.height:g}"/></clipPath>',
        f'<g clip-path="url(#map-frame)"><rect width="{MAP_WIDTH:g}" height="{f.height:g}" fill="#fbfaf7"/>',
        *(
            f'<path d="{build_svg_path(f, shape(p["geometry"]))}" fill="{LAND}" stroke="#c9c4b8" stroke-width="0.9"/>'
            for p in land.provinces
        ),
        f'<path d="{build_svg_path(f, land.border)}" fill="none" stroke="{INK}" stroke-width="2.4" stroke-linejoin="round"/>',
        *(_draw_sign(e, f) for e in inside),
        *_draw_crossings(view, f),
        *_draw_names(view, land, f, inside),
        draw_values(_build_zone(e, f, labels[e.kind]) for e in inside),
        "</g>",
        *_draw_legend(labels, f.height),
    ]
    return Picture(
        key="map",
        title=f"Where force was used along {g.case.names.border}",
        caption=(
            f"{count['attack']} attacks, {count['strike']} strikes and {count['clash']} clashes at an exact place; "
            f"{unlocated} located only to a province or country and {outside} farther away are not drawn. "
            "Larger signs: more reported deaths (best estimate, otherwise the lowest); the smallest also stands for no toll reported. White squares: crossings. "
            f"Boundaries as drawn by Natural Earth; they imply no opinion on their status.{_cite_towns(land)}"
        ),
        alt=(
            f"Map of the border region with {count['attack']} attacks, {count['strike']} strikes and {count['clash']} "
            f"clashes, and the crossings {', '.join(c.name for c in g.case.crossings)}."
        ),
        svg=build_svg(MAP_WIDTH, round(f.height) + LEGEND_HEIGHT, parts, "Map of the border region"),
    )


def _cite_towns(land: Geography) -> str:
    return " Towns: GeoNames (CC BY 4.0)." if land.towns else ""


def _fit_frame(view: ClaimContext, land: Geography) -> MapFrame:
    """Return the frame: the stretch of border that the crossings span, and a margin."""
    lons = [c.longitude for c in view.g.case.crossings] or [land.border.bounds[i] for i in (0, 2)]
    lats = [c.latitude for c in view.g.case.crossings] or [land.border.bounds[i] for i in (1, 3)]
    return MapFrame(min(lons) - 1.9, min(lats) - 0.7, max(lons) + 2.6, max(lats) + 1.7)


def _draw_sign(e: BorderEvent, f: MapFrame) -> str:
    x, y = f.xy(e.longitude, e.latitude)
    return (
        f'<path d="{KIND_SHAPES[e.kind]}" transform="translate({x:g} {y:g})scale({e.radius / 5:.2f})" fill="{KIND_COLOURS[e.kind]}" '
        f'fill-opacity="0.74" stroke="#fff" stroke-width="{5 / e.radius:.2f}"/>'
    )


def _build_zone(e: BorderEvent, f: MapFrame, name: str) -> ValueZone:
    x, y = f.xy(e.longitude, e.latitude)
    deaths = "no toll reported" if e.deaths is None else f"{e.deaths:,} reported death{'s' if e.deaths != 1 else ''}"
    return ValueZone(
        x - e.radius, y - e.radius, 2 * e.radius, 2 * e.radius, f"{format_date(e.day)}, {e.place}: {name}, {deaths}"
    )


def _draw_crossings(view: ClaimContext, f: MapFrame) -> list[str]:
    out = []
    for c in view.g.case.crossings:
        x, y = f.xy(c.longitude, c.latitude)
        out.append(
            f'<rect x="{x - 5:g}" y="{y - 5:g}" width="10" height="10" fill="#fff" stroke="{INK}" stroke-width="1.8"/>'
        )
    return out


def _draw_names(view: ClaimContext, land: Geography, f: MapFrame, events: list[BorderEvent]) -> list[str]:
    """Draw crossings, states, towns and provinces by importance, with a halo, where no sign and no other name stands."""
    obstacles: list[Box] = []
    for e in events:
        (x, y), r = f.xy(e.longitude, e.latitude), 0.8 * e.radius
        obstacles.append((x - r, y - r, x + r, y + r))
    crossings = [(f.xy(c.longitude, c.latitude), c.name) for c in view.g.case.crossings]
    obstacles += [(x - 6, y - 6, x + 6, y + 6) for (x, y), _ in crossings]
    names: list[tuple[NameAt, str]] = [
        (NameAt(text, x, y, 17, spots_around(11, 17)), f'fill="{INK}" font-weight="600"') for (x, y), text in crossings
    ]
    names += [(n, 'fill="#6d685c" font-weight="600" letter-spacing="1.5"') for n in _list_states(view, land, f)]
    names.append((_name_border(view, land, f), f'fill="{INK}" font-style="italic"'))
    dots = []
    for t in sorted(land.towns, key=lambda t: t["properties"]["rank"]):
        lon, lat = t["geometry"]["coordinates"]
        if f.holds(lon, lat):
            x, y = f.xy(lon, lat)
            names.append((NameAt(t["properties"]["name"], x, y, 16, spots_around(7, 16)), f'fill="{INK}"'))
            dots.append((t["properties"]["name"], x, y))
    for p in land.provinces:
        lon, lat = p["properties"]["label"]
        if f.holds(lon, lat):
            names.append((NameAt(p["properties"]["name"], *f.xy(lon, lat), 15), 'fill="#857f70" font-style="italic"'))
    look = {id(n): style for n, style in names}
    # A crossing keeps its name whatever stands there; every other name needs room.
    placed = place_names([n for n, _ in names], obstacles, (4, 4, MAP_WIDTH - 4, f.height - 4))
    shown = {p.name.text for p in placed}
    forced = [PlacedName(n, n.x - 11, n.y + 6, "end") for n, _ in names[: len(crossings)] if n.text not in shown]
    out = [draw_circle(x, y, 3, INK, "#fff", 1.2) for name, x, y in dots if name in shown]
    return [*out, *(_draw_name(p, look[id(p.name)]) for p in [*placed, *forced])]


def _draw_name(p: PlacedName, look: str) -> str:
    text = draw_text(p.x, p.y, p.name.text, anchor=p.anchor, size=p.name.size, fill="none")
    halo = 'stroke="#fff" stroke-width="4" stroke-opacity="0.88" stroke-linejoin="round" paint-order="stroke" '
    return text.replace('fill="none" ', f"{halo}{look} ", 1)


def _list_states(view: ClaimContext, land: Geography, f: MapFrame) -> list[NameAt]:
    """Place the names of the two states in the outer thirds of the map, each on its own side."""
    names = view.g.case.names
    middle: dict[str, float] = {}
    for role, country in view.g.case.countries.items():
        lons = [p["properties"]["label"][0] for p in land.provinces if p["properties"]["country"] == country]
        middle[role] = sum(lons) / max(len(lons), 1)
    host_west = middle["host"] < middle["target"]
    left, right = MAP_WIDTH * 0.18, MAP_WIDTH * 0.82
    rows = ((names.host, left if host_west else right, 0.42), (names.target, right if host_west else left, 0.8))
    return [
        NameAt(text.upper(), x, f.height * at, 20, [(0, d * f.height, "middle") for d in (0, 0.06, -0.06, 0.12, -0.12)])
        for text, x, at in rows
    ]


def _name_border(view: ClaimContext, land: Geography, f: MapFrame) -> NameAt:
    """Name the border beside its line, wherever there is room: the middle of the map first."""
    line = shapely.transform(land.border, f.project)
    along = [line.interpolate(i / 60, normalized=True) for i in range(1, 60)]
    along = [p for p in along if 0 < p.x < MAP_WIDTH and 0 < p.y < f.height]
    middle = (MAP_WIDTH / 2, f.height / 2)
    along.sort(key=lambda p: hypot(p.x - middle[0], p.y - middle[1]))
    sides: tuple[tuple[float, Anchor], ...] = ((12.0, "start"), (-12.0, "end"))
    spots = [(p.x + dx, p.y + 6, a) for p in along for dx, a in sides]
    text = view.g.case.names.border
    return NameAt(text[:1].upper() + text[1:], 0, 0, 16, spots)


def _draw_legend(labels: dict[str, str], top: float) -> list[str]:
    out, x = [], 8.0
    for k, name in labels.items():
        out.append(
            f'<path d="{KIND_SHAPES[k]}" transform="translate({x + 8:g} {top + 22:g})scale(1.5)" fill="{KIND_COLOURS[k]}"/>'
        )
        out.append(draw_text(x + 24, top + 28, name, size=17))
        x += 44 + 8.6 * len(name)
    x = 8.0
    out.append(draw_text(x, top + 66, "Reported deaths", size=16, fill=SOFT))
    x += 132
    for n in (0, 10, 60):
        r = min(MIN_RADIUS + GROWTH * sqrt(n), MAX_RADIUS)
        out += [
            draw_circle(x + r, top + 60, r, "#8a929b"),
            draw_text(x + 2 * r + 6, top + 66, str(n), size=16, fill=SOFT),
        ]
        x += 2 * r + 44
    return out
