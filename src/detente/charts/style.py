"""Style of all charts: fonts, colours for the colour-blind, thin axes.

A kind of event has one colour, after Okabe and Ito (2008), and no other thing has that colour. What belongs to no kind is
slate or grey. Shape, dash or place always repeats what colour shows, because a brief is often printed in black and white.
"""

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from detente.core.extras import require_extra

if TYPE_CHECKING:
    import altair as alt

INK = "#1b1f24"
SOFT = "#5c6570"
RULE = "#d5d9de"
LAND = "#f1efe9"
BLUE = "#0072B2"
VERMILLION = "#D55E00"
GREEN = "#00795c"
SAND = "#b98500"

KIND_COLOURS = {
    "attack": VERMILLION, "operation": "#a8497f", "strike": BLUE, "clash": SAND, "pressure": INK, "defiance": SOFT,
    "dialogue": GREEN, "concession": "#2a8fc7", "truce": "#009e73", "outside": "#8a7a55", "restraint": "#6b5b95",
    "unassigned": "#7c858f",
}  # fmt: skip
"""One colour for each kind of event, on every page and in print. `web/static/events.css` repeats them."""

DATA = "#3d5a80"
"""Lines and bars that belong to no kind of event: the relation index, deaths of all violence, shares."""
MORE_HOSTILE, LESS_HOSTILE = "#9b1b30", "#3d5a80"
"""Responses: more hostility or less cooperation, and the reverse. No kind of event has these colours."""
FIGHTING, TRUCE = MORE_HOSTILE, KIND_COLOURS["truce"]
"""Named periods of fighting and of truce, as shading behind a chart."""

COOPERATIVE_KINDS = ("dialogue", "concession", "truce", "restraint")

FONT = "Source Sans Pro, Helvetica Neue, Arial, sans-serif"


def tone_colour(kind: str, change: float) -> str:
    """Return the colour of a change: alarming for more hostility or less cooperation, calm for the reverse, grey for outsiders' acts.

    Example:
        >>> tone_colour("attack", 0.4) == MORE_HOSTILE, tone_colour("dialogue", 0.4) == LESS_HOSTILE, tone_colour("outside", 1) == SOFT
        (True, True, True)
    """
    if kind == "outside" or change == 0:
        return SOFT
    return MORE_HOSTILE if (change > 0) != (kind in COOPERATIVE_KINDS) else LESS_HOSTILE


@cache
def register_fonts() -> None:
    """Register our fonts with the renderer, once per process.

    Raises:
        MissingExtra: the renderer is not installed.
    """
    require_extra("brief")
    import vl_convert

    vl_convert.register_font_directory(str(files("font_source_sans_pro") / "files"))


def render_chart_svg(chart: "alt.TopLevelMixin", key: str) -> str:
    """Render the chart as SVG in our style. `key` makes its internal names unique among the charts of a page."""
    register_fonts()
    import vl_convert

    spec: dict[str, Any] = chart.to_dict()
    spec["background"] = "white"
    spec["config"] = {
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "labelColor": INK, "titleColor": SOFT, "labelFontSize": 10.5, "titleFontSize": 10.5,
            "titleFontWeight": "normal", "domainColor": SOFT, "tickColor": SOFT, "gridColor": RULE,
            "gridWidth": 0.6, "labelPadding": 4,
        },
        "legend": {
            "labelColor": INK, "titleColor": SOFT, "labelFontSize": 10.5, "titleFontSize": 10.5,
            "titleFontWeight": "normal", "symbolSize": 70,
        },
        "text": {"color": INK, "font": FONT},
    }  # fmt: skip
    svg: str = vl_convert.vegalite_to_svg(spec, vl_version="6.4")
    # The renderer numbers clip paths through the life of the process: the same chart drawn twice would differ.
    for i, name in enumerate(dict.fromkeys(re.findall(r'id="(clip\d+)"', svg))):
        svg = re.sub(rf'(id="|url\(#){name}(?=["\)])', rf"\g<1>{key}-clip-{i}", svg)
    return svg
