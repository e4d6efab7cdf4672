"""The journal keeps every confirmed change: damage, killed programs, and several writers at once."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detente.cases.edits.entry import JournalEntry
from detente.cases.edits.errors import BadJournal
from detente.cases.edits.journal import append_entries, journal_path, read_journal
from detente.cases.edits.state import fold_entries

AT = datetime(2026, 11, 5, 12, 30, tzinfo=UTC)


def retraction(event: str, **more: object) -> JournalEntry:
    """An entry that retracts an event."""
    return JournalEntry(0, AT, "Ann", "retract", event, "Told twice.", **more)  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal that does not exist yet."""
    return journal_path(tmp_path / "store", "border")


def test_entries_are_read_as_written(path: Path) -> None:
    """Entries come back whole, numbered in order; the file is for its owner only."""
    row = {"summary": "A line\u2028with odd letters, “quoted”; ž", "date_start": "2026-11-05"}
    added = JournalEntry(0, AT, "Žofie", "add", "NT-20261105-01", "", row, proposed=True)
    append_entries(path, lambda _: [added])
    journal = append_entries(path, lambda _: [retraction("DL-20251009-01", base=1)])
    assert [e.number for e in journal.entries] == [1, 2]
    assert journal.entries[0].row == row
    assert journal.entries[0].proposed
    assert read_journal(path) == journal
    assert path.stat().st_mode & 0o077 == 0


def test_missing_journal_holds_no_entries(path: Path) -> None:
    """A case that nobody changed has no entries and an empty digest."""
    assert read_journal(path).entries == ()
    assert read_journal(path).digest == ""


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (lambda b: b[:-1], 2), (lambda b: b[:-40], 2), (lambda b: b.replace(b'"retract"', b'"erase"', 1), 1),
        (lambda b: b.replace(b'"number": 2', b'"number": 5'), 2), (lambda b: b + b"{}\n", 3), (lambda b: b + b"[[[\n", 3),
    ],
)  # fmt: skip
def test_damaged_journal_is_refused(path: Path, damage: Callable[[bytes], bytes], line: int) -> None:
    """A cut, altered or foreign line is named, and nothing is written over it."""
    append_entries(path, lambda _: [retraction("DL-20251009-01"), retraction("DL-20251010-01")])
    path.write_bytes(damage(path.read_bytes()))
    before = path.read_bytes()
    uses: tuple[Callable[[Path], object], ...] = (
        read_journal, lambda p: append_entries(p, lambda _: [retraction("DL-20251011-01")]),
    )  # fmt: skip
    for use in uses:
        with pytest.raises(BadJournal) as refusal:
            use(path)
        assert refusal.value.line == line
    assert path.read_bytes() == before


def test_refused_decision_writes_nothing(path: Path) -> None:
    """What the decision raises goes through, and the journal is as it was."""

    def refuse(_: object) -> list[JournalEntry]:
        raise KeyError("no")

    append_entries(path, lambda _: [retraction("DL-20251009-01")])
    before = path.read_bytes()
    with pytest.raises(KeyError):
        append_entries(path, refuse)
    assert path.read_bytes() == before


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from detente.cases.edits.entry import JournalEntry
from detente.cases.edits.journal import append_entries
path, name = Path(sys.argv[1]), sys.argv[2]
for n in range(int(sys.argv[3])):
    e = JournalEntry(0, datetime(2026, 11, 5, tzinfo=UTC), name, "retract", f"DL-20251009-{n:02d}", "Told twice.")
    append_entries(path, lambda _: [e])
    print(n, flush=True)
"""


def start_writer(path: Path, name: str, entries: int) -> "subprocess.Popen[str]":
    """Start a program that appends entries and prints the number of each once it is confirmed."""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3] / "src")}
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(WRITER), str(path), name, str(entries)],
        stdout=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip


def test_writers_at_once_lose_nothing(path: Path) -> None:
    """Three programs that write at the same time leave all their entries, each once and in its own order."""
    with ExitStack() as running:
        writers = [running.enter_context(start_writer(path, name, 15)) for name in ("Ann", "Ben", "Cem")]
        assert [w.wait(120) for w in writers] == [0, 0, 0]
    entries = read_journal(path).entries
    for name in ("Ann", "Ben", "Cem"):
        assert [e.event for e in entries if e.by == name] == [f"DL-20251009-{n:02d}" for n in range(15)]


def test_killed_writer_keeps_confirmed_entries(path: Path) -> None:
    """After kill −9 every confirmed entry is there, and the journal can be read and written on."""
    with start_writer(path, "Ann", 100_000) as writer:
        assert writer.stdout is not None
        confirmed = [int(writer.stdout.readline()) for _ in range(20)]
        writer.send_signal(signal.SIGKILL)
        confirmed += [int(n) for n in writer.stdout.read().split()]
    events = [e.event for e in read_journal(path).entries]
    assert {f"DL-20251009-{n:02d}" for n in confirmed} <= set(events)
    after = append_entries(path, lambda _: [retraction("DL-20251010-01")])
    assert len(after.entries) == len(events) + 1


def test_proposed_change_counts_once_accepted() -> None:
    """A proposal counts from its acceptance, never after a refusal, and waits until then."""
    proposals = [retraction(f"DL-20251009-0{n}", proposed=True) for n in (1, 2, 3)]
    entries = [replace(e, number=n) for n, e in enumerate(proposals, start=1)]
    entries.append(JournalEntry(4, AT, "Ben", "accept", "DL-20251009-01", of=1))
    entries.append(JournalEntry(5, AT, "Ben", "refuse", "DL-20251009-02", "No.", of=2))
    state = fold_entries(entries)
    assert [state.of(f"DL-20251009-0{n}").retracted for n in (1, 2, 3)] == [True, False, False]
    assert [e.number for e in state.waiting] == [3]
