"""A brief as one web page that needs nothing else: pictures and style inside, no script but `print()`."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2

from detente.brief.document import Brief
from detente.brief.render.json import as_data
from detente.charts.style import Picture
from detente.core.publishers import publisher_name


def as_html(brief: Brief) -> str:
    """The page as text."""
    return _template().render(
        b=as_data(brief),
        svg=drawings(brief),
        to=HERE,
        css=files(__package__).joinpath("brief.css").read_text(encoding="utf-8"),
    )


@dataclass(frozen=True, slots=True)
class To:
    """What the address of an event, and of a claim, begins with in a page; its id follows."""

    event: str
    claim: str


HERE = To("#", "#")
"""A page that holds its events and claims itself."""


def drawings(brief: Brief) -> dict[str, str]:
    """Each picture's SVG by its key, fit to stand in a page: as wide as there is room."""
    return {p.key: inline(p) for p in brief.pictures}


def shared() -> jinja2.BaseLoader:
    """The parts of a brief's page that others may use: `shared/body.html` and `shared/marks.html`."""
    return jinja2.PackageLoader("detente.brief.render", "")


@cache
def _template() -> jinja2.Template:
    env = jinja2.Environment(
        loader=shared(), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    env.filters["publisher"] = publisher_name
    env.filters["by_key"] = lambda numbers: {m["key"]: m for m in numbers}
    env.filters["value"] = value_of
    return env.get_template("brief.html")


def inline(picture: Picture) -> str:
    """The drawing as wide as its place, hidden from screen readers: what stands around it names it."""
    # The drawing states its size in pixels; without it the page's width decides, and the viewBox keeps the shape.
    head, rest = picture.svg.split(">", 1)
    kept = [w for w in head.split(" ") if not w.startswith(("width=", "height="))]
    return " ".join(kept) + " aria-hidden='true'>" + rest


def value_of(number: dict[str, Any]) -> str:
    """A traced number with its limits, as a table shows it.

    Example:
        >>> value_of({"value": 0.656, "low": 0.523, "high": 0.773})
        '0.656 (0.523 to 0.773)'
    """

    def show(x: float | None) -> str:
        if x is None:
            return "none"
        return f"{x:,.0f}" if float(x).is_integer() else f"{x:.3g}"

    limits = (
        "" if number["low"] is None and number["high"] is None else f"{show(number['low'])} to {show(number['high'])}"
    )
    if number["value"] is None:
        return limits or "unbounded"
    return show(number["value"]) + (f" ({limits})" if limits and number["low"] != number["high"] else "")
