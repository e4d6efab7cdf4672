"""Errors of writing a brief."""

from datetime import date

from detente.core.errors import DetenteError


class SinceNotBeforeAsOf(DetenteError):
    """A brief cannot be compared with one of the same day or of a later one."""

    exit_code = 2

    def __init__(self, since: date, as_of: date) -> None:
        self.since, self.as_of = since, as_of
        super().__init__(
            f"--since {since} is not before {as_of}, the day of this brief, so nothing can have changed. "
            f"Give an earlier day, or a later --as-of."
        )


class WordLimitTooLow(DetenteError):
    """The words limit cannot hold the parts that an answer must have."""

    exit_code = 8

    def __init__(self, limit: int, needed: int) -> None:
        self.limit, self.needed = limit, needed
        super().__init__(
            f"{limit} words cannot hold the required parts: an introduction, one evidenced point for each "
            f"demand, and a conclusion take {needed}. Give --words {needed} or more."
        )
