"""Decisions of people on pairs of reports: the same event, or two events. A text file next to the store, one line each.

    accept chronology:DL-20260112-02 ucdp:611281    # a comment

Every write replaces the whole file, so a killed program leaves the old one intact.
"""

from pathlib import Path

from detente.core.atomic_write import replace_file
from detente.core.errors import CannotWrite, NoSuchFile
from detente.events.matching.linkage import Decision
from detente.sources.errors import BadMapping


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
    if not path.is_file():
        raise NoSuchFile(path, "file of decisions")
    out: dict[frozenset[str], Decision] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        words = line.split("#")[0].split()
        if not words:
            continue
        key = frozenset(words[1:])
        if words[0] not in ("accept", "refuse") or len(words) != 3 or len(key) != 2 or not all(":" in w for w in key):
            remedy = "Write accept or refuse and two events as source:id."
            raise BadMapping(str(path), f"line {number}", line, "it is no decision", remedy)
        decision: Decision = "accept" if words[0] == "accept" else "refuse"
        if out.setdefault(key, decision) != decision:
            raise BadMapping(
                str(path), f"line {number}", line, "an earlier line says the other", "Keep one of the two."
            )
    return out


def record_decision(path: Path, pair: frozenset[str], decision: Decision) -> None:
    """Record a decision; it replaces an earlier one on the pair, and all other lines stay unchanged.

    Raises:
        BadMapping: a line of the file is invalid. CannotWrite: the file cannot be written; it is unchanged.
    """
    lines = []
    if path.is_file():
        read_decisions(path)
        lines = path.read_text(encoding="utf-8").splitlines()
    others = [x for x in lines if frozenset(x.split("#")[0].split()[1:]) != pair]
    text = "\n".join([*others, f"{decision} {' '.join(sorted(pair))}"]) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, text.encode())
    except OSError as e:
        raise CannotWrite(path, e.strerror or str(e), "--store") from e
