"""A selection of events for its page: numbers, addresses, map and chart. It is kept, since pages and orders share it."""

from dataclasses import dataclass

import numpy as np

from detente.api.case import Case
from detente.api.case_cache import cached_per_case
from detente.api.events.filters import EventQuery, build_filter_masks, build_query_address, find_event_positions
from detente.api.events.selection import EventSelection, build_event_selection, narrow_to_period
from detente.api.events.table import get_event_columns
from detente.cases.channel_names import channel_name
from detente.charts.inline.selection_bars import SelectionBar, draw_selection_bars
from detente.web.map.selection import SelectionMap, build_selection_map

KINDS_IN_TITLE = 3  # of a bar; the table has all


@dataclass(frozen=True, slots=True)
class SelectionView:
    """A selection: its `numbers`, the `addresses` of the events of each period, its `map`, and its chart `bars` as SVG.

    An address is empty where a period has no events, and the chart where the selection has none.
    """

    numbers: EventSelection
    addresses: tuple[str, ...]
    map: SelectionMap | None
    bars: str


@cached_per_case(32)
def get_selection_view(prepared: Case, query: EventQuery) -> SelectionView:
    """Return the selection of a query; pass the query in its plain order, so that all orders share one result."""
    columns, here = get_event_columns(prepared), f"/{prepared.id}/events"
    at = np.sort(find_event_positions(columns, query, build_filter_masks(columns, query)))
    numbers = build_event_selection(prepared, columns, query, at)
    addresses = tuple(
        build_query_address(here, narrow_to_period(query, m.period)) if m.count.events else "" for m in numbers.periods
    )
    places = build_selection_map(prepared, query, at, here)
    return SelectionView(numbers, addresses, places, _draw_bars(prepared, numbers, addresses))


def _draw_bars(prepared: Case, s: EventSelection, addresses: tuple[str, ...]) -> str:
    """Draw the selection's periods by kind; each bar leads to its events."""
    if not s.total.events:
        return ""
    bars, year = [], 0
    for m, address in zip(s.periods, addresses, strict=True):
        p = m.period
        parts = [(k, n) for k, n in zip(s.kinds, m.by_kind, strict=True) if n]
        most = sorted(parts, key=lambda x: -x[1])[:KINDS_IN_TITLE]
        kinds = "; ".join(f"{channel_name(prepared.case, k)}: {n}" for k, n in most) if len(s.kinds) > 1 else ""
        covered = f". {p.covered} of {p.days} days with systematic coverage" if p.covered < p.days else ""
        title = f"{p.name}: {m.count.events} event{'s' if m.count.events != 1 else ''}{covered}"
        label, year = ("" if p.first.year == year else str(p.first.year)), p.first.year
        more = f", most: {kinds}" if kinds and len(parts) > KINDS_IN_TITLE else f". {kinds}" if kinds else ""
        bars.append(SelectionBar(parts, title + more, address, label, p.covered / p.days))
    return draw_selection_bars(bars)
