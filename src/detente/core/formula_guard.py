"""A guard for CSV files that people open in a spreadsheet: a text that begins like a formula is not run.

Spreadsheets run a cell that begins with =, +, - or @, and some skip a leading tab or carriage return. Numbers are left alone.
The guard changes the text, so exports for programs do without it.

Source: OWASP, CSV Injection.
"""

import pyarrow as pa
import pyarrow.compute as pc

# RE2, as pyarrow uses it.
_FORMULA = r"^[=+\-@\t\r]"
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"


def guard_text(text: str) -> str:
    """Return the text with an apostrophe before it if a spreadsheet would run it.

    Example:
        >>> [guard_text(t) for t in ("=1+1", "-3.5", "@SUM(A1)", "Kabul")]
        ["'=1+1", '-3.5', "'@SUM(A1)", 'Kabul']
    """
    guarded: str = guard_column(pa.array([text], pa.string()))[0].as_py()
    return guarded


def guard_column(column: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Return a column of texts with an apostrophe before those that a spreadsheet would run."""
    starts = pc.match_substring_regex(column, _FORMULA)
    runs = pc.and_not(starts, pc.match_substring_regex(column, _NUMBER))
    return pc.if_else(runs, pc.binary_join_element_wise(pa.scalar("'"), column, pa.scalar("")), column)


def guard_table(table: pa.Table) -> pa.Table:
    """Return the table with all columns of texts guarded."""
    for i, f in enumerate(table.schema):
        if pa.types.is_string(f.type) or pa.types.is_large_string(f.type):
            table = table.set_column(i, f.name, guard_column(table.column(i)))
    return table
