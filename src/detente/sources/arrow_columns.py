"""Conversion of valid records to Arrow text columns, and the reasons why others are rejected."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray

from detente.sources import csv_scanner
from detente.sources.csv_scanner import RecordBlock
from detente.sources.detect import DetectedFormat

ROW_COLUMN = "_row"

_REJECTION_REASONS = {
    csv_scanner.UNCLOSED_QUOTE: (
        "a quotation mark is opened and never closed",
        "Close it, or double a mark that is meant.",
    ),
    csv_scanner.STRAY_QUOTE: (
        "a quotation mark stands inside a field",
        "Write a mark that is meant double, or end the field after it.",
    ),
    csv_scanner.ZERO_BYTE: ("a zero byte stands in it", "The file is damaged here: fetch or copy it again."),
    csv_scanner.CARRIAGE_RETURN: (
        "a carriage return stands inside a field",
        "Take it out, or put the field in quotation marks.",
    ),
    csv_scanner.TOO_LONG: (
        f"it has more than {csv_scanner.MAX_RECORD_BYTES:,} bytes",
        "Was a line end lost? Shorten the row.",
    ),
    csv_scanner.NOT_UTF8: ("it holds a byte that is not UTF-8", "Save the file as UTF-8."),
}


def explain_rejection(records: RecordBlock, i: int, fields: int) -> tuple[str, str]:
    """Return the reason and the remedy for an invalid record."""
    kind = int(records.kind[i])
    if kind == csv_scanner.WRONG_FIELD_COUNT:
        reason = f"{records.found[i]} columns where the file has {fields}"
        return reason, "Was the row cut off? Put fields that hold the separator in quotation marks."
    return _REJECTION_REASONS[kind]


def parse_columns(records: RecordBlock, detected: DetectedFormat, needs: Sequence[str]) -> pa.Table:
    """Return the valid records as text columns named in `needs`, with their row numbers in `_row`.

    A column that the file lacks is null in every row; an empty field is empty text.
    """
    data, rows = records.select_good()
    present = [c for c in needs if c in detected.columns]
    if len(rows):
        table = pyarrow.csv.read_csv(
            pa.BufferReader(pa.py_buffer(data)),
            # A block holds the longest record with room to spare; smaller blocks keep more cores busy.
            read_options=pyarrow.csv.ReadOptions(
                column_names=list(detected.columns), block_size=csv_scanner.MAX_RECORD_BYTES * 4
            ),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=chr(detected.layout.delimiter),
                quote_char=chr(detected.layout.mark) if detected.layout.mark else False,
                newlines_in_values=bool(detected.layout.mark),
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                include_columns=present,
                column_types=dict.fromkeys(present, pa.string()),
                check_utf8=False,  # the scanner has checked every byte
                strings_can_be_null=False,
            ),
        )
    else:
        table = pa.table({c: pa.array([], pa.string()) for c in present})
    if table.num_rows != len(rows):
        raise AssertionError(f"the scanner found {len(rows)} records, Arrow parsed {table.num_rows}")
    for c in needs:
        if c not in present:
            table = table.append_column(c, pa.nulls(len(rows), pa.string()))
    return table.append_column(ROW_COLUMN, pa.array(rows))


def find_good_records(records: RecordBlock) -> NDArray[np.int64]:
    """Return the indices of the valid records in the block."""
    return np.flatnonzero(records.kind == csv_scanner.GOOD)
