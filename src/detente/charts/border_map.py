"""Map of the border region: attacks, strikes and clashes at their places, and the crossings."""

from typing import Any

import altair as alt

from detente.cases.channel_names import channel_name
from detente.cases.geography import Geography
from detente.charts.picture import Picture
from detente.charts.style import INK, KIND_COLOURS, LAND, SOFT, render_chart_svg
from detente.claims.context import ClaimContext
from detente.measures.distance import LOCATED_PRECISIONS

MAPPED_KINDS = ("attack", "strike", "clash")
CHANNEL_SHAPES = ["circle", "triangle-up", "square"]
WIDTH, HEIGHT = 640, 440


def draw_border_map(view: ClaimContext) -> Picture | None:
    """Draw the map, or return None if the case has no geometry.

    Events located only to the province are not drawn; the caption counts them.
    """
    g, land = view.g, view.geography
    if land is None:
        return None
    labels = {k: channel_name(g.case, k) for k in MAPPED_KINDS}
    located: list[dict[str, Any]] = []
    unlocated = 0
    for e in g.of(*MAPPED_KINDS):
        point = e.place.point
        if point is None or e.place.precision not in LOCATED_PRECISIONS:
            unlocated += 1
            continue
        deaths = (e.tolls.best if e.tolls.best is not None else e.tolls.low) or 0
        kind = labels[g.channel(e) or ""]
        located.append({"lat": point[0], "lon": point[1], "kind": kind, "deaths": deaths, "day": str(e.day)})
    located.sort(key=lambda r: -r["deaths"])
    box = _compute_extent(view, land)
    inside = [r for r in located if box[0] <= r["lon"] <= box[2] and box[1] <= r["lat"] <= box[3]]
    frame = [[[box[0], box[1]], [box[0], box[3]], [box[2], box[3]], [box[2], box[1]], [box[0], box[1]]]]
    fit = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": frame}}
    names = _draw_province_names(view, land, box, inside), _draw_country_names(view, land, box)
    layers = (
        _draw_provinces(land),
        _draw_border(land),
        *names,
        _draw_events(inside, list(labels.values())),
        *_draw_crossings(view),
    )
    chart = alt.layer(*layers).properties(width=WIDTH, height=HEIGHT).project(type="mercator", fit=fit)
    count = {k: sum(r["kind"] == name for r in inside) for k, name in labels.items()}
    outside = len(located) - len(inside)
    return Picture(
        key="map",
        title=f"Where force was used along {g.case.names.border}",
        caption=(
            f"{count['attack']} attacks, {count['strike']} strikes and {count['clash']} clashes at an exact place; "
            f"{unlocated} located only to a province or country and {outside} farther away are not drawn. "
            "Larger signs: more reported deaths (best estimate, otherwise the lowest); the smallest also stands for no toll reported. White squares: crossings. "
            "Boundaries as drawn by Natural Earth; they imply no opinion on their status."
        ),
        alt=(
            f"Map of the border region with {count['attack']} attacks, {count['strike']} strikes and {count['clash']} "
            f"clashes, and the crossings {', '.join(c.name for c in g.case.crossings)}."
        ),
        svg=render_chart_svg(chart, "map"),
    )


def _compute_extent(view: ClaimContext, land: Geography) -> tuple[float, float, float, float]:
    """Return the extent of the map: the stretch of border that the crossings span, and a margin."""
    lons = [c.longitude for c in view.g.case.crossings] or [land.border.bounds[i] for i in (0, 2)]
    lats = [c.latitude for c in view.g.case.crossings] or [land.border.bounds[i] for i in (1, 3)]
    west, east, south, north = min(lons) - 1.9, max(lons) + 2.6, min(lats) - 0.7, max(lats) + 1.7
    return west, south, east, north


def _draw_provinces(ground: Geography) -> alt.Chart:
    data = alt.InlineData(values=list(ground.provinces))
    land: alt.Chart = alt.Chart(data).mark_geoshape(fill=LAND, stroke="#c9c4b8", strokeWidth=0.6, clip=True)
    return land


def _draw_border(ground: Geography) -> alt.Chart:
    geometry = ground.border.__geo_interface__
    data = alt.InlineData(values=[{"type": "Feature", "properties": {}, "geometry": geometry}])
    line: alt.Chart = alt.Chart(data).mark_geoshape(filled=False, stroke=INK, strokeWidth=1.8, clip=True)
    return line


