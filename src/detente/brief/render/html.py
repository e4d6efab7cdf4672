"""A brief as one self-contained web page: pictures and style inside, no script except `print()`."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2

from detente.brief.document import Brief
from detente.brief.render.json import build_brief_data, sentence_data
from detente.charts.picture import inline_svg
from detente.core.publishers import publisher_name
from detente.measures.quantity import Quantity
from detente.text.sentence import Sentence


def render_html(brief: Brief) -> str:
    """Render the page."""
    return _load_template().render(
        b=build_brief_data(brief),
        svg=build_inline_svgs(brief),
        to=SAME_PAGE_LINKS,
        css=files(__package__).joinpath("brief.css").read_text(encoding="utf-8"),
    )


@dataclass(frozen=True, slots=True)
class LinkPrefixes:
    """Prefixes of the links to events and claims; the id follows."""

    event: str
    claim: str


SAME_PAGE_LINKS = LinkPrefixes("#", "#")
"""Links of a page that contains its events and claims."""


def build_inline_svgs(brief: Brief) -> dict[str, str]:
    """Return each picture's SVG by key, scaled to the width of the page."""
    return {p.key: inline_svg(p) for p in brief.pictures}


def shared_loader() -> jinja2.BaseLoader:
    """Load the templates of this folder. The web pages use those in `shared/`."""
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
    """A piece of a sentence for a page: the key of its number and how it was computed, why it was chosen, or its event."""

    text: str
    key: str = ""
    how: str = ""
    why: str = ""
    event: str = ""


def trace_pieces(sentence: Sentence | Mapping[str, Any], numbers: Mapping[str, Any]) -> tuple[TracedPiece, ...]:
    """Prepare a sentence for a page.

    Args:
        sentence: as an object, or as data of `brief.json`. numbers: by key, for a sentence given as data.

    Example:
        >>> trace_pieces({"pieces": [{"text": "12", "number": "strikes"}]}, {"strikes": {"how": "events counted"}})[0].key
        'strikes'
    """
    data = sentence_data(sentence) if isinstance(sentence, Sentence) else sentence
    how = {m.key: m.how for m in sentence.measured} if isinstance(sentence, Sentence) else {}
    return tuple(
        TracedPiece(
            p["text"],
            p.get("number", ""),
            (how.get(p["number"]) or numbers[p["number"]]["how"]) if "number" in p else "",
            p.get("chosen", ""),
            p.get("event", ""),
        )
        for p in data["pieces"]
    )


def format_value(number: Quantity | Mapping[str, Any]) -> str:
    """Format a traced number with its limits for a table.

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
