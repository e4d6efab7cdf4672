"""A page that says what could not be done, and what to do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """The HTTP status, a title of a few words, and the whole message."""

    status: int
    title: str
    what: str
