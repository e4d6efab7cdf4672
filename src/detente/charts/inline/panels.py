"""Several small charts in one picture, and the same charts apart for a page that sets them by its width."""

import re
from collections.abc import Sequence
from html import escape

from detente.charts.inline.axes import build_svg

GAP = 18.0
_PLACE = re.compile(r'<svg data-panel="" x="[^"]*" y="[^"]*" width="[^"]*" height="[^"]*" ')


def compose_panels(panels: Sequence[str], columns: int, label: str) -> str:
    """Set drawings of `build_svg` in rows of one picture; all have the size of the first.

    Example:
        >>> one = build_svg(100, 50, [], "one")
        >>> both = compose_panels([one, one], 2, "two charts")
        >>> 'viewBox="0 0 218 50"' in both, split_panels(both) == [one, one]
        (True, True)
    """
    width, height = (float(v) for v in panels[0].split('viewBox="0 0 ', 1)[1].split('"', 1)[0].split())
    parts = []
    for i, panel in enumerate(panels):
        x, y = (i % columns) * (width + GAP), (i // columns) * (height + GAP)
        place = f'<svg data-panel="" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" '
        parts.append(panel.replace("<svg ", place, 1))
    rows = -(-len(panels) // columns)
    return build_svg(columns * (width + GAP) - GAP, rows * (height + GAP) - GAP, parts, label)


def split_panels(svg: str) -> list[str]:
    """Return the drawings of a picture that `compose_panels` made."""
    return ["<svg " + part.split("</svg>", 1)[0] + "</svg>" for part in _PLACE.split(svg)[1:]]


def draw_panel_title(name: str, width: float) -> str:
    """Draw the name of a panel at its upper left; about 6.6 pixels a letter, in two lines if it is longer than the panel."""
    room = int(width / 6.6)
    if len(name) <= room:
        lines = [name]
    else:
        cut = name.rfind(" ", 0, room + 1)
        cut = cut if cut > 0 else room
        lines = [name[:cut], name[cut:].strip()]
    return "".join(
        f'<text x="0" y="{12 + 14 * i}" font-size="12.5" font-weight="600">{escape(line)}</text>'
        for i, line in enumerate(lines)
    )
