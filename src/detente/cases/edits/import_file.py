"""A file of events to import into the record: which rows are new, which correct an event, and which cannot be used."""

import csv
import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from detente.cases.edits.changes import current_row
from detente.cases.edits.errors import EditRefused
from detente.cases.edits.row import clean_row, find_faults
from detente.cases.edits.state import JournalState
from detente.cases.load import CaseData
from detente.core.row_error import RowError
from detente.sources.chronology_schema import COLUMNS

NEEDED = ("date_start", "country", "geo_precision", "initiator", "event_type", "context", "summary", "sources")


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What importing a file would do: `new + corrections + unchanged + rejected rows == rows of the file`.

    Fields:
        new, corrections: rows to add, and rows with the id of an event that differ from it. unchanged: ids of events that are
            as the file has them. faults: by the row's number in the file, 1 for the header.
    """

    new: tuple[Mapping[str, str], ...]
    corrections: tuple[Mapping[str, str], ...]
    unchanged: tuple[str, ...]
    faults: Mapping[int, tuple[RowError, ...]]

    @property
    def rows(self) -> int:
        """Number of rows of the file."""
        return len(self.new) + len(self.corrections) + len(self.unchanged) + len(self.faults)


def plan_import(g: CaseData, state: JournalState, text: str) -> ImportPlan:
    """Read a CSV with columns of the codebook; a column that is missing is empty, and other columns are refused.

    Args:
        g: the case as it is now. state: of its journal. text: the file; its first line names the columns.

    Raises:
        EditRefused: the header names unknown columns or lacks a needed one, or the text is no CSV.
    """
    try:
        lines = list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), strict=True))
    except csv.Error as e:
        raise EditRefused(f"The file is no CSV: {e}. Save it as CSV with commas, in UTF-8.") from e
    header = [c.strip() for c in lines[0]] if lines else []
    unknown = [c for c in header if c not in COLUMNS]
    missing = [c for c in NEEDED if c not in header]
    twice = [c for c in COLUMNS if header.count(c) > 1]
    for names, what in ((unknown, "has unknown columns"), (missing, "lacks columns"), (twice, "repeats columns")):
        if names:
            raise EditRefused(f"The header {what}: {', '.join(n[:40] for n in names[:5])}. Use: {', '.join(COLUMNS)}.")
    events = {e.id: e for e in g.events}
    new: list[Mapping[str, str]] = []
    corrections: list[Mapping[str, str]] = []
    unchanged: list[str] = []
    faults: dict[int, tuple[RowError, ...]] = {}
    seen: dict[str, int] = {}
    for n, line in enumerate(lines[1:], start=2):
        if not any(c.strip() for c in line):
            continue
        if len(line) != len(header):
            why = f"{len(line)} columns where the header has {len(header)}"
            faults[n] = (RowError(n, "", ",".join(line), why, "Put fields that hold a comma in quotation marks."),)
            continue
        row = clean_row(dict(zip(header, line, strict=True)))
        key = row["event_id"]
        found = list(_id_faults(events, state, key, n, seen.get(key)))
        if key:
            seen.setdefault(key, n)
        found += find_faults(g.case, row, n)[1]
        if found:
            faults[n] = tuple(found)
        elif key not in events:
            new.append(row)
        elif row == clean_row(current_row(state.of(key), events[key])):
            unchanged.append(key)
        else:
            corrections.append(row)
    return ImportPlan(tuple(new), tuple(corrections), tuple(unchanged), faults)


def _id_faults(known: Collection[str], state: JournalState, key: str, n: int, before: int | None) -> list[RowError]:
    if not key:
        return []
    if before is not None:
        return [RowError(n, "event_id", key, f"row {before} already has this id", "Delete one of the two rows.")]
    if state.of(key).retracted:
        return [RowError(n, "event_id", key, "this event is retracted", "Restore it first, or leave the row out.")]
    if key not in known:
        return [
            RowError(n, "event_id", key, "no event has this id", "Leave the id of a new event empty: it is given one.")
        ]
    return []
