"""A brief as PDF, set by Typst: tagged for screen readers, with the fonts inside."""

import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Literal

from detente.brief.document import Brief
from detente.brief.render.json import render_json

FONT_PACKAGES = ("font_source_sans_pro", "font_source_serif_pro")


def render_pdf(brief: Brief) -> bytes:
    """The PDF (PDF/UA-1: tagged, with alternative texts), the same to the byte for the same brief."""
    return _compile_typst(brief, "pdf")[0]


def render_page_images(brief: Brief, ppi: float = 90.0) -> list[bytes]:
    """The pages as PNG pictures, to look at."""
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
            str(root / "brief.typ"),
            root=str(root),
            font_paths=fonts,
            ignore_system_fonts=True,
            format=form,
            ppi=ppi,
            pdf_standards="ua-1" if form == "pdf" else None,
            timestamp=0,
        )
    # Typst's stubs promise bytes; several pages of pictures come as a list.
    pages: bytes | list[bytes] = out
    return [pages] if isinstance(pages, bytes) else list(pages)
