"""Reading a file as one release of its source: the door to every format."""

from datetime import date
from pathlib import Path

import pyarrow as pa

from detente.events.reading import SET_ASIDE, Account, Reading
from detente.events.set_aside import SetAside
from detente.events.table import to_table
from detente.events.translations import chronology as translation
from detente.sources import chronology


def read(
    path: Path, *, source: str | None = None, known_on: date | None = None, mapping: Path | None = None
) -> Reading:
    """Read a file. Only the chronology's format is known yet.

    Args:
        path: the file.
        source: the name of its source; `chronology` if not given.
        known_on: the day the release became known.
        mapping: how the columns of any other table are meant; no format that is known needs one.

    Raises:
        NoSuchFile, EmptyFile, WrongHeader: the file as a whole cannot be read.
    """
    del mapping
    harvest = translation.translate(chronology.read(path, source=source or "chronology", known_on=known_on))
    table = to_table(harvest.events)
    aside = pa.Table.from_pylist([_row(s) for s in harvest.set_aside], schema=SET_ASIDE)
    account = Account(rows=harvest.rows, events=len(harvest.events), merged=0, set_aside=aside)
    return Reading(harvest.release, table.to_reader(max_chunksize=10_000), lambda: account)


def _row(s: SetAside) -> dict[str, object]:
    first = s.faults[0]
    reason = "; ".join(dict.fromkeys(f.reason for f in s.faults))
    return {
        "source": s.source, "release": s.release, "row": s.row, "column": first.column, "value": first.value,
        "reason": reason, "remedy": first.remedy, "raw": s.raw,
    }  # fmt: skip
