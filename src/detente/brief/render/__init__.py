"""The formats of a brief, one module each. `BRIEF_FORMATS` is the registry used by the command and the pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

from detente.brief.document import Brief
from detente.brief.render.json import build_answer_data, dump_json, render_json
from detente.brief.short_answer import ShortAnswer, render_answer_text
from detente.core.disk_cache import active_cache, content_key
from detente.core.extras import require_extra
from detente.core.version import code_stamp


@dataclass(frozen=True, slots=True)
class BriefFormat:
    """One format: file extension, name, media type, and the renderer.

    The renderer takes the brief and the address where it is published, which references cite; empty for a file.
    """

    extension: str
    name: str
    media_type: str
    render: Callable[[Brief, str], bytes]


def _render(module: str, function: str, *, cited: bool = False, drawn: bool = False) -> Callable[[Brief, str], bytes]:
    """A renderer that is imported when it is first used; `drawn` if it needs the packages of the extra `brief`."""

    def render(brief: Brief, address: str) -> bytes:
        if drawn:
            require_extra("brief")
        found = getattr(import_module(f"detente.brief.render.{module}"), function)
        out = found(brief, address) if cited else found(brief)
        return out if isinstance(out, bytes) else str(out).encode()

    return render


BRIEF_FORMATS = (
    BriefFormat("html", "Web page", "text/html; charset=utf-8", _render("html", "render_html")),
    BriefFormat("pdf", "PDF", "application/pdf", _render("pdf", "render_pdf", drawn=True)),
    BriefFormat(
        "docx", "Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _render("docx", "render_docx", drawn=True),
    ),
    BriefFormat("md", "Markdown", "text/markdown; charset=utf-8", _render("markdown", "render_markdown")),
    BriefFormat("json", "JSON", "application/json", lambda b, _: render_json(b).encode()),
    BriefFormat("bib", "BibTeX", "application/x-bibtex; charset=utf-8", _render("references", "render_bibtex", cited=True)),
    BriefFormat("ris", "RIS", "application/x-research-info-systems; charset=utf-8", _render("references", "render_ris", cited=True)),
)  # fmt: skip


def render_brief_files(
    brief: Brief, formats: Sequence[BriefFormat] = BRIEF_FORMATS, address: str = ""
) -> dict[str, bytes]:
    """Render the brief in several formats, by file name; the cache in use keeps the files.

    Args:
        address: where the brief is published, which references cite; empty for files.
    """
    cache = active_cache()
    key = content_key(code_stamp(), brief, address) if cache.folder else ""
    return {
        f"brief.{f.extension}": cache.file("file", f"{key}-{f.extension}", lambda f=f: f.render(brief, address))  # type: ignore[misc]
        for f in formats
    }


def render_answer_files(answer: ShortAnswer) -> dict[str, bytes]:
    """Render the short answer as Markdown and as JSON, by file name."""
    title = f"# {answer.material.question}\n\n"
    return {
        "answer.md": (title + render_answer_text(answer)).encode(),
        "answer.json": dump_json(build_answer_data(answer)).encode(),
    }
