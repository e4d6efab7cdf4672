"""A brief as one web page that needs nothing else: pictures and style inside, no script but `print()`."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2

from detente.brief.document import Brief
from detente.brief.render.json import build_brief_data, sentence_data
from detente.charts.style import inline_svg
from detente.core.publishers import publisher_name
from detente.measures.quantity import Quantity
from detente.text.sentence import Sentence


def render_html(brief: Brief) -> str:
    """The page as text."""
    return _load_template().render(
        b=build_brief_data(brief),
        svg=build_inline_svgs(brief),
        to=SAME_PAGE_LINKS,
        css=files(__package__).joinpath("brief.css").read_text(encoding="utf-8"),
    )


@dataclass(frozen=True, slots=True)
class LinkPrefixes:
    """What the address of an event, and of a claim, begins with in a page; its id follows."""

    event: str
    claim: str


SAME_PAGE_LINKS = LinkPrefixes("#", "#")
"""A page that holds its events and claims itself."""


def build_inline_svgs(brief: Brief) -> dict[str, str]:
    """Each picture's SVG by its key, fit to stand in a page: as wide as there is room."""
    return {p.key: inline_svg(p) for p in brief.pictures}


def shared_loader() -> jinja2.BaseLoader:
    """Load the templates of this folder; pages of the web use those in `shared/`."""
    return jinja2.PackageLoader("detente.brief.render", "")


def add_filters(env: jinja2.Environment) -> None:
    """Add the filters that the shared templates need."""
    env.filters["publisher"] = publisher_name
    env.filters["by_key"] = lambda numbers: {m["key"]: m for m in numbers}
    env.filters["value"] = format_value
    env.filters["pieces"] = trace_pieces


@cache
def _load_template() -> jinja2.Template:
    env = jinja2.Environment(
        loader=shared_loader(), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    add_filters(env)
    return env.get_template("brief.html")


@dataclass(frozen=True, slots=True)
class TracedPiece:
    """A piece of a sentence for a page: how its number was made, why it was chosen, or which event it is read off."""

    text: str
    how: str = ""
    why: str = ""
    event: str = ""


def trace_pieces(sentence: Sentence | Mapping[str, Any], numbers: Mapping[str, Any]) -> tuple[TracedPiece, ...]:
    """Prepare a sentence for a page.

    Args:
        sentence: as an object, or as `brief.json` holds it. numbers: those of a sentence given as data, by key.
    """
    data = sentence_data(sentence) if isinstance(sentence, Sentence) else sentence
    how = {m.key: m.how for m in sentence.measured} if isinstance(sentence, Sentence) else {}
    return tuple(
        TracedPiece(
            p["text"],
            (how.get(p["number"]) or numbers[p["number"]]["how"]) if "number" in p else "",
            p.get("chosen", ""),
            p.get("event", ""),
        )
        for p in data["pieces"]
    )


def format_value(number: Quantity | Mapping[str, Any]) -> str:
    """A traced number with its limits, as a table shows it.

    Example:
        >>> format_value({"value": 0.656, "low": 0.523, "high": 0.773})
        '0.656 (0.523 to 0.773)'
    """

    def show(x: float | None) -> str:
        if x is None:
            return "none"
        return f"{x:,.0f}" if float(x).is_integer() else f"{x:.3g}"

    if isinstance(number, Quantity):
        value, low, high = (
            x if x is None or math.isfinite(x) else None for x in (number.value, number.low, number.high)
        )
    else:
        value, low, high = number["value"], number["low"], number["high"]
    limits = "" if low is None and high is None else f"{show(low)} to {show(high)}"
    if value is None:
        return limits or "unbounded"
    return show(value) + (f" ({limits})" if limits and low != high else "")
