"""The map of a query as a picture of its own, for a file: ground, signs, names and crossings, without script or style sheet."""

from html import escape

from detente.cases.channel_rule import FORCE_CHANNELS
from detente.charts.inline.axes import build_svg, draw_circle, draw_text
from detente.charts.shapes import KIND_SHAPES
from detente.charts.style import INK, KIND_COLOURS, LAND, SOFT
from detente.web.map.basemap import Basemap, MapLabel
from detente.web.map.markers import EventMarker, MarkerGroup
from detente.web.map.page import EventMap

LABEL_LOOKS = {
    "country": 'font-size="19" font-weight="600" letter-spacing="2" fill="#6d685c"',
    "neighbour": 'font-size="14" letter-spacing="1.4" fill="#6f6a5f"',
    "border": 'font-size="12.5" font-weight="600" font-style="italic" fill="#4a463d"',
    "town": f'font-size="12.5" fill="{INK}"',
    "province": 'font-size="12.5" font-style="italic" fill="#746e60"',
    "crossing": f'font-size="13" font-weight="600" fill="{INK}"',
}
CAPITALS = ("country", "neighbour")


def draw_event_map(m: EventMap, ground: Basemap, names: dict[str, str]) -> str:
    """Draw the map of a query with a legend of its kinds of event; `names` are the readers' names by kind."""
    w, h = m.width, m.height
    parts = [
        f'<clipPath id="event-map"><rect width="{w:g}" height="{h:g}"/></clipPath><g clip-path="url(#event-map)">',
        f'<rect width="{w:g}" height="{h:g}" fill="#fbfaf7"/>',
        *(f'<path d="{d}" fill="#faf9f5" stroke="#dcd7ca" stroke-width="0.8"/>' for d in ground.around),
        *(f'<path d="{d}" fill="{LAND}" stroke="#cfc9bb" stroke-width="0.8"/>' for _, d in ground.provinces),
        f'<path d="{ground.rivers}" fill="none" stroke="#a9c3d6"/>' if ground.rivers else "",
        f'<path d="{ground.lakes}" fill="#dfe9ef" stroke="#a9c3d6"/>' if ground.lakes else "",
        f'<path d="{ground.border}" fill="none" stroke="{INK}" stroke-width="1.8" stroke-linejoin="round"/>'
        if ground.border
        else "",
        *(_draw_signs(s, m.channels) for s in m.spots if s.kind == "place"),
        *(_draw_name(n) for n in ground.names if n.shown),
    ]
    for c in m.crossings:
        x, y = ground.frame.xy(c.lon, c.lat)
        fill = {"shut": INK, "perhaps": "#8a929b"}.get(c.mark, "#fff")
        parts.append(
            f'<rect x="{x - 5.5:g}" y="{y - 5.5:g}" width="11" height="11" fill="{fill}" stroke="{INK}" stroke-width="1.5"/>'
        )
        parts.append(_draw_halo(c.name, x - 10, y + 4.5, "end", LABEL_LOOKS["crossing"]))
    parts.append("</g>")
    squares = " Squares: crossings, black or grey if closed." if m.crossings else ""
    x, y = 6.0, h + 20
    for k in m.channels:
        wide = 34 + 6.6 * len(names[k])
        if x + wide > w:
            x, y = 6.0, y + 20
        parts.append(
            f'<path d="{KIND_SHAPES[k]}" transform="translate({x + 6:g} {y - 4:g})" fill="{KIND_COLOURS[k]}"/>'
        )
        parts.append(draw_text(x + 18, y, names[k], size=12.5))
        x += wide
    parts.append(draw_text(6, y + 20, f"Larger signs: more reported deaths; hollow: no toll reported.{squares}", size=12.5, fill=SOFT))  # fmt: skip
    return build_svg(w, round(y + 28), parts, f"Map of events, {m.window}")


def _draw_signs(s: MarkerGroup, channels: tuple[str, ...]) -> str:
    return "".join(
        f'<path d="{KIND_SHAPES[g.channel]}" transform="translate({s.x + g.dx:.1f} {s.y + g.dy:.1f})scale({g.r / 5:.2f})" '
        f"{_look(g)}/>"
        for g in s.signs
        if g.channel in channels and g.events
    )


def _look(g: EventMarker) -> str:
    """A sign of force without a reported toll is hollow."""
    colour = KIND_COLOURS[g.channel]
    if g.channel in FORCE_CHANNELS and not g.told:
        return f'fill="#fff" fill-opacity="0.9" stroke="{colour}" stroke-width="{8 / g.r:.2f}"'
    return f'fill="{colour}" fill-opacity="0.82" stroke="#fff" stroke-width="{5 / g.r:.2f}"'


def _draw_name(n: MapLabel) -> str:
    dot = draw_circle(n.x, n.y, 2.2, INK, "#fff", 1) if n.kind == "town" else ""
    text = n.text.upper() if n.kind in CAPITALS else n.text
    return dot + _draw_halo(text, n.x + n.dx, n.y + n.dy, n.anchor, LABEL_LOOKS[n.kind])


def _draw_halo(text: str, x: float, y: float, anchor: str, look: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {look} stroke="#fbfaf7" stroke-width="3" stroke-opacity="0.88" '
        f'stroke-linejoin="round" paint-order="stroke">{escape(text)}</text>'
    )
