"""Errors of translating rows into events."""

from detente.core.errors import DetenteError


class UnknownReleaseDate(DetenteError):
    """Neither the name nor any readable row of a release gives its publication date."""

    exit_code = 6

    def __init__(self, file: str) -> None:
        self.file = file
        super().__init__(f"Cannot tell when {file} was published. Pass --known-on YYYY-MM-DD.")
