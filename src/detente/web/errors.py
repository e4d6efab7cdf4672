"""The page model of an error."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """The HTTP status, a title of a few words, and the whole message."""

    status: int
    title: str
    what: str
