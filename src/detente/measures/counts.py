"""Daily counts of events by channel, with the reporting coverage of each day.

An event is counted on the first day of its span, also where its day is known only to the week or month, since a rate
needs each event once. `imprecise` counts such events by channel; a model of days may leave them out with
`precise=True`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from detente.cases.channel_rule import CHANNELS
from detente.cases.load import CaseData


@dataclass(frozen=True, slots=True)
class Counts:
    """Events per day and channel.

    Fields:
        first: the first day. channels: names, length c.
        y: counts, whole numbers, shape (day, channel).
        coverage: reporting coverage of events in general by day, 0 where not covered, shape (day,).
        by_channel: reporting coverage by day and channel, shape (day, channel).
        imprecise: events whose day is known only to the week or month, shape (channel,).
    """

    first: date
    channels: tuple[str, ...]
    y: NDArray[np.int64]
    coverage: NDArray[np.float64]
    imprecise: NDArray[np.int64]
    by_channel: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0)))

    def __post_init__(self) -> None:
        if self.by_channel.shape != self.y.shape:
            alike = np.repeat(self.coverage[:, None], len(self.channels), axis=1)
            object.__setattr__(self, "by_channel", alike)

    @property
    def days(self) -> list[date]:
        """The day of each row."""
        return [self.first + timedelta(days=i) for i in range(len(self.y))]

    def of(self, channel: str) -> NDArray[np.int64]:
        """Return one channel's counts, shape (day,)."""
        return self.y[:, self.channels.index(channel)]


def daily_counts(gathered: CaseData, channels: Iterable[str] = CHANNELS, *, precise: bool = False) -> Counts:
    """Count a case's events by day and channel.

    Args:
        gathered: from `load_case_data`.
        channels: the channels, in the order of the result; all ten if not given.
        precise: leave out events whose day is known only to the week or month.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> from detente.cases.load import load_case_data
        >>> c = daily_counts(load_case_data(load_case_file("pakistan-afghanistan")), ["strike", "clash"])
        >>> c.y.shape[1], int(c.of("strike")[(date(2025, 10, 9) - c.first).days])
        (2, 3)
    """
    names = tuple(channels)
    coverage = gathered.coverage
    y = np.zeros((len(coverage.by_day), len(names)), dtype=np.int64)
    imprecise = np.zeros(len(names), dtype=np.int64)
    for event in gathered.of(*names):
        day = (event.day - coverage.first).days
        if not 0 <= day < len(y):
            continue
        k = names.index(gathered.channel(event) or "")
        if event.span.precision != "day":
            imprecise[k] += 1
            if precise:
                continue
        y[day, k] += 1
    return Counts(coverage.first, names, y, coverage.by_day, imprecise, coverage.matrix(names))
