"""Export of events as an Excel workbook: typed cells on one sheet, and what is needed to read them on a second.

A text that begins like a formula stays a text: its cell has the type of a text and is marked as quoted, so a spreadsheet does
not run it, not even after it was edited. Characters that XML cannot hold are left out.
"""

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from detente.core.errors import DetenteError
from detente.events.export import EXPORT_SCHEMA, EventLinks, EventWithChannel, iterate_records
from detente.events.export_columns import COLUMN_MEANINGS

MAX_ROWS = 50_000  # about half a minute; an Excel sheet ends at 1,048,576
MAX_CELL_LENGTH = 32_767  # characters, by Excel's specification
FIRST_EXCEL_YEAR = 1900  # earlier days cannot be dates in Excel
_WIDE = {"summary": 60, "addresses": 40, "doubts": 30}


class TooManyRowsForExcel(DetenteError):
    """A selection has more events than a workbook is written for."""

    exit_code = 2

    def __init__(self, rows: int) -> None:
        self.rows = rows
        super().__init__(
            f"An Excel file holds at most {MAX_ROWS:,} events, and this selection has {rows:,}. "
            "Choose fewer events, or download CSV or Parquet."
        )


def export_workbook(
    events: Iterable[EventWithChannel], notes: Sequence[tuple[str, str]], links: EventLinks | None = None
) -> bytes:
    """Write events as an .xlsx file.

    Args:
        events: in the order of the rows. notes: names and values for the second sheet: source, licence, age, filter.
        links: the stated links of each event that has some; None where the source has none.

    Returns:
        The file: sheet `Events` with a frozen header and a filter on each column, and sheet `About`. Days are dates, numbers
        are numbers, unknown values are empty cells.

    Example:
        >>> export_workbook([], [("Licence", "CC BY 4.0")])[:2]
        b'PK'
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Events")
    names = EXPORT_SCHEMA.names
    sheet.freeze_panes = "A2"
    for i, name in enumerate(names, start=1):
        sheet.column_dimensions[get_column_letter(i)].width = _WIDE.get(name, max(len(name) + 2, 11))
    sheet.append([_make_cell(sheet, name, bold=True) for name in names])
    rows = 1
    for record in iterate_records(events, links):
        sheet.append([_make_cell(sheet, record[name]) for name in names])
        rows += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(names))}{rows}"
    _write_about(book, notes)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write_about(book: Workbook, notes: Sequence[tuple[str, str]]) -> None:
    about = book.create_sheet("About")
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 24, 100
    for name, value in notes:
        about.append([_make_cell(about, name, bold=True), _make_cell(about, value, wrap=True)])
    about.append([])
    about.append([_make_cell(about, "Column", bold=True), _make_cell(about, "Meaning", bold=True)])
    for name in EXPORT_SCHEMA.names:
        about.append([_make_cell(about, name), _make_cell(about, COLUMN_MEANINGS[name], wrap=True)])


def _make_cell(sheet: WriteOnlyWorksheet, value: Any, *, bold: bool = False, wrap: bool = False) -> Any:
    if isinstance(value, list):
        value = ";".join(value)
    if isinstance(value, date) and not isinstance(value, datetime) and value.year < FIRST_EXCEL_YEAR:
        value = value.isoformat()
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=value)
        if isinstance(value, date):
            cell.number_format = "yyyy-mm-dd"
        return cell
    cell = WriteOnlyCell(sheet)
    cell._value, cell.data_type = ILLEGAL_CHARACTERS_RE.sub("", value)[:MAX_CELL_LENGTH], "s"
    if value[0] in "=+-@\t\r":
        cell.quotePrefix = True
    if bold:
        cell.font = Font(bold=True)
    if wrap:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell
