"""What this floor refuses or warns of, by name and with the estimate it would not vouch for."""

from collections.abc import Sequence

from detente.core.errors import DetenteError


class BadCounts(DetenteError):
    """The counts cannot be a daily record of these channels."""

    exit_code = 6

    def __init__(self, channels: Sequence[str], why: str) -> None:
        self.channels, self.why = list(channels), why
        super().__init__(f"Cannot learn from {', '.join(self.channels)}: {why}.")


class DidNotConverge(DetenteError):
    """Newton's method did not settle; `estimate` is where it stood."""

    exit_code = 6

    def __init__(self, channel: str, steps: int, estimate: object) -> None:
        self.channel, self.steps, self.estimate = channel, steps, estimate
        super().__init__(
            f"The fit of {channel} had not settled after {steps} steps; where it stood is in `.estimate`. "
            "Merge channels with few events, or leave this one out."
        )


class TooFewEvents(UserWarning):
    """Intervals stand, but rest mostly on the prior; `system` is the fit that is not vouched for."""

    def __init__(self, channels: Sequence[str], needed: int, system: object) -> None:
        self.channels, self.needed, self.system = list(channels), needed, system
        super().__init__(
            f"Too little data: {', '.join(self.channels)} had fewer than {needed} events each, so what is "
            "said of them is mostly prior. Read these responses as unknown, or merge the channels."
        )


class ExtraMissing(DetenteError):
    """Something optional was asked for that is not installed."""

    exit_code = 6

    def __init__(self, package: str, extra: str, what: str) -> None:
        self.package, self.extra = package, extra
        super().__init__(
            f"{package} is not installed, which {what} needs. Install it by: pip install 'detente[{extra}]'"
        )
