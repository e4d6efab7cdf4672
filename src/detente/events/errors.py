"""Errors of translating rows into events."""

from collections import Counter

from detente.core.errors import DetenteError
from detente.events.row_account import RowAccount


class UnknownReleaseDate(DetenteError):
    """Neither the name nor any readable row of a release gives its publication date."""

    exit_code = 6

    def __init__(self, file: str) -> None:
        self.file = file
        super().__init__(f"Cannot tell when {file} was published. Pass --known-on YYYY-MM-DD.")


class NothingRead(DetenteError):
    """No row of a release could be read; the message shows one row and the remedy."""

    exit_code = 5

    def __init__(
        self, file: str, rows: int, row: int, column: str, value: str, reason: str, remedy: str, same: int
    ) -> None:
        self.file, self.rows, self.row, self.column, self.value = file, rows, row, column, value
        self.reason, self.remedy, self.same = reason, remedy, same
        if not rows:
            message = f"{file} has no rows, so it was not added."
        else:
            where = f"row {row}" + (f", column {column}" if column else "") + f", value {value[:80]!r}"
            whom = "all of them" if same == rows else f"{same:,} of them"
            message = (
                f"{file}: none of its {rows:,} rows could be read, so it was not added; {whom} for one reason: "
                f"{where}: {reason}. {remedy}"
            )
        super().__init__(message)

    @classmethod
    def from_account(cls, file: str, account: RowAccount) -> "NothingRead":
        """Build the error from the account of a release without events; it shows the most frequent reason."""
        rejected = account.set_aside.select(["row", "column", "value", "reason", "remedy"]).to_pylist()
        if not rejected:
            return cls(file, account.rows, 0, "", "", "", "", 0)
        reasons = Counter((r["column"], r["reason"], r["remedy"]) for r in rejected)
        (column, reason, remedy), same = reasons.most_common(1)[0]
        first = next(r for r in rejected if (r["column"], r["reason"], r["remedy"]) == (column, reason, remedy))
        return cls(file, account.rows, first["row"], column, first["value"], reason, remedy, same)


class UnknownCountryCode(DetenteError):
    """A provider has no country of that code; the message shows the right one if the text means a country."""

    exit_code = 2

    def __init__(self, code: str, provider: str, kind: str, right: str | None, name: str) -> None:
        self.code, self.provider, self.right = code, provider, right
        meant = f"For {name} it is {right}." if right else "See src/detente/events/countries.tsv for its codes."
        super().__init__(f"{code!r} is not a country of {provider}, which uses {kind}. {meant}")
