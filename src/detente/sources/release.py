"""What a reader hands on: rows as their source wrote them, and faults for the rows it could not read."""

from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from detente.core.row_error import RowError

RowT = TypeVar("RowT")


def escape_undecodable(text: str) -> str:
    """Text read with `surrogateescape`, fit to be written anywhere: a byte that is no UTF-8 as `\\xfa`.

    Example:
        >>> print(escape_undecodable(b"Bann\\xfa".decode("utf-8", "surrogateescape")))
        Bann\\xfa
    """
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


@dataclass(frozen=True, slots=True)
class Release:
    """One published file of a source: its name, the day it became known, and a hash of its bytes."""

    source: str
    name: str
    known_on: date
    sha256: str


@dataclass(frozen=True, slots=True)
class UnreadableRow:
    """A row that could not be read: every fault found in it and the text that stood there."""

    row: int
    faults: tuple[RowError, ...]
    raw: str


@dataclass(frozen=True, slots=True)
class ParsedRelease(Generic[RowT]):
    """A file as read. `len(rows) + len(unread) == read`, always."""

    release: Release
    rows: tuple[RowT, ...]
    unread: tuple[UnreadableRow, ...]

    @property
    def row_count(self) -> int:
        """How many rows the file holds, the header apart."""
        return len(self.rows) + len(self.unread)
