"""A small map on which a person points to a place: an image button, which works without a script.

A click gives the point and draws the map closer around it, so that a second and third click are more exact.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import escape

from detente.web.map.basemap import Basemap

WIDTH = 340  # pixels; the image is never scaled, since a click counts its pixels
ZOOMS = (1, 4, 16)
DECIMALS = {1: 1, 4: 2, 16: 3}  # of a point; a pixel is about 5, 1.2 and 0.3 km on the flagship's map


@dataclass(frozen=True, slots=True)
class PlaceMapView:
    """What the small map shows: zoom and middle, in degrees."""

    zoom: int
    lon: float
    lat: float

    @property
    def query(self) -> str:
        """As the query of the image's address."""
        return f"zoom={self.zoom}&centre={self.centre}"

    @property
    def centre(self) -> str:
        """Longitude and latitude as one text."""
        return f"{self.lon:.4f},{self.lat:.4f}"


def image_height(ground: Basemap) -> int:
    """Height of the image in pixels."""
    return round(WIDTH * ground.frame.height / ground.frame.width)


def read_view(ground: Basemap, fields: Mapping[str, str]) -> PlaceMapView:
    """Read zoom and middle from a form or query; the whole map where they are missing or of no use."""
    f = ground.frame
    whole = PlaceMapView(1, (f.west + f.east) / 2, (f.south + f.north) / 2)
    zoom = {str(z): z for z in ZOOMS}.get(fields.get("zoom", ""), 1)
    lon, lat = parse_point(fields.get("centre", "")) or (math.nan, math.nan)
    return PlaceMapView(zoom, lon, lat) if zoom > 1 and f.holds(lon, lat) else whole


def parse_point(text: str) -> tuple[float, float] | None:
    """Read two numbers separated by a comma; None if they are none.

    Example:
        >>> parse_point("70.6,32.99"), parse_point("nan,1"), parse_point("here")
        ((70.6, 32.99), None, None)
    """
    parts = text.split(",")
    try:
        a, b = (float(p) for p in parts)
    except ValueError:
        return None
    return (a, b) if math.isfinite(a) and math.isfinite(b) else None


def view_box(ground: Basemap, view: PlaceMapView) -> tuple[float, float, float, float]:
    """The part of the drawing that the map shows: left, top, width and height in its units; it stays within the drawing."""
    f = ground.frame
    w, h = f.width / view.zoom, f.height / view.zoom
    x, y = f.xy(view.lon, view.lat)
    return min(max(x - w / 2, 0.0), f.width - w), min(max(y - h / 2, 0.0), f.height - h), w, h


def read_click(ground: Basemap, view: PlaceMapView, x: str, y: str) -> tuple[float, float] | None:
    """Return longitude and latitude of a click at these pixels, rounded to what a pixel shows; None if they are no numbers."""
    point = parse_point(f"{x},{y}")
    if point is None or not (0 <= point[0] <= WIDTH and 0 <= point[1] <= image_height(ground) + 1):
        return None
    left, top, w, h = view_box(ground, view)
    lon, lat = ground.frame.lonlat(left + point[0] / WIDTH * w, top + point[1] / image_height(ground) * h)
    n = DECIMALS[view.zoom]
    return round(float(lon), n), round(float(lat), n)


def closer(view: PlaceMapView, lon: float, lat: float) -> PlaceMapView:
    """The next closer view around a point; the closest one only moves."""
    return PlaceMapView(ZOOMS[min(ZOOMS.index(view.zoom) + 1, len(ZOOMS) - 1)], lon, lat)


def draw_place_map(ground: Basemap, view: PlaceMapView, point: tuple[float, float] | None) -> str:
    """Draw the map as SVG, with a cross at the chosen point (longitude, latitude)."""
    left, top, w, h = view_box(ground, view)
    unit = w / WIDTH  # one pixel
    size = f'width="{WIDTH}" height="{image_height(ground)}" viewBox="{left:.2f} {top:.2f} {w:.2f} {h:.2f}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif">',
        f'<rect x="{left:.2f}" y="{top:.2f}" width="{w:.2f}" height="{h:.2f}" fill="#fff"/>',
        *(f'<path d="{d}" fill="#f1efe9" stroke="#c9ccc6" stroke-width="{unit:.3f}"/>' for _, d in ground.provinces),
        f'<path d="{ground.border}" fill="none" stroke="#1b1f24" stroke-width="{1.6 * unit:.3f}"/>',
    ]
    drawn: list[tuple[float, float]] = []
    for n in ground.names:
        shown = {"country": 1, "town": 1, "province": 4, "small town": 4, "small province": 16}.get(n.kind, 99)
        inside = left <= n.x <= left + w and top <= n.y <= top + h
        if (
            view.zoom < shown
            or not inside
            or any(abs(n.x - a) < 60 * unit and abs(n.y - b) < 11 * unit for a, b in drawn)
        ):
            continue
        drawn.append((n.x, n.y))
        town = "town" in n.kind
        if town:
            parts.append(f'<circle cx="{n.x}" cy="{n.y}" r="{1.8 * unit:.3f}" fill="#1b1f24"/>')
        colour, letters = ("#1b1f24", 9) if town else ("#5c6570", 10)
        parts.append(
            f'<text x="{n.x + (3 * unit if town else 0):.2f}" y="{n.y + 3 * unit:.2f}" font-size="{letters * unit:.3f}" '
            f'fill="{colour}" text-anchor="{"start" if town else "middle"}">{escape(n.text)}</text>'
        )
    if point is not None:
        x, y = ground.frame.xy(*point)
        for a, b in ((1, 0), (0, 1)):
            parts.append(
                f'<path d="M{x - 9 * a * unit:.2f} {y - 9 * b * unit:.2f}L{x + 9 * a * unit:.2f} {y + 9 * b * unit:.2f}" '
                f'stroke="#d55e00" stroke-width="{2 * unit:.3f}"/>'
            )
        parts.append(
            f'<circle cx="{x}" cy="{y}" r="{5 * unit:.3f}" fill="none" stroke="#d55e00" stroke-width="{2 * unit:.3f}"/>'
        )
    return "".join((*parts, "</svg>"))
