"""Published files as read: their rows, and the errors of unreadable rows."""

from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from detente.core.row_error import RowError

RowT = TypeVar("RowT")


def escape_undecodable(text: str) -> str:
    """Replace bytes that are not UTF-8 in text read with `surrogateescape`; they become `\\xfa` and the like.

    Example:
        >>> print(escape_undecodable(b"Bann\\xfa".decode("utf-8", "surrogateescape")))
        Bann\\xfa
    """
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


@dataclass(frozen=True, slots=True)
class Release:
    """One published file of a source: its name, publication date and a hash of its bytes.

    `covers` are the first and last covered day where the names of its files state them and its events do not tell (GDELT).
    """

    source: str
    name: str
    known_on: date
    sha256: str
    covers: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class UnreadableRow:
    """A row that could not be read: its errors and its original text."""

    row: int
    faults: tuple[RowError, ...]
    raw: str


@dataclass(frozen=True, slots=True)
class ParsedRelease(Generic[RowT]):
    """A file as read; `len(rows) + len(unread) == row_count`."""

    release: Release
    rows: tuple[RowT, ...]
    unread: tuple[UnreadableRow, ...]

    @property
    def row_count(self) -> int:
        """Number of rows in the file without its header."""
        return len(self.rows) + len(self.unread)
