"""Errors and warnings of the model; each carries the estimate it concerns."""

from collections.abc import Sequence

from detente.core.errors import DetenteError


class BadCounts(DetenteError):
    """The counts are not a valid daily record of these channels."""

    exit_code = 6

    def __init__(self, channels: Sequence[str], why: str) -> None:
        self.channels, self.why = list(channels), why
        super().__init__(f"Cannot fit {', '.join(self.channels)}: {why}.")


class DidNotConverge(DetenteError):
    """Newton's method did not converge; `estimate` is its last point."""

    exit_code = 6

    def __init__(self, channel: str, steps: int, estimate: object) -> None:
        self.channel, self.steps, self.estimate = channel, steps, estimate
        super().__init__(
            f"The fit of {channel} did not converge after {steps} steps; the last point is in `.estimate`. "
            "Merge channels with few events, or leave this one out."
        )


class TooFewEvents(UserWarning):
    """Some channels have too few events for the data to outweigh the prior; `system` is the fit."""

    def __init__(self, channels: Sequence[str], needed: int, system: object) -> None:
        self.channels, self.needed, self.system = list(channels), needed, system
        super().__init__(
            f"Too little data: {', '.join(self.channels)} had fewer than {needed} events each, so their responses "
            "are dominated by the prior. Treat them as not estimated, or merge the channels."
        )
