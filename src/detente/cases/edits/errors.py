"""Errors of changing the record."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from detente.core.errors import DetenteError, nearest, quoted_choices
from detente.core.row_error import RowError

if TYPE_CHECKING:
    from detente.cases.edits.entry import JournalEntry


class BadJournal(DetenteError):
    """The journal of a case cannot be read; nothing of it is guessed."""

    exit_code = 5

    def __init__(self, path: Path, line: int, why: str) -> None:
        self.path, self.line, self.why = path, line, why
        super().__init__(f"{path}, line {line}: {why}. Restore the file from a copy; nothing was changed.")


class InvalidEvent(DetenteError):
    """The values of an event break the codebook; every fault is listed."""

    exit_code = 5

    def __init__(self, faults: Sequence[RowError]) -> None:
        self.faults = tuple(faults)
        shown = " ".join(f"{f.column or 'row'}, value {f.value!r}: {f.reason}. {f.remedy}" for f in self.faults[:8])
        more = f" {len(self.faults) - 8} more." if len(self.faults) > 8 else ""
        super().__init__(f"The event cannot be saved. {shown}{more}")


class UnknownEvent(DetenteError):
    """No event of the record has this id."""

    exit_code = 6

    def __init__(self, key: str, known: Sequence[str]) -> None:
        self.key, self.near = key, nearest(key, [k for k in known if k[:8] == key[:8]][:500])
        super().__init__(f"The record has no event {key[:80]!r}. Nearest: {quoted_choices(self.near)}.")


class EditConflict(DetenteError):
    """Somebody else changed the event after this change was begun."""

    exit_code = 6

    def __init__(self, key: str, current: "JournalEntry") -> None:
        self.key, self.current = key, current
        super().__init__(
            f"{current.by} changed {key} on {current.at:%d %B %Y at %H:%M} UTC, after you began. Nothing was saved. "
            "Look at that change, then make yours again."
        )


class EditRefused(DetenteError):
    """The change is not possible as asked; the message says why and what to do."""

    exit_code = 2
