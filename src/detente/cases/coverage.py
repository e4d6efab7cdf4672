"""Reporting coverage by day: which days a record covers, and how completely.

`days` counts covered days. `effort` weights them by coverage: the same count over twice the effort is half the rate.
Days outside every window, and days of windows whose coverage is unknown, are not covered: they are left out of every
rate, not counted as days without events.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from detente.cases.case_file import CaseFile


@dataclass(frozen=True, slots=True)
class ReportingCoverage:
    """Coverage by day from `first`, relative to the reference window; 0 where nothing was collected; shape (day,)."""

    first: date
    by_day: NDArray[np.float64]

    @property
    def last(self) -> date:
        """The last day covered by the array."""
        return self.first + timedelta(days=len(self.by_day) - 1)

    def _slice(self, a: date, b: date) -> NDArray[np.float64]:
        i, j = (a - self.first).days, (b - self.first).days + 1
        return self.by_day[max(i, 0) : max(j, 0)]

    def days(self, a: date, b: date) -> int:
        """Count the covered days from a to b, both included."""
        return int((self._slice(a, b) > 0).sum())

    def effort(self, a: date, b: date) -> float:
        """Sum the coverage of the days from a to b, both included."""
        return float(self._slice(a, b).sum())

    def watched(self, day: date) -> bool:
        """Return whether this day is covered."""
        return self.days(day, day) == 1


def compute_coverage(
    case: CaseFile, as_of: date, covered: Sequence[tuple[date, date]] | None = None
) -> ReportingCoverage:
    """Compute the case's coverage by day, from its first day to the earlier of its last day and `as_of`.

    Args:
        covered: periods that the available releases cover, both ends included; days outside them are not covered,
            whatever the windows say. None: the windows alone decide.
    """
    last = min(case.last, as_of)
    coverage = np.zeros((last - case.first).days + 1)
    for window in case.windows:
        if window.coverage is not None:
            i = (window.first - case.first).days
            j = len(coverage) if window.last is None else (window.last - case.first).days + 1
            coverage[max(i, 0) : max(j, 0)] = window.coverage
    if covered is not None:
        in_release = np.zeros(len(coverage), bool)
        for a, b in covered:
            in_release[max((a - case.first).days, 0) : max((b - case.first).days + 1, 0)] = True
        coverage[~in_release] = 0
    return ReportingCoverage(case.first, coverage)
