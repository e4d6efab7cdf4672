"""Totals of a selection of events, and its counts by period and kind.

Deaths are a range: the low end adds the lowest reported figure of each event, the high end the highest. Events without a
figure are counted apart, since their deaths are unknown and not zero.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detente.api.case import Case
from detente.api.events.filters import EventQuery
from detente.api.events.periods import (
    EventPeriod,
    PeriodLength,
    build_periods,
    choose_period_length,
    find_day_range,
    find_period_codes,
)
from detente.api.events.table import CHANNEL_OPTIONS, EventColumns

IntCounts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SelectionCount:
    """Events, their reported deaths from `deaths_low` to `deaths_high`, and the events with no reported toll.

    Both ends of the deaths are None where no event has a figure.
    """

    events: int
    deaths_low: int | None
    deaths_high: int | None
    without_toll: int


@dataclass(frozen=True, slots=True)
class SelectionPeriod:
    """One period: its count, and its events by kind in the order of `EventSelection.kinds`."""

    period: EventPeriod
    count: SelectionCount
    by_kind: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EventSelection:
    """A selection of events in numbers.

    Fields:
        total: of all events of the selection. days, covered: days of the selection, and those with systematic coverage.
        per: length of the periods. kinds: those that occur, in the order of the filters. by_kind: their events.
        periods: all periods between the ends of the selection, empty ones included.
    """

    total: SelectionCount
    days: int
    covered: int
    per: PeriodLength
    kinds: tuple[str, ...]
    by_kind: tuple[int, ...]
    periods: tuple[SelectionPeriod, ...]


def count_selection(
    columns: EventColumns, at: NDArray[np.int64], codes: NDArray[np.int64], n: int
) -> tuple[IntCounts, IntCounts, IntCounts, IntCounts]:
    """Count events, lowest deaths, highest deaths and events without a toll by code, shape (n,) each.

    Args:
        at: positions of the events. codes: for each of them 0 to n - 1.
    """
    low, high = columns.deaths_low[at], columns.deaths[at]
    unknown = np.isnan(high)

    def add(weights: NDArray[np.float64]) -> IntCounts:
        return np.rint(np.bincount(codes, weights=weights, minlength=n)).astype(np.int64)

    return (
        np.bincount(codes, minlength=n),
        add(np.where(unknown, 0.0, low)),
        add(np.where(unknown, 0.0, high)),
        add(unknown.astype(float)),
    )


def build_count(events: int, low: int, high: int, without: int) -> SelectionCount:
    """Build the count of one group; its deaths are unknown where no event has a figure."""
    known = events > without
    return SelectionCount(int(events), int(low) if known else None, int(high) if known else None, int(without))


def build_event_selection(
    prepared: Case, columns: EventColumns, query: EventQuery, at: NDArray[np.int64]
) -> EventSelection:
    """Count the events at the positions `at`, which are those of the query."""
    first, last = find_day_range(prepared.g, columns, query)
    per = choose_period_length(first, last)
    periods = build_periods(prepared.g, first, last, per)
    codes = find_period_codes(columns, at, periods)
    by_period = count_selection(columns, at, codes, len(periods))
    cells = np.zeros((len(periods), len(CHANNEL_OPTIONS)), np.int64)
    np.add.at(cells, (codes, columns.kind[at]), 1)
    occurring = np.flatnonzero(cells.sum(axis=0))
    whole = (int(c.sum()) for c in by_period)
    return EventSelection(
        total=build_count(*whole),
        days=sum(p.days for p in periods),
        covered=sum(p.covered for p in periods),
        per=per,
        kinds=tuple(CHANNEL_OPTIONS[k] for k in occurring),
        by_kind=tuple(int(n) for n in cells.sum(axis=0)[occurring]),
        periods=tuple(
            SelectionPeriod(p, build_count(*(int(c[i]) for c in by_period)), tuple(int(n) for n in cells[i, occurring]))
            for i, p in enumerate(periods)
        ),
    )


def narrow_to_period(query: EventQuery, period: EventPeriod) -> EventQuery:
    """Return the query limited to the days of a period, oldest first."""
    return replace(query, first=period.first, last=period.last, sort="oldest")
