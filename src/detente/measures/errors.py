"""Errors of the measures."""

from collections.abc import Sequence

from detente.core.errors import DetenteError


class NotObserved(DetenteError):
    """The measure needs covered days or events that the record lacks: unknown, not zero."""

    exit_code = 6

    def __init__(self, who: Sequence[str | int]) -> None:
        self.actors = list(who)
        super().__init__(
            f"No covered days for {', '.join(map(str, self.actors))}: the rate there is unknown, not zero. "
            "Leave these out, or state in the case file which days a source covered."
        )
