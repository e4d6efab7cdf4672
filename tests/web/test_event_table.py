"""The table of events: columns to choose, and orders by any column in both directions."""

import re
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl

import pytest
from starlette.testclient import TestClient

from detente.api.case import Case
from detente.api.events.event_row import EventRow, build_event_row
from detente.api.events.sorting import SORT_ORDERS, order_events
from detente.api.events.table import get_event_columns
from detente.cases.channel_names import channel_name
from detente.core.place import GEO_PRECISIONS
from detente.web.event_views import (
    COLUMN_KEYS,
    DEFAULT_COLUMNS,
    TABLE_COLUMNS,
    EventView,
    list_view_parameters,
    parse_event_view,
)

HERE = "/pakistan-afghanistan/events"


def shown_value(prepared: Case, r: EventRow, key: str) -> Any:
    """The value that a reader sees in a column, None if it is unknown."""
    e = prepared.g.event(r.id)
    values: dict[str, Any] = {
        "date": e.day, "kind": channel_name(prepared.case, r.channel).casefold(), "type": (r.type, r.mode or ""), "who": r.who.casefold() or None,
        "whom": r.whom.casefold() or None, "place": r.where.casefold(), "precision": GEO_PRECISIONS.index(r.precision),
        "deaths": None if e.tolls.range is None else e.tolls.range[1], "civilians": r.civilian_deaths, "disputed": r.disputed,
        "confidence": {"low": 0, "medium": 1, "high": 2}.get(r.confidence), "sources": r.publishers.casefold() or None,
        "known": r.known_on, "id": r.id, "summary": r.summary.casefold() or None,
    }  # fmt: skip
    return values[key]


@pytest.mark.parametrize("column", TABLE_COLUMNS, ids=lambda c: c.key)
def test_orders_sort_by_shown_value(flagship: Case, column: Any) -> None:
    """Each column sorts by what it shows, in both directions; unknown values come last, equal ones newest first."""
    columns = get_event_columns(flagship)
    rows = [build_event_row(flagship, e) for e in columns.events]
    for sort, down in ((column.up, False), (column.down, True)):
        order = order_events(columns, sort)
        assert sorted(order) == list(range(len(columns.events)))
        values = [shown_value(flagship, rows[i], column.key) for i in order]
        known = [v for v in values if v is not None]
        assert values[: len(known)] == known
        assert all(a >= b if down else a <= b for a, b in pairwise(known))
        if column.key != "date":
            # Equal and unknown values stay newest first.
            assert all(i > j for (i, a), (j, b) in pairwise(zip(order, values, strict=True)) if a == b)


def test_header_states_and_reverses_order(reader: TestClient) -> None:
    """The sorted column says its direction, and its header leads to the other one."""
    for column in TABLE_COLUMNS:
        for sort, said, other in ((column.up, "ascending", column.down), (column.down, "descending", column.up)):
            page = reader.get(f"{HERE}.json?view=table&column={column.key}&sort={sort}").json()["page"]
            (state,) = [c for c in page["columns"] if c["sorted"] != "none"]
            assert (state["key"], state["sorted"]) == (column.key, said)
            query = dict(parse_qsl(state["address"].partition("?")[2]))
            assert query.get("sort", "newest") == other
            assert query["view"] == "table"
    html = reader.get(f"{HERE}?view=table&sort=deaths").text
    assert re.findall(r'aria-sort="(\w+)"', html) == ["descending"]


def test_columns_stay_in_address(reader: TestClient) -> None:
    """Chosen columns are shown in their order and stay in the addresses of pages, orders and views."""
    question = "view=table&column=deaths&column=id&channel=strike&sort=who-up"
    page = reader.get(f"{HERE}.json?{question}").json()["page"]
    assert [c["key"] for c in page["columns"] if c["shown"]] == ["deaths", "id"]
    html = reader.get(f"{HERE}?{question}").text
    head = html[html.index('<table class="grid">') : html.index("</thead>", html.index('<table class="grid">'))]
    assert head.count("<th ") == 2
    for address in [c["address"] for c in page["columns"]] + [
        v["address"] for v in page["views"] if v["view"] == "table"
    ]:
        given = parse_qsl(address.partition("?")[2])
        assert [v for k, v in given if k == "column"] == ["deaths", "id"]
        assert ("channel", "strike") in given


def test_list_is_default_view(reader: TestClient) -> None:
    """Without parameters the page is a list with the usual columns."""
    page = reader.get(f"{HERE}.json").json()["page"]
    assert page["view"]["view"] == "list"
    assert tuple(page["view"]["columns"]) == DEFAULT_COLUMNS
    assert 'class="events"' in reader.get(HERE).text


@pytest.mark.parametrize(
    "shown", [EventView(), EventView("table", ("date", "sources")), EventView("table", COLUMN_KEYS), EventView("pivot")]
)
def test_view_parameters_round_trip(shown: EventView) -> None:
    """Parsing the written parameters of a view returns the view."""
    assert parse_event_view(list_view_parameters(shown)) == shown


def test_files_follow_order_of_table(reader: TestClient) -> None:
    """A download has the order of the table."""
    ids = [r["id"] for r in reader.get(f"{HERE}.json?sort=summary-up").json()["page"]["rows"]]
    lines = reader.get(f"{HERE}.csv?sort=summary-up").text.splitlines()
    assert [x.split(",")[0].strip('"') for x in lines[1:6]] == ids[:5]


def test_every_order_has_an_address(reader: TestClient) -> None:
    """Each named order gives a page."""
    for sort in SORT_ORDERS:
        assert reader.get(f"{HERE}.json?sort={sort}&channel=truce").status_code == 200
