"""What is wrong with one value of one row, and how to mend it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RowError:
    """One thing that keeps a row from being read.

    `row` counts lines of the file from 1, the header being 1, as a spreadsheet shows them.
    `column` is empty where the whole row is at fault; `value` is what stood there, as text. `unknown_name` says that the
    value is a name that the cast does not know.
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
