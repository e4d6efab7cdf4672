"""Which characters the fonts of the PDF lack, as Typst itself says.

Typst falls back to the fonts that it contains, and no list of their characters exists. So a small document with the
characters is typeset: Typst refuses it if one of them cannot be displayed.
"""

import json
import tempfile
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

FONT_PACKAGES = ("font_source_sans_pro", "font_source_serif_pro")
MAX_PROBES = 400
# Source Serif and Source Sans have all of these; a test holds that.
KNOWN = frozenset(
    map(
        chr,
        (
            *range(0x20, 0x7F),
            *range(0xA0, 0x180),
            0x2002,
            0x2009,
            *range(0x2010, 0x2015),
            *range(0x2018, 0x2023),
            0x2026,
            0x2212,
        ),
    )
)

_PROBE = """#set document(title: "probe")
#set text(font: "Source Serif Pro", lang: "en")
#for c in json("probe.json") { par(c) }
"""


def font_paths() -> list[str]:
    """Return the folders of the fonts that the PDF uses."""
    return [str(files(f) / "files") for f in FONT_PACKAGES]


def find_missing(characters: frozenset[str]) -> frozenset[str]:
    """Return the characters that the fonts lack.

    Beyond 400 characters outside the usual ones, the rest count as missing: a sign in their place is better than no file.
    """
    unusual = sorted(c for c in characters - KNOWN if not c.isspace())
    if not unusual or can_display("".join(unusual)):
        return frozenset()
    return frozenset(c for i, c in enumerate(unusual) if i >= MAX_PROBES or not can_display(c))


@lru_cache(maxsize=4096)
def can_display(characters: str) -> bool:
    """Return whether the fonts have each of these characters.

    Example:
        >>> can_display("Islāmābād"), can_display("\N{GRINNING FACE}")
        (True, False)
    """
    import typst

    with tempfile.TemporaryDirectory(prefix="detente-") as folder:
        root = Path(folder)
        (root / "probe.json").write_text(json.dumps(list(characters)), encoding="utf-8")
        (root / "probe.typ").write_text(_PROBE, encoding="utf-8")
        try:
            typst.compile(
                str(root / "probe.typ"), root=folder, font_paths=font_paths(), ignore_system_fonts=True, format="pdf",
                pdf_standards="ua-1", timestamp=0,
            )  # fmt: skip
        except typst.TypstError:
            return False
    return True
