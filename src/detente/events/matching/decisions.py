"""Decisions of people on pairs of reports: the same event, or two events. A text file next to the store, one line each.

    accept chronology:DL-20260112-02 ucdp:611281    # Ann, 2026-11-29 01:20 UTC: both name the same three officers

The comment says who decided, when and why, where that is known. Every write replaces the whole file under a lock, so a killed
program leaves the old one intact and two programs do not undo each other's decisions.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from detente.core.atomic_write import replace_file
from detente.core.errors import CannotWrite, NoSuchFile
from detente.events.matching.linkage import Decision
from detente.sources.errors import BadMapping

MAX_REASON_LENGTH = 500
_AUTHOR = re.compile(r"(?P<by>[^,:]+), (?P<at>\d{4}-\d\d-\d\d \d\d:\d\d) UTC(?:: (?P<reason>.*))?")


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """A decision with its author, time and reason; empty and None where the line does not say."""

    decision: Decision
    by: str = ""
    at: datetime | None = None
    reason: str = ""


def decisions_path(store: Path) -> Path:
    """Return the path of a store's decisions.

    Example:
        >>> decisions_path(Path("data/store")).as_posix()
        'data/store-same-event.txt'
    """
    return store.with_name(f"{store.name}-same-event.txt")


def read_decisions(path: Path) -> dict[frozenset[str], Decision]:
    """Read the decisions by pair.

    Raises:
        NoSuchFile: the file does not exist. BadMapping: a line is invalid, or contradicts another.
    """
    return {pair: r.decision for pair, r in read_decision_records(path).items()}


def read_decision_records(path: Path) -> dict[frozenset[str], DecisionRecord]:
    """Read the decisions by pair, with who decided, when and why.

    Raises:
        NoSuchFile: the file does not exist. BadMapping: a line is invalid, or contradicts another.
    """
    if not path.is_file():
        raise NoSuchFile(path, "file of decisions")
    out: dict[frozenset[str], DecisionRecord] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text, _, comment = line.partition("#")
        words = text.split()
        if not words:
            continue
        key = frozenset(words[1:])
        if words[0] not in ("accept", "refuse") or len(words) != 3 or len(key) != 2 or not all(":" in w for w in key):
            remedy = "Write accept or refuse and two events as source:id."
            raise BadMapping(str(path), f"line {number}", line, "it is no decision", remedy)
        decision: Decision = "accept" if words[0] == "accept" else "refuse"
        if out.setdefault(key, _parse_comment(decision, comment.strip())).decision != decision:
            raise BadMapping(
                str(path), f"line {number}", line, "an earlier line says the other", "Keep one of the two."
            )
    return out


def record_decision(
    path: Path, pair: frozenset[str], decision: Decision, *, by: str = "", at: datetime | None = None, reason: str = ""
) -> None:
    """Record a decision; it replaces an earlier one on the pair, and all other lines stay unchanged.

    Args:
        by, at, reason: who decided, when and why; one line of text. An author needs a time.

    Raises:
        BadMapping: a line of the file is invalid, or an id has a character that the file cannot hold.
        CannotWrite: the file cannot be written; it is unchanged.
    """
    for key in pair:
        if re.search(r"[\s#]", key):
            remedy = "Ids of such events cannot be decided on; report the source's file."
            raise BadMapping(str(path), "id", key[:80], "it has a space or a #", remedy)
    comment = " ".join(reason.split())[:MAX_REASON_LENGTH]
    if by and at:
        said = f"{by}, {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        comment = f"{said}: {comment}" if comment else said
    line = f"{decision} {' '.join(sorted(pair))}" + (f"    # {comment}" if comment else "")
    _rewrite(path, pair, lambda others: [*others, line])


def remove_decision(path: Path, pair: frozenset[str]) -> None:
    """Remove the decision on a pair, if there is one; all other lines stay unchanged.

    Raises:
        BadMapping: a line of the file is invalid. CannotWrite: the file cannot be written; it is unchanged.
    """
    if path.is_file():
        _rewrite(path, pair, lambda others: others)


def _parse_comment(decision: Decision, comment: str) -> DecisionRecord:
    m = _AUTHOR.fullmatch(comment)
    if m is None:
        return DecisionRecord(decision, reason=comment)
    try:
        at = datetime.strptime(m["at"], "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    except ValueError:
        return DecisionRecord(decision, reason=comment)
    return DecisionRecord(decision, m["by"], at, m["reason"] or "")


def _rewrite(path: Path, pair: frozenset[str], change: Callable[[list[str]], list[str]]) -> None:
    """Replace the file by its lines on other pairs, changed."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(f".{path.name}.lock")):
            lines = []
            if path.is_file():
                read_decision_records(path)
                lines = path.read_text(encoding="utf-8").splitlines()
            others = [x for x in lines if frozenset(x.partition("#")[0].split()[1:]) != pair]
            replace_file(path, "".join(f"{x}\n" for x in change(others)).encode())
    except OSError as e:
        raise CannotWrite(path, e.strerror or str(e), "--store") from e
