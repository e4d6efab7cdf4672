"""Orders of a list of events: by any column, up or down. Unknown values come last in both directions.

Events with equal values stay newest first.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.api.events.event_row import format_place
from detente.api.events.table import CHANNEL_OPTIONS, EventColumns
from detente.cases.channel_names import channel_name
from detente.core.place import GEO_PRECISIONS
from detente.core.publishers import format_publishers

SortOrder = str
CONFIDENCE_ORDER = ("low", "medium", "high")


def _names(columns: EventColumns, i: int, side: str) -> str | None:
    names = {a.key: a.short or a.name for a in columns.case.cast}
    return ", ".join(names[k] for k in getattr(columns.events[i], side)).casefold() or None


def _confidence(columns: EventColumns, i: int) -> int | None:
    word = columns.events[i].confidence
    return CONFIDENCE_ORDER.index(word) if word in CONFIDENCE_ORDER else None


SORT_KEYS: Mapping[str, Callable[[EventColumns, int], Any]] = {
    "deaths": lambda c, i: None if np.isnan(c.deaths[i]) else c.deaths[i],
    "kind": lambda c, i: channel_name(c.case, CHANNEL_OPTIONS[c.kind[i]]).casefold(),
    "type": lambda c, i: (c.events[i].type, c.events[i].mode or ""),
    "who": lambda c, i: _names(c, i, "initiators"),
    "whom": lambda c, i: _names(c, i, "recipients"),
    "place": lambda c, i: format_place(c.case, c.events[i]).casefold(),
    "precision": lambda c, i: GEO_PRECISIONS.index(c.events[i].place.precision),
    "civilians": lambda c, i: c.events[i].tolls.civilian,
    "disputed": lambda c, i: bool(c.disputed[i]),
    "confidence": _confidence,
    "sources": lambda c, i: format_publishers(c.events[i].addresses, c.events[i].first_report).casefold() or None,
    "known": lambda c, i: c.events[i].known_on,
    "id": lambda c, i: c.events[i].id,
    "summary": lambda c, i: c.events[i].summary.casefold() or None,
}
"""Value of an event by which a column is sorted; None is unknown."""

SORT_ORDERS: tuple[SortOrder, ...] = (
    "newest", "oldest", "deaths", "deaths-up", *(f"{k}-{way}" for k in SORT_KEYS if k != "deaths" for way in ("up", "down")),
)  # fmt: skip
"""Names of all orders. `newest` and `oldest` sort by day, `deaths` puts the deadliest first."""


def order_events(columns: EventColumns, sort: SortOrder) -> NDArray[np.int64]:
    """Return the positions of all events in an order of `SORT_ORDERS`, computed at its first use."""
    if sort in columns.orders:
        return columns.orders[sort]
    if sort not in columns.column_orders:
        name, _, way = sort.partition("-")
        columns.column_orders[sort] = _compute_order(columns, name, way == "down")
    return columns.column_orders[sort]


def _compute_order(columns: EventColumns, name: str, down: bool) -> NDArray[np.int64]:
    values = [SORT_KEYS[name](columns, i) for i in range(len(columns.events))]
    newest = [int(i) for i in columns.orders["newest"]]
    known = sorted((i for i in newest if values[i] is not None), key=lambda i: values[i], reverse=down)
    return np.array([*known, *(i for i in newest if values[i] is None)], np.int64)
