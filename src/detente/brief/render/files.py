"""Writing the forms of a brief to a folder: all of them or none."""

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from detente.brief.document import Brief
from detente.brief.render.docx import as_word
from detente.brief.render.html import as_html
from detente.brief.render.json import answer_data, as_json, to_json
from detente.brief.render.markdown import as_markdown
from detente.brief.render.pdf import as_pdf
from detente.brief.render.references import as_bibtex, as_ris
from detente.brief.short_answer import Answer, as_text
from detente.core.errors import CannotWrite


def brief_files(brief: Brief) -> dict[str, bytes]:
    """The forms by file name: to read, to print, to work on, for programs, and to cite it and its sources."""
    return {
        "brief.html": as_html(brief).encode(),
        "brief.pdf": as_pdf(brief),
        "brief.docx": as_word(brief),
        "brief.md": as_markdown(brief).encode(),
        "brief.json": as_json(brief).encode(),
        "brief.bib": as_bibtex(brief).encode(),
        "brief.ris": as_ris(brief).encode(),
    }


def answer_files(answer: Answer) -> dict[str, bytes]:
    """The short form as Markdown, and its JSON twin: the text and the points that it keeps, traced."""
    title = f"# {answer.material.question}\n\n"
    return {"answer.md": (title + as_text(answer)).encode(), "answer.json": to_json(answer_data(answer)).encode()}


def write(files: Mapping[str, bytes | Iterable[bytes]], folder: Path, option: str = "--out") -> list[Path]:
    """Write files into a folder, made if needed. Each is replaced whole, after all are on the disk.

    Args:
        files: by name, each as a whole or as pieces that are made while it is written.
        option: the one by which a person named the place, for the error to name it.

    Raises:
        CannotWrite: the folder cannot be made or written; what stood there is untouched.
    """
    staged: list[tuple[str, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            handle, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
            staged.append((temporary, folder / name))
            with os.fdopen(handle, "wb") as f:
                f.writelines([content] if isinstance(content, bytes) else content)
            # mkstemp makes files that only their owner can read; a brief is meant to be passed on.
            Path(temporary).chmod(0o644)
        for _, path in staged:
            if path.is_dir():
                raise IsADirectoryError(f"{path.name} is a folder")
        for temporary, path in staged:
            Path(temporary).replace(path)
    except BaseException as e:
        for temporary, _ in staged:
            Path(temporary).unlink(missing_ok=True)
        if isinstance(e, OSError):
            raise CannotWrite(folder, e.strerror or str(e), option) from e
        raise
    return [path for _, path in staged]
