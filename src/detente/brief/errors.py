"""Errors of briefs and short answers."""

from datetime import date

from detente.core.errors import DetenteError


class SinceNotBeforeAsOf(DetenteError):
    """The day given with --since is not before the day of the brief."""

    exit_code = 2

    def __init__(self, since: date, as_of: date) -> None:
        self.since, self.as_of = since, as_of
        super().__init__(
            f"--since {since} is not before {as_of}, the day of this brief. Give an earlier day, or a later --as-of."
        )


class WordLimitTooLow(DetenteError):
    """The word limit is too low for the required parts of an answer."""

    exit_code = 8

    def __init__(self, limit: int, needed: int) -> None:
        self.limit, self.needed = limit, needed
        super().__init__(
            f"{limit} words is too short. An introduction, one point per demand and a conclusion need {needed}: "
            f"pass --words {needed} or more."
        )
