"""Tables that are not text: sheets of workbooks, answers of APIs in JSON, and Parquet, as streams of CSV.

Whole numbers lose their decimal point, and days are written as in UCDP files, so that one reader serves all.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import IO, Any

from detente.sources.errors import BrokenFile, EmptyFile

BLOCK_CHARACTERS = 1 << 22
# The key of the list of rows in an API's answer, and of its number of rows: ACLED, UCDP.
ROW_KEYS = ("data", "Result")
COUNT_KEYS = ("total_count", "count", "TotalCount")

Opener = Callable[[], IO[bytes]]


def list_sheets(name: str, opener: Opener) -> list[tuple[str, int]]:
    """List the sheets of a workbook with their number of rows."""
    book = _open_workbook(name, opener)
    return [(s, _open_sheet(name, book, s).total_height) for s in book.sheet_names]


def read_sheet(name: str, opener: Opener, sheet: str) -> Iterator[bytes]:
    """Stream one sheet of a workbook as CSV."""
    rows = _open_sheet(name, _open_workbook(name, opener), sheet).iter_rows()
    yield from _write_csv([format_cell(v) for v in row] for row in rows)


def _open_workbook(name: str, opener: Opener) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with opener() as f:
            return CalamineWorkbook.from_filelike(io.BytesIO(f.read()))
    except (CalamineError, OSError) as e:
        raise BrokenFile(name, f"it cannot be opened as a spreadsheet ({e})") from e


def _open_sheet(name: str, book: Any, sheet: str) -> Any:
    from python_calamine import CalamineError

    try:
        return book.get_sheet_by_name(sheet)
    except (CalamineError, OSError) as e:
        raise BrokenFile(name, f"its sheet {sheet} cannot be read ({e})") from e


def read_json_table(name: str, opener: Opener, notes: list[str]) -> Iterator[bytes]:
    """Stream the rows of an API's answer, of a list of objects, or of one object a line, as CSV.

    Raises:
        BrokenFile: it is not JSON, or holds no list of rows. EmptyFile: the list is empty.
    """
    rows = _parse_json(name, opener, notes)
    columns = list(dict.fromkeys(c for r in rows for c in r))
    yield from _write_csv([columns, *([format_cell(r.get(c)) for c in columns] for r in rows)])


def _parse_json(name: str, opener: Opener, notes: list[str]) -> list[dict[str, Any]]:
    with opener() as f:
        text = f.read().decode("utf-8-sig", "backslashreplace")
    try:
        content = json.loads(text)
    except ValueError as e:
        try:
            content = [json.loads(line) for line in text.splitlines() if line.strip()]
        except ValueError:
            raise BrokenFile(name, f"it begins like JSON and is not JSON ({e})") from e
    pages = content if isinstance(content, list) else [content]
    rows: list[Any] = []
    for page in pages:
        key = next((k for k in ROW_KEYS if isinstance(page, dict) and isinstance(page.get(k), list)), None)
        if key is None:
            rows.append(page)
            continue
        rows += page[key]
        count = next((page[k] for k in COUNT_KEYS if isinstance(page.get(k), int)), None)
        if count is not None and count > len(page[key]):
            note = f"the answer counts {count:,} rows and holds {len(page[key]):,}: fetch its other pages too"
            if note not in notes:
                notes.append(note)
    if not all(isinstance(r, dict) for r in rows):
        raise BrokenFile(name, "it is JSON without a list of rows", "Give an answer of ACLED's or UCDP's API.")
    if not rows:
        raise EmptyFile(name, "rows")
    return rows


def read_parquet_table(name: str, opener: Opener) -> Iterator[bytes]:
    """Stream a Parquet file as CSV.

    Raises:
        BrokenFile: it is damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with opener() as f:
            file = pq.ParquetFile(io.BytesIO(f.read()))
        columns = file.schema_arrow.names
        yield from _write_csv([columns])
        for batch in file.iter_batches(batch_size=20_000):
            lists = [c.to_pylist() for c in batch.columns]
            yield from _write_csv([format_cell(v) for v in row] for row in zip(*lists, strict=True))
    except (pa.ArrowInvalid, OSError) as e:
        raise BrokenFile(name, f"it is not a readable Parquet file ({e})") from e


def _write_csv(rows: Iterable[Iterable[str]]) -> Iterator[bytes]:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in rows:
        writer.writerow(row)
        if out.tell() > BLOCK_CHARACTERS:
            yield out.getvalue().encode("utf-8", "backslashreplace")
            out.seek(0)
            out.truncate()
    if out.tell():
        yield out.getvalue().encode("utf-8", "backslashreplace")


def format_cell(value: object) -> str:
    """Format a cell: nothing for unknown, no decimal point for whole numbers, days as in UCDP files.

    Example:
        >>> format_cell(None), format_cell(2.0), format_cell(date(2024, 10, 9))
        ('', '2', '2024-10-09 00:00:00.000')
    """
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S.000}"
    if isinstance(value, date):
        return f"{value.isoformat()} 00:00:00.000"
    # A lone carriage return in an unquoted field would make the record invalid.
    return str(value).replace("\r\n", "\n").replace("\r", "\n")
