"""The journal of a case's changes: a text file next to the store, one JSON object a line.

It is replaced whole under a lock, so that a killed program leaves every entry that was confirmed and no half of one, and
two programs never write over each other.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from detente.cases.edits.entry import JournalEntry, parse_entry
from detente.cases.edits.errors import BadJournal
from detente.core.atomic_write import replace_file
from detente.core.errors import CannotWrite

JOURNAL_SUFFIX = ".jsonl"


@dataclass(frozen=True, slots=True)
class Journal:
    """All entries of a case, in order, and a digest of them; without entries the digest is empty."""

    path: Path
    entries: tuple[JournalEntry, ...] = ()
    digest: str = ""


def journal_folder(store: Path) -> Path:
    """Return the folder of the journals that belong to a store.

    Example:
        >>> journal_folder(Path("data/store")).as_posix()
        'data/store-notes'
    """
    return store.with_name(f"{store.name}-notes")


def journal_path(store: Path, case: str) -> Path:
    """Return the path of a case's journal."""
    return journal_folder(store) / f"{case}{JOURNAL_SUFFIX}"


def read_journal(path: Path) -> Journal:
    """Read a journal; a file that does not exist holds no entries.

    Raises:
        BadJournal: a line is damaged, or the file cannot be read.
    """
    try:
        at = path.stat()
    except FileNotFoundError:
        return Journal(path)
    except OSError as e:
        raise BadJournal(path, 0, e.strerror or str(e)) from e
    return _read(path, at.st_size, at.st_mtime_ns, at.st_ino)


@lru_cache(maxsize=16)
def _read(path: Path, _size: int, _changed: int, _file: int) -> Journal:
    # The file is only ever replaced, so its number, size and time of change tell one state from another.
    try:
        data = path.read_bytes()
    except OSError as e:
        raise BadJournal(path, 0, e.strerror or str(e)) from e
    entries = []
    for n, line in enumerate(data.split(b"\n")[:-1], start=1):
        try:
            entry = parse_entry(json.loads(line))
        except (ValueError, RecursionError) as e:
            raise BadJournal(path, n, f"it is no entry ({e})") from e
        if entry.number != n:
            raise BadJournal(path, n, f"it has the number {entry.number}")
        entries.append(entry)
    if data and not data.endswith(b"\n"):
        raise BadJournal(path, len(entries) + 1, "the line is not ended")
    return Journal(path, tuple(entries), hashlib.sha256(data).hexdigest() if data else "")


def append_entries(path: Path, decide: Callable[[Journal], Sequence[JournalEntry]]) -> Journal:
    """Append entries to a journal, all or none; when this returns they are on the disk.

    Args:
        decide: called under the lock with the journal as it is now; returns the new entries, whose numbers are set here. What
            it raises goes through, and nothing is written.

    Raises:
        BadJournal: the journal is damaged. CannotWrite: it cannot be written; it is unchanged.
    """
    from filelock import FileLock  # not needed to read a journal, as every command does

    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock"), mode=0o600):
            now = read_journal(path)
            new = [replace(e, number=len(now.entries) + n) for n, e in enumerate(decide(now), start=1)]
            if not new:
                return now
            lines = [json.dumps(e.to_data(), ensure_ascii=False) for e in (*now.entries, *new)]
            replace_file(path, ("\n".join(lines) + "\n").encode(), 0o600)
            return read_journal(path)
    except OSError as e:
        raise CannotWrite(path, e.strerror or str(e), "--store") from e
