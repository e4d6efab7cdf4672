"""Exposure: which days a source watched, and how densely, so that denser collection is no worse war.

`days` counts days that were collected systematically. `effort` weights them by density: the same count
over twice the effort is half the rate. Days outside every window, and days of windows whose density
is unknown, are not watched; they are left out, which is another thing than counting them as quiet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from detente.cases.case_file import CaseFile


@dataclass(frozen=True, slots=True)
class ReportingCoverage:
    """Density of collection by day from `first`; 0 where nobody watched systematically, shape (day,)."""

    first: date
    density: NDArray[np.float64]

    @property
    def last(self) -> date:
        """The last day covered by the array."""
        return self.first + timedelta(days=len(self.density) - 1)

    def _slice(self, a: date, b: date) -> NDArray[np.float64]:
        i, j = (a - self.first).days, (b - self.first).days + 1
        return self.density[max(i, 0) : max(j, 0)]

    def days(self, a: date, b: date) -> int:
        """Watched days from a to b, both included."""
        return int((self._slice(a, b) > 0).sum())

    def effort(self, a: date, b: date) -> float:
        """Watched days from a to b, each weighted by its density."""
        return float(self._slice(a, b).sum())

    def watched(self, day: date) -> bool:
        """Was this day collected systematically?"""
        return self.days(day, day) == 1


def compute_coverage(
    case: CaseFile, as_of: date, covered: Sequence[tuple[date, date]] | None = None
) -> ReportingCoverage:
    """The case's exposure by day, from its first day to the earlier of its last and as_of.

    Args:
        covered: stretches of days that releases at hand cover, both ends included; days outside them are not watched,
            whatever the windows say. None: the windows alone decide.
    """
    last = min(case.last, as_of)
    density = np.zeros((last - case.first).days + 1)
    for window in case.windows:
        if window.density is not None:
            i = (window.first - case.first).days
            j = len(density) if window.last is None else (window.last - case.first).days + 1
            density[max(i, 0) : max(j, 0)] = window.density
    if covered is not None:
        seen = np.zeros(len(density), bool)
        for a, b in covered:
            seen[max((a - case.first).days, 0) : max((b - case.first).days + 1, 0)] = True
        density[~seen] = 0
    return ReportingCoverage(case.first, density)
