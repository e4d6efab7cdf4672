"""Pivot of a selection: one row for each actor or kind, one column for each period.

An event with two initiators counts in both of their rows, so rows can add up to more than the total; totals of columns
count each event once.
"""

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from detente.api.case import Case
from detente.api.events.filters import BadEventQuery, EventQuery
from detente.api.events.periods import (
    PERIOD_LENGTHS,
    EventPeriod,
    PeriodLength,
    build_periods,
    choose_period_length,
    find_day_range,
    find_period_codes,
)
from detente.api.events.selection import SelectionCount, build_count, count_selection, narrow_to_period
from detente.api.events.table import CHANNEL_OPTIONS, NO_ACTOR, BoolArray, EventColumns
from detente.cases.channel_names import channel_name

PivotRows = Literal["initiator", "recipient", "kind"]
PivotCells = Literal["events", "deaths"]
PIVOT_ROWS: tuple[PivotRows, ...] = get_args(PivotRows)
PIVOT_CELLS: tuple[PivotCells, ...] = get_args(PivotCells)
MAX_COLUMNS = 400


@dataclass(frozen=True, slots=True)
class PivotLayout:
    """What the rows, columns and cells of a pivot are; `per` None chooses the shortest period that fits."""

    rows: PivotRows = "initiator"
    per: PeriodLength | None = None
    cells: PivotCells = "events"


@dataclass(frozen=True, slots=True)
class PivotRow:
    """One row: filter value, name, the count of each period, and that of all periods."""

    key: str
    name: str
    cells: tuple[SelectionCount, ...]
    total: SelectionCount


@dataclass(frozen=True, slots=True)
class EventPivot:
    """A pivot.

    Fields:
        layout: with the period that was used. periods: the columns. rows: those with events, most events first.
        totals: of each column, every event once. total: of all. shared: events that stand in more than one row.
    """

    layout: PivotLayout
    periods: tuple[EventPeriod, ...]
    rows: tuple[PivotRow, ...]
    totals: tuple[SelectionCount, ...]
    total: SelectionCount
    shared: int


def build_event_pivot(
    prepared: Case, columns: EventColumns, query: EventQuery, at: NDArray[np.int64], layout: PivotLayout
) -> EventPivot:
    """Count the events at the positions `at`, which are those of the query, by row and period.

    Raises:
        BadEventQuery: more than `MAX_COLUMNS` periods.
    """
    first, last = find_day_range(prepared.g, columns, query)
    per = layout.per or choose_period_length(first, last)
    periods = build_periods(prepared.g, first, last, per)
    if len(periods) > MAX_COLUMNS:
        remedy = f"Choose {' or '.join(PERIOD_LENGTHS[1:])}, or fewer days."
        raise BadEventQuery("per", per, f"gives {len(periods)} columns, more than {MAX_COLUMNS}", remedy)
    codes = find_period_codes(columns, at, periods)
    keys, names, marks = _find_members(prepared, columns, query, at, layout.rows)
    rows = []
    for j, (key, name) in enumerate(zip(keys, names, strict=True)):
        own = marks[:, j]
        if own.any():
            cells = count_selection(columns, at[own], codes[own], len(periods))
            rows.append(PivotRow(key, name, _build_cells(cells), build_count(*(int(c.sum()) for c in cells))))
    rows.sort(key=lambda r: (r.key == NO_ACTOR, -r.total.events))
    totals = count_selection(columns, at, codes, len(periods))
    return EventPivot(
        layout=replace(layout, per=per),
        periods=periods,
        rows=tuple(rows),
        totals=_build_cells(totals),
        total=build_count(*(int(c.sum()) for c in totals)),
        shared=int((marks.sum(axis=1) > 1).sum()),
    )


def narrow_to_row(query: EventQuery, layout: PivotLayout, key: str) -> EventQuery:
    """Return the query whose events are those of one row."""
    if layout.rows == "kind":
        return replace(query, channel=(key,), sort="oldest")
    if layout.rows == "initiator":
        return replace(query, initiator=(key,), sort="oldest")
    return replace(query, recipient=(key,), sort="oldest")


def narrow_to_cell(query: EventQuery, layout: PivotLayout, key: str, period: EventPeriod) -> EventQuery:
    """Return the query whose events are those of one cell."""
    return narrow_to_period(narrow_to_row(query, layout, key), period)


def _build_cells(counts: tuple[NDArray[np.int64], ...]) -> tuple[SelectionCount, ...]:
    return tuple(build_count(*(int(x) for x in cell)) for cell in zip(*counts, strict=True))


def _find_members(
    prepared: Case, columns: EventColumns, query: EventQuery, at: NDArray[np.int64], rows: PivotRows
) -> tuple[list[str], list[str], BoolArray]:
    """Return the keys and names of the possible rows, and which events belong to them, shape (event, row)."""
    if rows == "kind":
        keys = list(CHANNEL_OPTIONS)
        marks = columns.kind[at][:, None] == np.arange(len(keys))
        return keys, [channel_name(prepared.case, k, capital=True) for k in keys], marks
    keys = [*columns.actors, NO_ACTOR]
    names = {a.key: a.short or a.name for a in prepared.case.cast}
    marks = (columns.started if rows == "initiator" else columns.received)[at]
    # A cell leads to the events of its row, which the query's own choice of actors must not contradict.
    if asked := getattr(query, rows):
        marks = marks & np.isin(keys, asked)
    return keys, [names.get(k, "Not named") for k in keys], marks
