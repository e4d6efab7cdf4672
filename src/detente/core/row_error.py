"""Errors of single values in a table row."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RowError:
    """One reason why a row cannot be read.

    `row` counts lines of the file from 1, the header, as a spreadsheet does. `column` is empty where the whole row is
    wrong; `value` is its text. `unknown_name`: the value is an actor name that the case file does not list.
    """

    row: int
    column: str
    value: str
    reason: str
    remedy: str
    unknown_name: bool = False

    def __str__(self) -> str:
        where = f"row {self.row}" + (f", column {self.column}" if self.column else "")
        shown = self.value if len(self.value) <= 80 else self.value[:77] + "..."
        return f"{where}, value {shown!r}: {self.reason}. {self.remedy}"
