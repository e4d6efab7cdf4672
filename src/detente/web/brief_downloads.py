"""The forms of a brief to take along: made once for each prepared case, at first wish, and kept in memory."""

import gzip
import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass

from detente.api.case import PreparedCase
from detente.brief.document import Brief
from detente.brief.render.docx import as_word
from detente.brief.render.markdown import as_markdown
from detente.brief.render.pdf import as_pdf
from detente.brief.render.references import as_bibtex, as_ris


@dataclass(frozen=True, slots=True)
class BriefFormat:
    """One form: its file ending, what it is called, its media type, and how it is made from a brief and its address."""

    ending: str
    name: str
    media: str
    make: Callable[[Brief, str], bytes]


FORMATS = (
    BriefFormat("pdf", "PDF", "application/pdf", lambda b, _: as_pdf(b)),
    BriefFormat(
        "docx", "Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        lambda b, _: as_word(b),
    ),
    BriefFormat("md", "Markdown", "text/markdown; charset=utf-8", lambda b, _: as_markdown(b).encode()),
    BriefFormat("bib", "BibTeX", "application/x-bibtex; charset=utf-8", lambda b, at: as_bibtex(b, at).encode()),
    BriefFormat("ris", "RIS", "application/x-research-info-systems; charset=utf-8", lambda b, at: as_ris(b, at).encode()),
)  # fmt: skip
FORMATS_BY_EXTENSION = {f.ending: f for f in FORMATS}


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A form's bytes, the same compressed where that makes them smaller, and their mark."""

    content: bytes
    compressed: bytes | None
    etag: str


_render_cache: dict[tuple[str, str, str], RenderedFile] = {}
_render_lock = threading.Lock()


def render_brief_file(study: PreparedCase, ending: str, address: str) -> RenderedFile:
    """The brief in a form; the same bytes for the same case, day, code and address.

    Args:
        address: where the brief stands, for references.
    """
    key = (study.key, ending, address)
    if key not in _render_cache:
        with _render_lock:
            if key not in _render_cache:
                content = FORMATS_BY_EXTENSION[ending].make(study.brief, address)
                small = gzip.compress(content, 6, mtime=0)
                _render_cache[key] = RenderedFile(
                    content,
                    small if len(small) < 0.9 * len(content) else None,
                    f'"{hashlib.sha256(content).hexdigest()[:32]}"',
                )
    return _render_cache[key]
