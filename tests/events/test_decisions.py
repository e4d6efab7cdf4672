"""Decisions on pairs of reports: author, time and reason stay with them, and each can be undone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detente.events.matching.decisions import (
    DecisionRecord,
    read_decision_records,
    read_decisions,
    record_decision,
    remove_decision,
)
from detente.sources.errors import BadMapping

PAIR, OTHER = frozenset({"chronology:A", "ucdp:1"}), frozenset({"chronology:B", "ucdp:2"})
NOW = datetime(2026, 11, 29, 1, 20, tzinfo=UTC)


def test_decision_keeps_author_time_reason(tmp_path: Path) -> None:
    """Who decided, when and why is read back as it was written."""
    path = tmp_path / "s.txt"
    record_decision(path, PAIR, "accept", by="Ann Bell", at=NOW, reason="both name\nthree: officers # of Tank")
    record_decision(path, OTHER, "refuse")
    assert read_decision_records(path) == {
        PAIR: DecisionRecord("accept", "Ann Bell", NOW, "both name three: officers # of Tank"),
        OTHER: DecisionRecord("refuse"),
    }
    assert read_decisions(path) == {PAIR: "accept", OTHER: "refuse"}


@pytest.mark.parametrize("comment", ["seen in the printed edition", "Ann, 2026-13-45 99:99 UTC: x", ""])
def test_free_comment_is_reason(tmp_path: Path, comment: str) -> None:
    """A comment that a person wrote by hand is the reason, without an author."""
    path = tmp_path / "s.txt"
    path.write_text(f"accept chronology:A ucdp:1 # {comment}\n", encoding="utf-8")
    assert read_decision_records(path)[PAIR] == DecisionRecord("accept", reason=comment)


def test_decision_can_be_changed_and_removed(tmp_path: Path) -> None:
    """A later decision replaces the earlier one, and removing it leaves all other lines."""
    path = tmp_path / "s.txt"
    path.write_text("# by hand\naccept chronology:B ucdp:2 # mine\n", encoding="utf-8")
    record_decision(path, PAIR, "accept", by="Ann", at=NOW)
    record_decision(path, PAIR, "refuse", by="Bo", at=NOW)
    assert read_decision_records(path)[PAIR] == DecisionRecord("refuse", "Bo", NOW)
    remove_decision(path, PAIR)
    assert path.read_text(encoding="utf-8") == "# by hand\naccept chronology:B ucdp:2 # mine\n"
    remove_decision(path.with_name("none.txt"), PAIR)


@pytest.mark.parametrize("key", ["ucdp:1 2", "ucdp:1\naccept", "ucdp:1#2"])
def test_unsafe_id_is_rejected(tmp_path: Path, key: str) -> None:
    """An id that would break the file's lines is rejected, and the file is unchanged."""
    path = tmp_path / "s.txt"
    with pytest.raises(BadMapping):
        record_decision(path, frozenset({"chronology:A", key}), "accept")
    assert not path.exists()


def test_reason_cannot_add_line(tmp_path: Path) -> None:
    """No character of a reason begins a new line of the file."""
    path = tmp_path / "s.txt"
    reason = "a\u2028accept x:1 y:2\x85refuse x:1 y:3\x0b\x1e\r\nend"
    record_decision(path, PAIR, "accept", by="Ann", at=NOW, reason=reason)
    assert list(read_decisions(path)) == [PAIR]


def test_parallel_decisions_are_all_kept(tmp_path: Path) -> None:
    """Decisions written at once by several threads do not undo each other."""
    path = tmp_path / "s.txt"
    pairs = [frozenset({"chronology:A", f"ucdp:{i}"}) for i in range(24)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda p: record_decision(path, p, "accept"), pairs))
    assert set(read_decisions(path)) == set(pairs)
