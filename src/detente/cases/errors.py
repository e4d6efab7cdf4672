"""Errors of case files and of opening a case."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from detente.core.errors import DetenteError, nearest, quoted_choices


class UnknownCase(DetenteError):
    """No case of that name is shipped, and no file stands at that path."""

    exit_code = 3

    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name, self.known, self.near = name, list(known), nearest(name, known)
        super().__init__(
            f"There is no case {name!r}: it is neither a shipped case nor a file. "
            f"Shipped: {', '.join(known) or 'none'}. Nearest: {quoted_choices(self.near)}. "
            "Name one of these, or give the path of a case file (.toml)."
        )


class MissingUserData(DetenteError):
    """A case needs releases that do not come with it, and they are not where they are looked for."""

    exit_code = 3

    def __init__(self, case: str, source: str, folder: Path, where: str) -> None:
        self.case, self.source, self.folder, self.where = case, source, folder, where
        super().__init__(
            f"The case {case!r} is made from releases of {source!r}, which you bring, and there is none in {folder}. "
            f"{where} Put the file (csv, zip or xlsx, as it comes) there, or name another data folder by DETENTE_DATA."
        )


class BadCase(DetenteError):
    """A case file cannot be used; names the file, the key, the value and the remedy."""

    exit_code = 4

    def __init__(self, file: str, key: str, value: object, why: str, remedy: str) -> None:
        self.file, self.key, self.value, self.why, self.remedy = file, key, value, why, remedy
        shown = str(value) if isinstance(value, date) else repr(value)
        shown = shown if len(shown) <= 120 else shown[:117] + "..."
        super().__init__(f"{file}, key {key}, value {shown}: {why}. {remedy}")


class AsOfOutOfRange(DetenteError):
    """The day whose knowledge is asked for lies before anything was known, or is no day."""

    exit_code = 6

    def __init__(self, as_of: date, first: date, last: date) -> None:
        self.as_of, self.first, self.last = as_of, first, last
        super().__init__(
            f"as_of {as_of} is before the case's window, which opens on {first} and runs to {last}: "
            f"nothing was known then, so there is nothing to say. Give a day from {first} on."
        )
