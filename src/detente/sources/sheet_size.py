"""The size of a workbook's sheets, from the addresses of their cells, before a reader makes room for them."""

import re
import zipfile
import zlib
from collections.abc import Callable
from typing import IO

from detente.sources.errors import SheetTooLarge

MAX_CELLS = 50_000_000  # of a sheet; the largest release known has 19 million
_BLOCK_BYTES = 1 << 24
_CELL = re.compile(rb"""\sr=["']([A-Z]{0,3})([0-9]{1,7})["']""")


def check_sheet_size(name: str, opener: Callable[[], IO[bytes]]) -> None:
    """Refuse a workbook with a cell far from the others: a reader makes room for every cell between them.

    Raises:
        SheetTooLarge: more cells than any known release has.
    """
    try:
        with opener() as f, zipfile.ZipFile(f) as z:
            for sheet in z.namelist():
                if re.fullmatch(r"xl/worksheets/[^/]+\.xml", sheet, re.IGNORECASE):
                    with z.open(sheet) as content:
                        rows, columns = find_last_cell(content)
                    if rows * columns > MAX_CELLS:
                        raise SheetTooLarge(name, sheet, rows, columns, MAX_CELLS)
    except (zipfile.BadZipFile, EOFError, OSError, zlib.error, RuntimeError, NotImplementedError):
        return  # another kind of workbook, or damaged: the reader says which


def find_last_cell(sheet: IO[bytes]) -> tuple[int, int]:
    """Find the last row and column that a sheet's XML names, at least 1 each.

    Example:
        >>> import io
        >>> find_last_cell(io.BytesIO(b'<row r="7"><c r="AB7"/></row>'))
        (7, 28)
    """
    rows = columns = 1
    tail = b""
    while block := sheet.read(_BLOCK_BYTES):
        for letters, digits in set(_CELL.findall(tail + block)):
            rows = max(rows, int(digits))
            column = 0
            for c in letters:
                column = column * 26 + c - 64
            columns = max(columns, column)
        tail = block[-32:]
    return rows, columns
