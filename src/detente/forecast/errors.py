"""What this floor refuses, by name and with what is known."""

from collections.abc import Sequence

from detente.core.errors import DetenteError


class BadForecast(DetenteError):
    """Draws and outcomes do not fit together, or are not what a score is defined for."""

    exit_code = 6

    def __init__(self, what: str, why: str, remedy: str) -> None:
        self.what, self.why, self.remedy = what, why, remedy
        super().__init__(f"{what}: {why}. {remedy}")


class BadPanel(DetenteError):
    """A panel cannot be used; the rows at fault are named, a few of them in full."""

    exit_code = 5

    def __init__(self, file: str, why: str, rows: Sequence[str], remedy: str) -> None:
        self.file, self.why, self.rows, self.remedy = file, why, list(rows), remedy
        shown = "; ".join(self.rows[:5]) + (f"; and {len(self.rows) - 5} more" if len(self.rows) > 5 else "")
        super().__init__(f"{file}: {why}{': ' + shown if shown else ''}. {remedy}")


class DateOutsideRecord(DetenteError):
    """A forecast was asked for from a day or month that the record does not reach, or that is too early."""

    exit_code = 6

    def __init__(self, asked: object, first: object, last: object, remedy: str) -> None:
        self.asked, self.first, self.last = asked, first, last
        super().__init__(f"{asked} cannot be forecast from: the record runs from {first} to {last}. {remedy}")


class BadHorizon(DetenteError):
    """A horizon of nothing, or one beyond what any record of conflicts can say."""

    exit_code = 6

    def __init__(self, asked: object, least: int, most: int, unit: str) -> None:
        self.asked, self.least, self.most = asked, least, most
        super().__init__(
            f"A horizon of {asked} {unit} is not forecast: it must lie between {least} and {most} {unit}. "
            "Beyond that the past says nothing that climatology would not."
        )


class HistoryTooShort(DetenteError):
    """The history before the origin is too short to learn from."""

    exit_code = 6

    def __init__(self, what: str, known: float, needed: float, unit: str) -> None:
        self.known, self.needed = known, needed
        super().__init__(
            f"{what}: {known:g} {unit} are known before the origin and {needed:g} are needed. "
            "Take a later origin, or a longer record."
        )
