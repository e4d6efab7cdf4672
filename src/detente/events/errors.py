"""Errors of turning rows into events."""

from detente.core.errors import DetenteError


class UnknownReleaseDate(DetenteError):
    """Nothing says when a release was out, neither its name nor any row."""

    exit_code = 6

    def __init__(self, file: str) -> None:
        self.file = file
        super().__init__(
            f"{file}: neither its name nor any readable row says when it was out, and today is never assumed. "
            "Give the day on which it was published."
        )
