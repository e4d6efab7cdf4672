"""Daily counts: how many events of each channel began on each day, and how densely that day was watched.

An event is counted on the first day of its span. One whose day is known only to the week or the month
is counted there too, since a rate needs each event once; how many such there are is kept beside the
counts, channel by channel, and a model of days may leave them out by `precise=True`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
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
        density: density of collection by day, 0 where not watched, shape (day,).
        imprecise: events counted on a day that is not surely theirs, shape (channel,).
    """

    first: date
    channels: tuple[str, ...]
    y: NDArray[np.int64]
    coverage: NDArray[np.float64]
    imprecise: NDArray[np.int64]

    @property
    def days(self) -> list[date]:
        """The days of the rows."""
        return [self.first + timedelta(days=i) for i in range(len(self.y))]

    def of(self, channel: str) -> NDArray[np.int64]:
        """One channel's counts, shape (day,)."""
        return self.y[:, self.channels.index(channel)]


def daily_counts(gathered: CaseData, channels: Iterable[str] = CHANNELS, *, precise: bool = False) -> Counts:
    """Count a case's events by day and channel.

    Args:
        gathered: from `case.gather`.
        channels: which, in the order wanted; all ten if not given.
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
    return Counts(coverage.first, names, y, coverage.by_day, imprecise)
