"""A card: the picture of a link, 1,200 by 630 pixels, typeset by Typst with the fonts of the pages."""

import json
import tempfile
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path

from detente.brief.render.font_coverage import font_paths

WIDTH, HEIGHT = 1200, 630
MOST_LETTERS = 190
"""Longest headline; a longer one is cut at a word."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a card shows.

    Fields:
        case: title of the case, or what the site is. kicker: kind of page, small, above. number: the main number, large; may be empty.
            headline: one sentence. detail: a second one. foot: the age of the record. tone: `worse` or `better` colours the number.
        picture: SVG beside the words; empty for none.
    """

    case: str
    kicker: str
    headline: str
    foot: str
    number: str = ""
    detail: str = ""
    tone: str = ""
    picture: str = ""


def render_card(card: Card) -> bytes:
    """Render a card as PNG."""
    import typst  # takes a tenth of a second to load

    headline = shorten(card.headline, MOST_LETTERS)
    narrow = bool(card.picture)
    size = (34 if len(headline) <= 90 else 29) if narrow else (46 if len(headline) <= 110 else 38)
    data = {**asdict(card), "headline": headline, "detail": shorten(card.detail, 160), "size": size, "picture": narrow}
    with tempfile.TemporaryDirectory(prefix="detente-") as folder:
        root = Path(folder)
        (root / "card.json").write_text(json.dumps(data), encoding="utf-8")
        (root / "card.typ").write_text(
            files(__package__).joinpath("card.typ").read_text(encoding="utf-8"), encoding="utf-8"
        )
        if narrow:
            (root / "picture.svg").write_text(card.picture, encoding="utf-8")
        out: bytes | list[bytes] = typst.compile(
            str(root / "card.typ"), root=folder, font_paths=font_paths(), ignore_system_fonts=True, format="png", ppi=72,
        )  # fmt: skip
    # A card is one page: what does not fit is cut, never drawn on a second picture.
    return out if isinstance(out, bytes) else out[0]


def shorten(text: str, most: int) -> str:
    """Cut a text at a word, with dots; a short one stays as it is.

    Example:
        >>> shorten("Relations have worsened", 15), shorten("Short", 15)
        ('Relations have…', 'Short')
    """
    if len(text) <= most:
        return text
    return text[:most].rsplit(" ", 1)[0].rstrip(",;:") + "…"
