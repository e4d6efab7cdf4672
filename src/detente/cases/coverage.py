"""Reporting coverage by day and kind of event: which days a record covers, and how completely.

`days` counts covered days. `effort` weights them by coverage: the same count over twice the effort is half the rate.
Days outside every window, and days of windows whose coverage is unknown, are not covered: they are left out of every
rate, not counted as days without events. A window may state another coverage for some kinds of event; the covered days
are the same for all kinds.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from detente.cases.case_file import CaseFile

FloatDays = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ReportingCoverage:
    """Coverage by day from `first`, relative to the reference window.

    Fields:
        by_day: of events in general; 0 where nothing was collected; shape (day,).
        by_channel: of the channels that have a coverage of their own, shape (day,) each; the others have `by_day`.
    """

    first: date
    by_day: FloatDays
    by_channel: Mapping[str, FloatDays] = field(default_factory=dict)

    @property
    def last(self) -> date:
        """The last day covered by the array."""
        return self.first + timedelta(days=len(self.by_day) - 1)

    def of(self, channels: Collection[str] = ()) -> FloatDays:
        """Return the coverage of some channels by day, shape (day,).

        Channels with different coverage get their mean: a sum over them is then weighted as if they came equally often.
        Without channels, the coverage of events in general.
        """
        if not channels or not self.by_channel:
            return self.by_day
        mean: FloatDays = np.mean([self.by_channel.get(c, self.by_day) for c in dict.fromkeys(channels)], axis=0)
        return mean

    def matrix(self, channels: Sequence[str]) -> FloatDays:
        """Return the coverage by day and channel, shape (day, channel)."""
        return np.column_stack([self.by_channel.get(c, self.by_day) for c in channels])

    def _slice(self, a: date, b: date, channels: Collection[str] = ()) -> FloatDays:
        i, j = (a - self.first).days, (b - self.first).days + 1
        return self.of(channels)[max(i, 0) : max(j, 0)]

    def days(self, a: date, b: date) -> int:
        """Count the covered days from a to b, both included."""
        return int((self._slice(a, b) > 0).sum())

    def missing_days(self, a: date, b: date) -> int:
        """Count the days from a to b, both included, that are not covered: unknown, not quiet."""
        return max((b - a).days + 1, 0) - self.days(a, b)

    def spans(self, a: date, b: date) -> tuple[tuple[date, date], ...]:
        """Return the spans of covered days from a to b, first and last day of each, in order."""
        start = max(a, self.first)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], self._slice(a, b) > 0, [0]])))
        return tuple(
            (start + timedelta(days=int(i)), start + timedelta(days=int(j) - 1))
            for i, j in zip(edges[::2], edges[1::2], strict=True)
        )

    def effort(self, a: date, b: date, channels: Collection[str] = ()) -> float:
        """Sum the coverage of some channels over the days from a to b, both included; see `of`."""
        return float(self._slice(a, b, channels).sum())

    def watched(self, day: date) -> bool:
        """Return whether this day is covered."""
        return self.days(day, day) == 1

    def without(self, a: date, b: date) -> "ReportingCoverage":
        """Treat the days from a to b, both included, as not covered."""
        kept = np.ones(len(self.by_day))
        kept[max((a - self.first).days, 0) : max((b - self.first).days + 1, 0)] = 0
        return self.times(kept)

    def even(self) -> "ReportingCoverage":
        """Treat all covered days and all kinds alike."""
        return replace(self, by_day=(self.by_day > 0).astype(float), by_channel={})

    def scaled(self, factors: Mapping[str, FloatDays]) -> "ReportingCoverage":
        """Multiply the coverage of some channels by factors by day, shape (day,) each."""
        changed = {c: self.of([c]) * f for c, f in factors.items()}
        return replace(self, by_channel={**self.by_channel, **changed})

    def times(self, factor: FloatDays) -> "ReportingCoverage":
        """Multiply the coverage of all kinds by a factor by day, shape (day,); 0 makes a day not covered."""
        by_channel = {c: x * factor for c, x in self.by_channel.items()}
        return replace(self, by_day=self.by_day * factor, by_channel=by_channel)


def compute_coverage(
    case: CaseFile, as_of: date, covered: Sequence[tuple[date, date]] | None = None
) -> ReportingCoverage:
    """Compute the case's coverage by day, from its first day to the earlier of its last day and `as_of`.

    Args:
        covered: periods that the available releases cover, both ends included; days outside them are not covered,
            whatever the windows say. None: the windows alone decide.
    """
    last = min(case.last, as_of)
    length = (last - case.first).days + 1
    coverage = np.zeros(length)
    own = {c for w in case.windows for k in w.kinds for c in k.channels}
    by_channel = {c: np.zeros(length) for c in sorted(own)}
    for window in case.windows:
        if window.coverage is None:
            continue
        i = max((window.first - case.first).days, 0)
        j = length if window.last is None else max((window.last - case.first).days + 1, 0)
        coverage[i:j] = window.coverage
        for c, values in by_channel.items():
            values[i:j] = window.coverage_of(c)
    out = ReportingCoverage(case.first, coverage, by_channel)
    if covered is None:
        return out
    in_release = np.zeros(length)
    for a, b in covered:
        in_release[max((a - case.first).days, 0) : max((b - case.first).days + 1, 0)] = 1
    return out.times(in_release)


def assumption_factors(case: CaseFile, coverage: ReportingCoverage, name: str, factor: float) -> dict[str, FloatDays]:
    """Return the factor by channel and day with which one named assumption of the windows changes, shape (day,) each."""
    out: dict[str, FloatDays] = {}
    for window in case.windows:
        for k in window.kinds:
            if k.assumption != name:
                continue
            i = max((window.first - coverage.first).days, 0)
            j = None if window.last is None else max((window.last - coverage.first).days + 1, 0)
            for c in k.channels:
                out.setdefault(c, np.ones(len(coverage.by_day)))[i:j] = factor
    return out
