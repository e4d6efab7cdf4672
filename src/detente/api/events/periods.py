"""Months, quarters and years of a selection of events, each with its days of systematic coverage."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from detente.api.events.filters import EventQuery
from detente.api.events.table import EventColumns, decode_day
from detente.cases.load import CaseData

PeriodLength = Literal["month", "quarter", "year"]
PERIOD_LENGTHS: tuple[PeriodLength, ...] = get_args(PeriodLength)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
MAX_PERIODS = 60  # more bars or columns than that are coarser by default


@dataclass(frozen=True, slots=True)
class EventPeriod:
    """A month, quarter or year, cut at the ends of the query: `first` and `last` day, both included.

    `key` is `2025-10`, `2025-Q4` or `2025`. `covered` counts the days with systematic coverage: where it is below `days`, few
    events do not mean calm.
    """

    key: str
    name: str
    first: date
    last: date
    covered: int

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.last - self.first).days + 1


def find_day_range(g: CaseData, columns: EventColumns, query: EventQuery) -> tuple[date, date]:
    """Return the first and last day that a query concerns: its own days, within the days of the case and of its events."""
    first, last = g.case.first, max(min(g.as_of, g.case.last), g.case.first)
    if len(columns.events):
        first, last = min(first, decode_day(columns.day[0])), max(last, decode_day(columns.day[-1]))
    first, last = max(first, query.first or first), min(last, query.last or last)
    return first, max(first, last)


def build_periods(g: CaseData, first: date, last: date, per: PeriodLength) -> tuple[EventPeriod, ...]:
    """Cut the days from `first` to `last` into periods."""
    return tuple(
        EventPeriod(_period_key(a, per), name_period(a, per), a, b, g.coverage.days(a, b))
        for a, b in iterate_periods(first, last, per)
    )


def iterate_periods(first: date, last: date, per: PeriodLength) -> Iterator[tuple[date, date]]:
    """Yield the first and last day of each period; the outer ones are cut at `first` and `last`."""
    start = first
    while start <= last:
        end = min(_start_of_next(start, per) - timedelta(days=1), last)
        yield start, end
        start = end + timedelta(days=1)


def choose_period_length(first: date, last: date) -> PeriodLength:
    """Return the shortest period of which the days hold at most `MAX_PERIODS`.

    Example:
        >>> choose_period_length(date(2021, 8, 15), date(2026, 7, 1)), choose_period_length(date(1989, 1, 1), date(2024, 1, 1))
        ('month', 'year')
    """
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    return next((p for p in PERIOD_LENGTHS if months <= MAX_PERIODS * _MONTHS[p]), "year")


def find_period_codes(
    columns: EventColumns, at: NDArray[np.int64], periods: Sequence[EventPeriod]
) -> NDArray[np.int64]:
    """Return the position in `periods` of the events at the positions `at`, by their first day."""
    starts = np.array([p.first.toordinal() for p in periods], np.int64)
    return np.searchsorted(starts, columns.day[at], side="right") - 1


def _start_of_next(day: date, per: PeriodLength) -> date:
    n = _MONTHS[per]
    month = day.year * 12 + (day.month - 1) // n * n + n
    return date(month // 12, month % 12 + 1, 1)


def _period_key(day: date, per: PeriodLength) -> str:
    if per == "year":
        return str(day.year)
    return f"{day.year}-Q{(day.month + 2) // 3}" if per == "quarter" else f"{day:%Y-%m}"


def name_period(day: date, per: PeriodLength) -> str:
    """Name the period that a day is in.

    Example:
        >>> [name_period(date(2025, 10, 9), p) for p in PERIOD_LENGTHS]
        ['October 2025', '2025, quarter 4', '2025']
    """
    if per == "year":
        return str(day.year)
    return f"{day.year}, quarter {(day.month + 2) // 3}" if per == "quarter" else f"{day:%B %Y}"
