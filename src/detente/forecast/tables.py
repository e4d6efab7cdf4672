"""Tables of country-months as programs write them: CSV with commas, semicolons or tabs, or Parquet, under many column names.

Nothing is filled in: a cell that is empty or holds a word such as NA is unknown.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.core.errors import NoSuchFile
from detente.forecast.errors import BadPanel
from detente.sources.archive import open_release
from detente.sources.detect import normalise_name
from detente.sources.errors import EmptyFile

MONTH_NAMES = ("month", "year_month", "month_id", "date")
COUNTRY_NAMES = (
    "country",
    "country_iso3",
    "iso3",
    "isoab",
    "iso_code",
    "iso",
    "country_id",
    "gwno",
    "gwcode",
    "country_name",
)
MISSING_WORDS = ("", "na", "nan", "null", "none", "n/a", "<na>")
_MAX_FIELD = 1 << 24


@dataclass(frozen=True, slots=True)
class CountryMonthTable:
    """Columns as the file names them, rows by these names, and the file's name; `arrow` is the same table if it is Parquet."""

    file: str
    columns: tuple[str, ...]
    rows: Iterator[dict[str, Any]]
    arrow: Any = None


def find_column(columns: Sequence[str], names: Sequence[str]) -> str:
    """Return the first column that has one of the names, whatever its case; empty if none has.

    Example:
        >>> find_column(["Month_ID", "GED_SB"], MONTH_NAMES)
        'Month_ID'
    """
    of = {normalise_name(c): c for c in reversed(columns)}
    return next((of[n] for n in names if n in of), "")


def is_missing(cell: object) -> bool:
    """Return whether a cell is unknown: empty, not a number, or a word for missing."""
    return cell is None or str(cell).strip().casefold() in MISSING_WORDS


def read_table(path: Path, what: str, expected: str) -> CountryMonthTable:
    """Read a table; `what` names it in errors, `expected` describes its columns.

    Raises:
        NoSuchFile, EmptyFile: as their names say. BadPanel: it is no table that can be read.
    """
    # Only single files are read, not folders of a partitioned table.
    if not path.is_file():
        raise NoSuchFile(path, what)
    with path.open("rb") as f:
        magic = f.read(4)
    if magic == b"PAR1" or (magic and path.suffix.lower() == ".parquet"):
        return _read_parquet(path)
    archive = open_release(path)
    if len(archive.parts) != 1:
        names = ", ".join(p.name for p in archive.parts[:8])
        raise BadPanel(path.name, f"it holds {len(archive.parts)} tables ({names})", [], "Give the file of one.")
    data = b"".join(archive.parts[0].blocks())
    if not data.strip():
        raise EmptyFile(path.name, expected)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as e:
        raise BadPanel(path.name, f"byte {e.start} is not UTF-8", [], "Save the file as UTF-8.") from e
    return _parse_csv(path.name, text)


def _parse_csv(file: str, text: str) -> CountryMonthTable:
    head = text.lstrip().splitlines()[0]
    delimiter = max(",;\t", key=head.count)
    usual = csv.field_size_limit(_MAX_FIELD)  # one limit for the whole process, which other readers report
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restkey="")
    try:
        columns = tuple(c.strip() for c in reader.fieldnames or [])
        reader.fieldnames = columns
        rows = list(reader)
    except csv.Error as e:
        raise BadPanel(file, f"it is not CSV: {e}", [], "Write the file as CSV or Parquet.") from e
    finally:
        csv.field_size_limit(usual)
    return CountryMonthTable(file, columns, iter(rows))


def _read_parquet(path: Path) -> CountryMonthTable:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError, ValueError) as e:
        raise BadPanel(path.name, f"it is not Parquet: {str(e)[:80]}", [], "Write the file as Parquet or CSV.") from e
    return CountryMonthTable(path.name, tuple(table.column_names), _iterate_rows(table), table)


def _iterate_rows(table: Any) -> Iterator[dict[str, Any]]:
    for batch in table.to_batches(max_chunksize=50_000):
        yield from batch.to_pylist()


def parse_list_cell(cell: object) -> list[float] | None:
    """Return the draws in a cell that holds a list, as a list or as text; None if it holds none.

    Example:
        >>> parse_list_cell("[1.0, 2.5]"), parse_list_cell(3.0)
        ([1.0, 2.5], None)
    """
    if isinstance(cell, str):
        if not cell.strip().startswith("["):
            return None
        try:
            cell = json.loads(cell)
        except ValueError:
            return None
    if isinstance(cell, list | tuple):
        try:
            return [float("nan") if x is None else float(x) for x in cell]
        except (TypeError, ValueError):
            return None
    return None
