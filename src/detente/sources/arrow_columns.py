"""Records as columns of text: good ones parsed by Arrow, each beside its row; the others told by what is wrong."""

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


def explain_rejection(told: RecordBlock, i: int, fields: int) -> tuple[str, str]:
    """The reason and the remedy for a record that is not good."""
    kind = int(told.kind[i])
    if kind == csv_scanner.WRONG_FIELD_COUNT:
        reason = f"{told.found[i]} columns where the file has {fields}"
        return reason, "Was the row cut off? Put fields that hold the separator in quotation marks."
    return _REJECTION_REASONS[kind]


def parse_columns(told: RecordBlock, like: DetectedFormat, needs: Sequence[str]) -> pa.Table:
    """The good records' values as text, under the names in `needs`, and their rows under `_row`.

    A column that this file does not have is null throughout; an empty field is empty text.
    """
    data, rows = told.select_good()
    there = [c for c in needs if c in like.columns]
    if len(rows):
        table = pyarrow.csv.read_csv(
            pa.BufferReader(pa.py_buffer(data)),
            # The longest record fits twice; smaller blocks keep both cores busy.
            read_options=pyarrow.csv.ReadOptions(
                column_names=list(like.columns), block_size=csv_scanner.MAX_RECORD_BYTES * 4
            ),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=chr(like.layout.delimiter),
                quote_char=chr(like.layout.mark) if like.layout.mark else False,
                newlines_in_values=bool(like.layout.mark),
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                include_columns=there,
                column_types=dict.fromkeys(there, pa.string()),
                check_utf8=False,  # every byte was checked when the file was cut
                strings_can_be_null=False,
            ),
        )
    else:
        table = pa.table({c: pa.array([], pa.string()) for c in there})
    if table.num_rows != len(rows):
        raise AssertionError(f"{len(rows)} records were cut and {table.num_rows} parsed: the rules of the two differ")
    for c in needs:
        if c not in there:
            table = table.append_column(c, pa.nulls(len(rows), pa.string()))
    return table.append_column(ROW_COLUMN, pa.array(rows))


def find_good_records(told: RecordBlock) -> NDArray[np.int64]:
    """Where the good records stand among all of the stretch."""
    return np.flatnonzero(told.kind == csv_scanner.GOOD)
