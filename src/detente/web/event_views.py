"""Views of a list of events: list, table with chosen columns, and pivot. Each is written in the page's address."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args
from urllib.parse import urlencode

from detente.api.events.filters import BadEventQuery, EventQuery, format_query_string
from detente.api.events.periods import PERIOD_LENGTHS
from detente.api.events.pivot import PIVOT_CELLS, PIVOT_ROWS, PivotLayout
from detente.api.events.sorting import SortOrder
from detente.core.errors import nearest, quoted_choices

ViewName = Literal["list", "table", "pivot"]
VIEW_NAMES: tuple[ViewName, ...] = get_args(ViewName)
Word = TypeVar("Word", bound=str)


@dataclass(frozen=True, slots=True)
class ViewLink:
    """A view of the same selection: list, table or pivot."""

    view: ViewName
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A column of the table: whether it is shown, whether it holds numbers, how it is sorted, and the address of its next order.

    `sorted` is `ascending`, `descending` or `none`.
    """

    key: str
    name: str
    numeric: bool
    shown: bool
    sorted: str
    address: str


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of the table: key, heading, whether it holds numbers, and its orders from low to high and back.

    Both orders are empty for a column that cannot be sorted.
    """

    key: str
    name: str
    numeric: bool
    up: SortOrder
    down: SortOrder


def _column(key: str, name: str, *, numeric: bool = False) -> TableColumn:
    return TableColumn(key, name, numeric, f"{key}-up", f"{key}-down")


TABLE_COLUMNS: tuple[TableColumn, ...] = (
    TableColumn("date", "Date", False, "oldest", "newest"),
    _column("kind", "Kind of event"),
    _column("who", "Actor"),
    _column("whom", "Towards"),
    _column("place", "Place"),
    TableColumn("deaths", "Deaths", True, "deaths-up", "deaths"),
    _column("summary", "Summary"),
    _column("civilians", "Civilian deaths", numeric=True),
    _column("type", "Type of act"),
    _column("precision", "Location precision"),
    _column("disputed", "Disputed"),
    _column("confidence", "Confidence"),
    _column("sources", "Publishers"),
    _column("known", "Public by"),
    _column("id", "Identifier"),
)
DEFAULT_COLUMNS = ("date", "kind", "who", "whom", "place", "deaths", "summary")
COLUMN_KEYS = tuple(c.key for c in TABLE_COLUMNS)
VIEW_DESCRIPTIONS = {
    "view": f"{', '.join(VIEW_NAMES)}: how the events are shown",
    "column": f"a column of the table, repeatable: {', '.join(COLUMN_KEYS)}",
    "rows": f"rows of the pivot: {', '.join(PIVOT_ROWS)}",
    "per": f"columns of the pivot: {', '.join(PERIOD_LENGTHS)}",
    "cells": f"cells of the pivot: {', '.join(PIVOT_CELLS)}",
}


def build_column_choices(
    columns: Sequence[TableColumn], shown: Sequence[str], sort: SortOrder, address: Callable[[SortOrder], str]
) -> tuple[ColumnChoice, ...]:
    """Build the columns of a table; `address` returns the address of the table in another order."""
    out = []
    for c in columns:
        if not c.up:
            out.append(ColumnChoice(c.key, c.name, c.numeric, c.key in shown, "none", ""))
            continue
        state = {c.up: "ascending", c.down: "descending"}.get(sort, "none")
        # Days and numbers are first sorted from the newest and the highest, texts from A.
        falls_first = c.numeric or c.key in ("date", "known")
        after = c.up if state == "descending" else c.down if state == "ascending" or falls_first else c.up
        out.append(ColumnChoice(c.key, c.name, c.numeric, c.key in shown, state, address(after)))
    return tuple(out)


@dataclass(frozen=True, slots=True)
class EventView:
    """How a list is shown: `view`, the `columns` of a table, and the `layout` of a pivot."""

    view: ViewName = "list"
    columns: tuple[str, ...] = DEFAULT_COLUMNS
    layout: PivotLayout = PivotLayout()  # noqa: RUF009


def parse_event_view(params: Sequence[tuple[str, str]]) -> EventView:
    """Parse how a list is shown from a URL's query; other parameters are ignored.

    Raises:
        BadEventQuery: an unknown value, with the nearest known one.
    """
    given = [(k, v.strip()) for k, v in params if v.strip()]

    def parse(name: str, known: Sequence[Word], default: Word) -> Word:
        word = next((v for k, v in reversed(given) if k == name), None)
        return default if word is None else _check_word(name, word, known)

    chosen = {_check_word("column", v, COLUMN_KEYS) for k, v in given if k == "column"}
    columns = tuple(k for k in COLUMN_KEYS if k in chosen)
    per = parse("per", PERIOD_LENGTHS, "month") if any(k == "per" for k, _ in given) else None
    layout = PivotLayout(parse("rows", PIVOT_ROWS, "initiator"), per, parse("cells", PIVOT_CELLS, "events"))
    return EventView(parse("view", VIEW_NAMES, "list"), columns or DEFAULT_COLUMNS, layout)


def _check_word(name: str, word: str, known: Sequence[Word]) -> Word:
    for k in known:
        if k == word:
            return k
    near = quoted_choices(nearest(word[:40], list(known)))
    raise BadEventQuery(name, word[:40], "is unknown", f"Nearest: {near}. Known: {', '.join(known)}.")


def list_view_parameters(shown: EventView) -> list[tuple[str, str]]:
    """Return the query parameters of a view; defaults are left out.

    Example:
        >>> list_view_parameters(EventView("table", ("date", "deaths")))
        [('view', 'table'), ('column', 'date'), ('column', 'deaths')]
    """
    out: list[tuple[str, str]] = [] if shown.view == "list" else [("view", shown.view)]
    if shown.view == "table" and shown.columns != DEFAULT_COLUMNS:
        out += [("column", k) for k in shown.columns]
    if shown.view == "pivot":
        layout, plain = shown.layout, PivotLayout()
        out += [("rows", layout.rows)] if layout.rows != plain.rows else []
        out += [("per", layout.per)] if layout.per else []
        out += [("cells", layout.cells)] if layout.cells != plain.cells else []
    return out


def build_view_address(here: str, query: EventQuery, shown: EventView, page: int = 1) -> str:
    """Write the address of a query in a view; page 1 is left out.

    Example:
        >>> build_view_address("/case/events", EventQuery(channel=("strike",)), EventView("pivot"), page=2)
        '/case/events?channel=strike&view=pivot&page=2'
    """
    more = list_view_parameters(shown) + ([("page", str(page))] if page > 1 else [])
    text = "&".join(x for x in (format_query_string(query), urlencode(more)) if x)
    return f"{here}?{text}" if text else here
