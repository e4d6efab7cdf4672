"""Ids of events that moved in a later edition of a chronology, so that an old id still leads to its event."""

import csv
from collections.abc import Collection, Mapping
from pathlib import Path

from detente.cases.errors import BadCase

RENAMED_COLUMNS = ("old", "new")


def read_renamed_events(path: Path, events: Collection[str], case_file: str) -> Mapping[str, str]:
    """Read the new id of each old one.

    Args:
        path: a UTF-8 CSV with the columns old and new. events: ids that the chronology holds.
        case_file: the case file that names it, for errors.

    Raises:
        BadCase: a wrong header; a new id that the chronology lacks; an old id that it still holds or that is named twice.
    """
    lines = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    if not lines or tuple(lines[0]) != RENAMED_COLUMNS:
        raise BadCase(case_file, "renamed", path.name, "its header differs", f"Write: {','.join(RENAMED_COLUMNS)}.")
    out: dict[str, str] = {}
    for n, line in enumerate(lines[1:], start=2):
        key = f"renamed {path.name} row {n}"
        if len(line) != 2:
            raise BadCase(
                case_file, key, ",".join(line), "it does not have two columns", "Write the old and the new id."
            )
        old, new = line
        if new not in events:
            raise BadCase(case_file, key, new, "the chronology has no such event", "Correct the id, or remove the row.")
        if old in events or old in out:
            why = "it is the id of an event" if old in events else "it is named twice"
            raise BadCase(case_file, key, old, why, "Remove the row.")
        out[old] = new
    return out
