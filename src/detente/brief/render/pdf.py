"""A brief as PDF, typeset by Typst: tagged for screen readers, with embedded fonts."""

import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Literal

from detente.brief.document import Brief
from detente.brief.render.json import render_json

FONT_PACKAGES = ("font_source_sans_pro", "font_source_serif_pro")


def render_pdf(brief: Brief) -> bytes:
    """Render the PDF (PDF/UA-1: tagged, with alternative texts). The same brief gives the same bytes."""
    return _compile_typst(brief, "pdf")[0]


def render_page_images(brief: Brief, ppi: float = 90.0) -> list[bytes]:
    """Render the pages as PNG pictures."""
    return _compile_typst(brief, "png", ppi)


def _compile_typst(brief: Brief, form: Literal["pdf", "png"], ppi: float | None = None) -> list[bytes]:
    import typst

    with tempfile.TemporaryDirectory(prefix="detente-") as folder:
        root = Path(folder)
        (root / "brief.json").write_text(render_json(brief), encoding="utf-8")
        template = files(__package__).joinpath("brief.typ").read_text(encoding="utf-8")
        (root / "brief.typ").write_text(template, encoding="utf-8")
        for p in brief.pictures:
            (root / f"{p.key}.svg").write_text(p.svg, encoding="utf-8")
        fonts = [str(files(f) / "files") for f in FONT_PACKAGES]
        out = typst.compile(
            str(root / "brief.typ"), root=folder, font_paths=fonts, ignore_system_fonts=True, format=form, ppi=ppi,
            pdf_standards="ua-1" if form == "pdf" else None, timestamp=0,
        )  # fmt: skip
    # Typst's stubs promise bytes, but several pages of pictures come as a list.
    pages: bytes | list[bytes] = out
    return [pages] if isinstance(pages, bytes) else list(pages)
