"""A brief as PDF, typeset by Typst: tagged for screen readers, with embedded fonts."""

import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Literal

from detente.brief.document import Brief
from detente.brief.render.font_coverage import find_missing, font_paths
from detente.brief.render.json import render_json
from detente.brief.render.printable import make_printable


def render_pdf(brief: Brief) -> bytes:
    """Render the PDF (PDF/UA-1: tagged, with alternative texts). The same brief gives the same bytes.

    Characters that the fonts lack are shown as a sign (`printable.py`).
    """
    return _compile_typst(brief, "pdf")[0]


def render_page_images(brief: Brief, ppi: float = 90.0) -> list[bytes]:
    """Render the pages as PNG pictures."""
    return _compile_typst(brief, "png", ppi)


def _compile_typst(brief: Brief, form: Literal["pdf", "png"], ppi: float | None = None) -> list[bytes]:
    import typst

    brief = make_printable(brief, find_missing)
    with tempfile.TemporaryDirectory(prefix="detente-") as folder:
        root = Path(folder)
        (root / "brief.json").write_text(render_json(brief), encoding="utf-8")
        template = files(__package__).joinpath("brief.typ").read_text(encoding="utf-8")
        (root / "brief.typ").write_text(template, encoding="utf-8")
        for p in brief.pictures:
            (root / f"{p.key}.svg").write_text(p.svg, encoding="utf-8")
        out = typst.compile(
            str(root / "brief.typ"), root=folder, font_paths=font_paths(), ignore_system_fonts=True, format=form, ppi=ppi,
            pdf_standards="ua-1" if form == "pdf" else None, timestamp=0,
        )  # fmt: skip
    # Typst's stubs promise bytes, but several pages of pictures come as a list.
    pages: bytes | list[bytes] = out
    return [pages] if isinstance(pages, bytes) else list(pages)
