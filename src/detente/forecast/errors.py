"""Errors of forecasts; each names what is wrong and what is known."""

from collections.abc import Sequence

from detente.core.errors import DetenteError


class BadForecast(DetenteError):
    """Draws and outcomes do not fit together, or a score is not defined for them."""

    exit_code = 6

    def __init__(self, what: str, why: str, remedy: str) -> None:
        self.what, self.why, self.remedy = what, why, remedy
        super().__init__(f"{what}: {why}. {remedy}")


class BadPanel(DetenteError):
    """A panel cannot be used; `rows` lists the rows at fault."""

    exit_code = 5

    def __init__(self, file: str, why: str, rows: Sequence[str], remedy: str) -> None:
        self.file, self.why, self.rows, self.remedy = file, why, list(rows), remedy
        shown = "; ".join(self.rows[:5]) + (f"; and {len(self.rows) - 5} more" if len(self.rows) > 5 else "")
        super().__init__(f"{file}: {why}{': ' + shown if shown else ''}. {remedy}")


class DateOutsideRecord(DetenteError):
    """A forecast origin lies outside the record."""

    exit_code = 6

    def __init__(self, asked: object, first: object, last: object, remedy: str) -> None:
        self.asked, self.first, self.last = asked, first, last
        super().__init__(f"{asked} cannot be forecast from: the record runs from {first} to {last}. {remedy}")


class BadHorizon(DetenteError):
    """A horizon is below the least or above the most that can be forecast."""

    exit_code = 6

    def __init__(self, asked: object, least: int, most: int, unit: str) -> None:
        self.asked, self.least, self.most = asked, least, most
        super().__init__(f"Cannot forecast {asked} {unit} ahead. Give a horizon between {least} and {most} {unit}.")


class HistoryTooShort(DetenteError):
    """The history before the origin is too short to fit a model."""

    exit_code = 6

    def __init__(
        self,
        what: str,
        known: float,
        needed: float,
        unit: str,
        remedy: str = "Choose a later origin or a longer record.",
    ) -> None:
        self.known, self.needed, self.remedy = known, needed, remedy
        super().__init__(f"{what}: {known:g} {unit} are known before the origin and {needed:g} are needed. {remedy}")
