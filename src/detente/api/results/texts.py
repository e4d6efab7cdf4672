"""A brief and the status of a case as results."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.api.results.base import ResultHeader, age_data, result_data
from detente.core.atomic_write import write_files
from detente.core.disk_cache import DiskCache, use_cache
from detente.core.errors import DetenteError, nearest, quoted_choices
from detente.text.sentence import Sentence

# The status of a case needs no renderer.
if TYPE_CHECKING:
    from detente.brief.document import Brief
    from detente.brief.render import BriefFormat


class UnknownBriefFormat(DetenteError):
    """A brief was asked for in a format that does not exist."""

    exit_code = 2


@dataclass(frozen=True)
class BriefResult:
    """The brief of a case. `document` holds its sections, sentences and numbers."""

    header: ResultHeader
    document: "Brief"
    cache: DiskCache

    def save(self, folder: str | Path, formats: Sequence[str] = ()) -> list[Path]:
        """Write the brief to a folder and return the paths.

        Args:
            formats: extensions such as `pdf` and `html`; all if not given.

        Raises:
            UnknownBriefFormat: no such format. CannotWrite: the folder cannot be written.
        """
        return write_files(self.files(formats), Path(folder))

    def files(self, formats: Sequence[str] = ()) -> dict[str, bytes]:
        """Render the brief in several formats, by file name."""
        from detente.brief.render import BRIEF_FORMATS, render_brief_files

        with use_cache(self.cache):
            return render_brief_files(self.document, [_find_format(f) for f in formats] or BRIEF_FORMATS)

    def to_dict(self) -> dict[str, Any]:
        """The brief as plain values: every sentence, number, event and check, and the age of the record."""
        from detente.brief.render.json import build_brief_data

        return build_brief_data(self.document) | {"age": age_data(self.header.age)}

    def __repr__(self) -> str:
        return f"<brief of {self.header.case} as of {self.header.as_of}>"

    def _repr_html_(self) -> str:
        b = self.document
        points = "".join(
            f"<li><b>{escape(f.headline)}</b> {escape(f.verdict.word if f.verdict else '')}</li>"
            for s in b.sections for f in s.points
        )  # fmt: skip
        opening = escape(" ".join(s.text for s in b.introduction))
        return f"<h3>{escape(b.title)}</h3><p>{opening}</p><ol>{points}</ol>"


def _find_format(extension: str) -> "BriefFormat":
    from detente.brief.render import BRIEF_FORMATS

    known = {f.extension: f for f in BRIEF_FORMATS}
    if extension not in known:
        near = quoted_choices(nearest(extension, list(known)))
        raise UnknownBriefFormat(f"Unknown format {extension!r}. Nearest: {near}. Known: {', '.join(known)}.")
    return known[extension]


@dataclass(frozen=True, slots=True)
class CrossingStatus:
    """The reported state of a crossing, in words."""

    key: str
    name: str
    state: str
    said: str


@dataclass(frozen=True, slots=True)
class PeriodChange:
    """Events of one kind in the last thirty days up to the last covered one and in the thirty before; None where unknown."""

    channel: str
    now: int | None
    before: int | None


@dataclass(frozen=True)
class StatusResult:
    """The situation of a case.

    Fields:
        title: of the case. age_days: from the last covered day to the day of reading. sentences: the situation.
            crossings: each one's state. changes: by kind of event. verdicts: word by claim; empty if the claims have not been tested yet.
    """

    header: ResultHeader
    title: str
    age_days: int
    sentences: tuple[Sentence, ...]
    crossings: tuple[CrossingStatus, ...]
    changes: tuple[PeriodChange, ...]
    changes_text: str
    verdicts: dict[str, str]

    @property
    def text(self) -> str:
        """The situation in sentences."""
        return " ".join(s.text for s in self.sentences)

    def __repr__(self) -> str:
        return f"<status of {self.header.case} as of {self.header.as_of}>"

    def to_dict(self) -> dict[str, Any]:
        """The situation as plain values."""
        return result_data(
            "status", self.header, title=self.title, age_days=self.age_days, sentences=[s.text for s in self.sentences],
            crossings=self.crossings, changes=self.changes, changes_text=self.changes_text, verdicts=self.verdicts,
        )  # fmt: skip

    def _repr_html_(self) -> str:
        return f"<h3>{escape(self.title)}</h3><p>{escape(self.text)}</p>"