def _draw_province_names(
    view: ClaimContext, ground: Geography, box: tuple[float, float, float, float], events: list[dict[str, Any]]
) -> alt.Chart:
    """Draw names of provinces where there is room: not at the edge and not under an event."""
    rows = []
    states = [(r["lon"], r["lat"]) for r in _place_country_names(view, ground, box)]
    for f in ground.provinces:
        lon, lat = f["properties"]["label"]
        room = all(abs(e["lon"] - lon) > 0.45 or abs(e["lat"] - lat) > 0.16 for e in events)
        room = room and all(abs(x - lon) > 1.3 or abs(y - lat) > 0.22 for x, y in states)
        if room and box[0] + 0.6 < lon < box[2] - 0.6 and box[1] + 0.2 < lat < box[3] - 0.2:
            rows.append({"lon": lon, "lat": lat, "name": f["properties"]["name"]})
    names: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_text(fontSize=10, color="#857f70", fontStyle="italic")
        .encode(longitude="lon:Q", latitude="lat:Q", text="name:N")
    )
    return names


def _place_country_names(
    view: ClaimContext, ground: Geography, box: tuple[float, float, float, float]
) -> list[dict[str, Any]]:
    """Place the names of the two states in the outer thirds of the map, each on its own side."""
    names = view.g.case.names
    middle: dict[str, float] = {}
    for role, country in view.g.case.countries.items():
        lons = [f["properties"]["label"][0] for f in ground.provinces if f["properties"]["country"] == country]
        middle[role] = sum(lons) / max(len(lons), 1)
    west, east = box[0] + 1.5, box[2] - 1.5
    host_west = middle["host"] < middle["target"]
    return [
        {"lon": west if host_west else east, "lat": (box[1] + box[3]) / 2 + 0.3, "name": names.host.upper()},
        {"lon": east if host_west else west, "lat": box[1] + 1.3, "name": names.target.upper()},
    ]


def _draw_country_names(view: ClaimContext, ground: Geography, box: tuple[float, float, float, float]) -> alt.Chart:
    text: alt.Chart = (
        alt.Chart(alt.InlineData(values=_place_country_names(view, ground, box)))
        .mark_text(fontSize=13, color="#6d685c", fontWeight=600)
        .encode(longitude="lon:Q", latitude="lat:Q", text="name:N")
    )
    return text


def _draw_events(rows: list[dict[str, Any]], names: list[str]) -> alt.Chart:
    colours = [KIND_COLOURS[k] for k in MAPPED_KINDS]
    legend = alt.Legend(title=None, orient="bottom", labelLimit=300, columns=1)
    scale = alt.Scale(type="sqrt", domain=[0, 60], range=[28, 520], clamp=True)
    sizes = alt.Legend(title="reported deaths", titleOrient="left", values=[0, 10, 60], orient="bottom", symbolFillColor=SOFT)  # fmt: skip
    base = alt.Chart(alt.InlineData(values=rows))
    points: alt.Chart = base.mark_point(filled=True, opacity=0.72, stroke="white", strokeWidth=0.7).encode(
        longitude="lon:Q",
        latitude="lat:Q",
        size=alt.Size("deaths:Q", scale=scale, legend=sizes),
        color=alt.Color("kind:N", scale=alt.Scale(domain=names, range=colours), legend=legend),
        shape=alt.Shape("kind:N", scale=alt.Scale(domain=names, range=CHANNEL_SHAPES), legend=legend),
    )
    return points


def _draw_crossings(view: ClaimContext) -> tuple[alt.Chart, alt.Chart, alt.Chart]:
    rows = [{"lon": c.longitude, "lat": c.latitude, "name": c.name} for c in view.g.case.crossings]
    base = alt.Chart(alt.InlineData(values=rows)).encode(longitude="lon:Q", latitude="lat:Q")
    mark = base.mark_point(shape="square", filled=True, fill="white", stroke=INK, strokeWidth=1.4, size=52, opacity=1)
    # The name is drawn twice, first white and thick, so that it can be read on any background.
    name = base.encode(text="name:N")
    font: dict[str, Any] = {"fontSize": 11.5, "fontWeight": 600, "dx": -9, "align": "right"}
    halo = name.mark_text(**font, stroke="white", strokeWidth=3, opacity=0.9)
    return halo, name.mark_text(**font, color=INK), mark
