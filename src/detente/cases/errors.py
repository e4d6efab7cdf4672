"""Errors of reading case files and loading cases."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from detente.core.errors import DetenteError, nearest, quoted_choices


class UnknownCase(DetenteError):
    """The name is neither a shipped case nor the path of a file."""

    exit_code = 3

    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name, self.known, self.near = name, list(known), nearest(name, known)
        super().__init__(
            f"There is no case {name!r}. Shipped: {', '.join(known) or 'none'}. Nearest: {quoted_choices(self.near)}. "
            "Name one of these, or give the path of a case file (.toml)."
        )


class MissingUserData(DetenteError):
    """A case needs releases that the user must supply, and neither the store nor the folder of user data has any."""

    exit_code = 3

    def __init__(self, case: str, source: str, folder: Path, where: str, store: Path | None = None) -> None:
        self.case, self.source, self.folder, self.where, self.store = case, source, folder, where, store
        found = f"the store at {store} has no release of it" if store else "there is no store with a release of it"
        super().__init__(
            f"Case {case!r} needs {source.upper()} data, but {found}. {where} Then put the file (csv, zip or xlsx) into the "
            "store with `detente ingest FILE`."
        )


class BadCase(DetenteError):
    """A case file is invalid; the error names file, key, value and remedy."""

    exit_code = 4

    def __init__(self, file: str, key: str, value: object, why: str, remedy: str) -> None:
        self.file, self.key, self.value, self.why, self.remedy = file, key, value, why, remedy
        shown = str(value) if isinstance(value, date) else repr(value)
        shown = shown if len(shown) <= 120 else shown[:117] + "..."
        super().__init__(f"{file}, key {key}, value {shown}: {why}. {remedy}")


class AsOfOutOfRange(DetenteError):
    """The day of knowledge is before the case starts, or in the future."""

    exit_code = 6

    def __init__(self, as_of: date, first: date, last: date) -> None:
        self.as_of, self.first, self.last = as_of, first, last
        if as_of < first:
            message = f"--as-of {as_of} is before the case starts ({first} to {last}). Give a day from {first} on."
        else:
            message = f"--as-of {as_of} is in the future: nobody knows its events yet. Give a day until {last}."
        super().__init__(message)
