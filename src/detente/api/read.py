"""Published event files as tables, without a case."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from detente.api.results.base import build_html_table, result_data
from detente.events.reader import read_release
from detente.events.row_account import RowAccount

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class ReleaseEvents:
    """The events of a published file, and an account of its rows.

    Fields:
        source, name, known_on: of the release. table: the events; actors are raw names. account: events, merged and rejected
            rows; their sum is the number of rows.
    """

    source: str
    name: str
    known_on: date
    table: pa.Table
    account: RowAccount

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def __repr__(self) -> str:
        a = self.account
        return f"<{self.source} {self.name}: {a.rows} rows, {len(self)} events, {a.set_aside.num_rows} rejected>"

    def to_dict(self) -> dict[str, Any]:
        """The events and rejected rows as plain values."""
        a = self.account
        return result_data(
            "release", None, source=self.source, release=self.name, known_on=self.known_on, total_rows=a.rows, merged=a.merged,
            rejected=a.set_aside.to_pylist(), rows=self.table.to_pylist(),
        )  # fmt: skip

    def to_pandas(self) -> "pd.DataFrame":
        """The events as a pandas DataFrame."""
        frame: pd.DataFrame = self.table.to_pandas()
        return frame

    def _repr_html_(self) -> str:
        columns = ("id", "first", "type", "raw_initiators", "raw_recipients", "country", "place", "summary")
        shown = self.table.select([c for c in columns if c in self.table.column_names]).slice(0, 21).to_pylist()
        return build_html_table(shown, repr(self).strip("<>"))


def read_events(
    path: str | Path,
    *,
    source: str | None = None,
    known_on: str | date | None = None,
    mapping: str | Path | None = None,
) -> ReleaseEvents:
    """Read a published event file: UCDP, ACLED, GDELT, ICEWS, POLECAT, a chronology, or a table with a mapping.

    Args:
        path: a file (plain, gzip, zip, xlsx, Parquet) or a folder. source: the provider; detected from the content if not
            given. known_on: day of publication. mapping: a TOML file that describes the columns of another table.

    Raises:
        DetenteError: the file cannot be read; the message says why and what to do.

    Example:
        >>> from detente.cases.case_file import find_shipped_cases
        >>> shipped = find_shipped_cases()["pakistan-afghanistan"].parent / "pakistan_afghanistan" / "chronology.csv"
        >>> found = read_events(shipped)
        >>> found.account.rows == len(found) + found.account.merged + found.account.set_aside.num_rows
        True
    """
    day = date.fromisoformat(known_on) if isinstance(known_on, str) else known_on
    reading = read_release(Path(path), source=source, known_on=day, mapping=Path(mapping) if mapping else None)
    table = reading.events.read_all()
    release = reading.release
    return ReleaseEvents(release.source, release.name, release.known_on, table, reading.account())
