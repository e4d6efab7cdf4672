"""The pivot of a selection for its page and its CSV file."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from detente.api.case import Case
from detente.api.events.filters import EventQuery, build_query_address
from detente.api.events.periods import EventPeriod
from detente.api.events.pivot import EventPivot, narrow_to_cell, narrow_to_row
from detente.api.events.selection import SelectionCount, narrow_to_period
from detente.core.formula_guard import guard_text


@dataclass(frozen=True, slots=True)
class PivotTableCell:
    """A count with the address of its events, empty where there are none."""

    count: SelectionCount
    address: str


@dataclass(frozen=True, slots=True)
class PivotTableRow:
    """A row with its cells, one for each period, and its total."""

    key: str
    name: str
    cells: tuple[PivotTableCell, ...]
    total: PivotTableCell


@dataclass(frozen=True, slots=True)
class PivotTable:
    """A pivot with addresses; `totals` and `total` count each event once. `shared`: events in more than one row."""

    rows_are: str
    per: str
    cells_are: str
    periods: tuple[EventPeriod, ...]
    rows: tuple[PivotTableRow, ...]
    totals: tuple[PivotTableCell, ...]
    total: SelectionCount
    shared: int
    file: str


def build_pivot_table(here: str, query: EventQuery, pivot: EventPivot, file: str) -> PivotTable:
    """Add the address of its events to each count; `here` is the address of the list, `file` that of the CSV file."""

    def cell(count: SelectionCount, narrowed: EventQuery) -> PivotTableCell:
        return PivotTableCell(count, build_query_address(here, narrowed) if count.events else "")

    layout = pivot.layout
    rows = tuple(
        PivotTableRow(
            r.key,
            r.name,
            tuple(
                cell(c, narrow_to_cell(query, layout, r.key, p)) for c, p in zip(r.cells, pivot.periods, strict=True)
            ),
            cell(r.total, narrow_to_row(query, layout, r.key)),
        )
        for r in pivot.rows
    )
    totals = tuple(cell(c, narrow_to_period(query, p)) for c, p in zip(pivot.totals, pivot.periods, strict=True))
    return PivotTable(
        layout.rows, layout.per or "", layout.cells, pivot.periods, rows, totals, pivot.total, pivot.shared, file
    )


def write_pivot_csv(prepared: Case, pivot: EventPivot, filters: str) -> bytes:
    """Write a pivot as CSV: a line of source and filter, then a line for each row and measure.

    Deaths have three lines for each row: lowest, highest, and events with no reported toll. A sum without any figure is empty.
    The last two lines give the days of each period and those with systematic coverage.
    """
    out = io.StringIO()
    d = next(iter(prepared.datasets), None)
    source = f"Source: détente, {prepared.g.release.name}" + (f", licence {d.licence}" if d else "")
    # The searched text comes from an address that anybody can write: quoted, it stays one cell and runs nothing.
    note = f"# {source}. As known on {prepared.g.as_of}. Filter: {' '.join(filters.split()) or 'none'}."
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow([note])
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([pivot.layout.rows, "name", "measure", *(p.key for p in pivot.periods), "total"])
    for key, name, counts in (
        *((r.key, r.name, (*r.cells, r.total)) for r in pivot.rows),
        ("total", "All events, each counted once", (*pivot.totals, pivot.total)),
    ):
        for measure, values in _iterate_measures(pivot.layout.cells, counts):
            writer.writerow([guard_text(key), guard_text(name), measure, *("" if v is None else v for v in values)])
    for measure, days in (
        ("days", [p.days for p in pivot.periods]),
        ("days with systematic coverage", [p.covered for p in pivot.periods]),
    ):
        writer.writerow(["coverage", "", measure, *days, sum(days)])
    return out.getvalue().encode()


def _iterate_measures(cells: str, counts: tuple[SelectionCount, ...]) -> Iterator[tuple[str, list[int | None]]]:
    if cells == "events":
        yield "events", [c.events for c in counts]
        return
    yield "deaths, lowest", [c.deaths_low for c in counts]
    yield "deaths, highest", [c.deaths_high for c in counts]
    yield "events with no reported toll", [c.without_toll for c in counts]
