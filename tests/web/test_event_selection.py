"""Every number of a selection, its chart, map and pivot, against a count of the downloaded rows with pandas."""

import csv
import io
import re
from datetime import date
from functools import cache
from itertools import pairwise
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from detente.api.case import Case
from detente.api.events.filters import EventQuery, build_filter_masks, find_event_positions, parse_event_query
from detente.api.events.periods import PERIOD_LENGTHS, build_periods
from detente.api.events.pivot import PIVOT_ROWS, PivotLayout, build_event_pivot
from detente.api.events.selection import build_event_selection
from detente.api.events.table import CHANNEL_OPTIONS, UNASSIGNED, EventColumns, get_event_columns
from detente.web.event_views import EventView
from detente.web.pages.events import build_events_page

HERE = "/pakistan-afghanistan/events"
QUESTIONS = (
    "", "channel=strike&channel=clash&from=2025-01-01", "place=AFG&to=2023-06-30", "text=torkham", "actor=TTP&disputed=no",
    "initiator=PAK&recipient=TTP", "initiator=none", "recipient=none&channel=outside", "from=2026-04-01", "text=zzzz",
)  # fmt: skip


@pytest.fixture(scope="module")
def frame(flagship: Case) -> pd.DataFrame:
    """The record as a table, from the events themselves."""
    rows = [
        {
            "id": e.id, "day": pd.Timestamp(e.day), "channel": flagship.g.channel(e) or UNASSIGNED, "low": e.tolls.low, "best": e.tolls.best,
            "high": e.tolls.high, "initiator": list(e.initiators) or ["none"], "recipient": list(e.recipients) or ["none"],
        }
        for e in flagship.g.events
    ]  # fmt: skip
    f = pd.DataFrame(rows)
    figures = f[["low", "best", "high"]].astype(float)
    only_high = figures[["low", "best"]].isna().all(axis=1) & figures["high"].notna()
    f["lowest"] = figures.min(axis=1).where(~only_high, 0)
    f["highest"] = figures.max(axis=1)
    return f


def choose(frame: pd.DataFrame, reader: TestClient, question: str) -> pd.DataFrame:
    """The rows of the table that the JSON of all events lists for a query."""
    return frame[frame["id"].isin(list_ids(reader, question))]


@cache
def list_ids(reader: TestClient, question: str) -> frozenset[str]:
    """The ids that the JSON of all events lists for a query; many tests ask for the same."""
    return frozenset(e["id"] for e in reader.get(f"{HERE}.json?{question}&page=all").json()["page"]["events"])


def as_counts(chosen: pd.DataFrame) -> dict[str, int | None]:
    """What a count of these rows must say."""
    known = chosen["highest"].notna()
    return {
        "events": len(chosen),
        "deaths_low": int(chosen["lowest"].sum()) if known.any() else None,
        "deaths_high": int(chosen["highest"].sum()) if known.any() else None,
        "without_toll": int((~known).sum()),
    }


@pytest.mark.parametrize("question", QUESTIONS)
def test_selection_totals_match_pandas(reader: TestClient, frame: pd.DataFrame, question: str) -> None:
    """Events, deaths and missing tolls of a selection equal a count of its rows, in total, by month and by kind."""
    s = reader.get(f"{HERE}.json?{question}").json()["page"]["selection"]
    chosen = choose(frame, reader, question)
    assert s["total"] == as_counts(chosen)
    assert dict(zip(s["kinds"], s["by_kind"], strict=True)) == chosen["channel"].value_counts().to_dict()
    for m in s["periods"]:
        first, last = pd.Timestamp(m["period"]["first"]), pd.Timestamp(m["period"]["last"])
        inside = chosen[chosen["day"].between(first, last)]
        assert m["count"] == as_counts(inside)
        by_kind = inside["channel"].value_counts()
        assert m["by_kind"] == [int(by_kind.get(k, 0)) for k in s["kinds"]]
    assert sum(m["count"]["events"] for m in s["periods"]) == len(chosen)


@pytest.mark.parametrize("question", QUESTIONS[:5])
def test_bar_leads_to_its_events(reader: TestClient, question: str) -> None:
    """The address of a month lists as many events as its bar shows."""
    page = reader.get(f"{HERE}.json?{question}").json()["page"]
    months = [(m, a) for m, a in zip(page["selection"]["periods"], page["months"], strict=True) if a]
    assert months
    for m, address in months[:: max(len(months) // 6, 1)]:
        listed = reader.get(address.replace("?", ".json?")).json()["page"]
        assert listed["found"] == m["count"]["events"]
        assert listed["selection"]["total"] == m["count"]


def test_covered_days_match_case_windows(flagship: Case) -> None:
    """The covered days of a period are the days inside the windows of the case file, counted one by one."""
    columns = get_event_columns(flagship)
    page = build_event_selection(flagship, columns, EventQuery(), np.arange(len(columns.events)))
    for m in page.periods[-4:]:
        days = pd.date_range(m.period.first, m.period.last)
        inside = sum(
            any(w.first <= d.date() <= (w.last or date.max) and w.coverage for w in flagship.case.windows) for d in days
        )
        assert m.period.covered == inside
        assert m.period.days == len(days)
    assert page.covered < page.days
    assert page.days == (page.periods[-1].period.last - page.periods[0].period.first).days + 1


@settings(max_examples=40, deadline=None)
@given(
    first=st.dates(date(1990, 1, 1), date(2026, 1, 1)),
    length=st.integers(0, 4000),
    per=st.sampled_from(PERIOD_LENGTHS),
)
def test_periods_tile_days(flagship: Case, first: date, length: int, per: str) -> None:
    """Periods follow each other without gap or overlap and stay within calendar bounds."""
    last = date.fromordinal(first.toordinal() + length)
    periods = build_periods(flagship.g, first, last, per)  # type: ignore[arg-type]
    assert (periods[0].first, periods[-1].last) == (first, last)
    for a, b in pairwise(periods):
        assert b.first.toordinal() == a.last.toordinal() + 1
        assert b.first.day == 1
    assert len({p.key for p in periods}) == len(periods)


@pytest.mark.parametrize("question", QUESTIONS)
def test_map_accounts_for_selection(reader: TestClient, question: str) -> None:
    """Every event of a selection is drawn or counted as not drawn, and a sign leads to its events."""
    page = reader.get(f"{HERE}.json?{question}").json()["page"]
    m = page["map"]
    assert m["at_place"] + m["vague"] + m["outside"] + m["crowded"] == page["found"]
    assert sum(s["count"]["events"] for s in m["signs"]) == m["at_place"] + m["vague"]
    for s in m["signs"][:3]:
        assert reader.get(s["address"].replace("?", ".json?")).json()["page"]["found"] >= s["count"]["events"]


def pivot_with_pandas(chosen: pd.DataFrame, rows: str, freq: str) -> dict[tuple[str, str], dict[str, int | None]]:
    """Count by row and period with explode and groupby."""
    column = "channel" if rows == "kind" else rows
    long = chosen.explode(column)
    groups = long.groupby([column, long["day"].dt.to_period(freq).astype(str)])
    return {(str(k), str(p).replace("Q", "-Q")): as_counts(g) for (k, p), g in groups}


@pytest.mark.parametrize("per", PERIOD_LENGTHS)
@pytest.mark.parametrize("rows", PIVOT_ROWS)
@pytest.mark.parametrize("question", ["", "channel=attack&channel=strike", "text=torkham&from=2024-01-01"])
def test_pivot_matches_pandas(reader: TestClient, frame: pd.DataFrame, question: str, rows: str, per: str) -> None:
    """Each cell of a pivot equals a groupby of the rows, and its totals count each event once."""
    v = reader.get(f"{HERE}.json?{question}&view=pivot&rows={rows}&per={per}").json()["page"]["pivot"]
    chosen = choose(frame, reader, question)
    cells = {
        (r["key"], p["key"]): c["count"]
        for r in v["rows"]
        for p, c in zip(v["periods"], r["cells"], strict=True)
        if c["count"]["events"]
    }
    assert cells == pivot_with_pandas(chosen, rows, {"month": "M", "quarter": "Q", "year": "Y"}[per])
    assert v["total"] == as_counts(chosen)
    assert sum(t["count"]["events"] for t in v["totals"]) == len(chosen)
    several = 0 if rows == "kind" else int((chosen[rows].map(lambda x: len(set(x))) > 1).sum())
    assert v["shared"] == several


@pytest.mark.parametrize("question", ["", "initiator=PAK&from=2025-06-01", "channel=dialogue"])
@pytest.mark.parametrize("rows", PIVOT_ROWS)
def test_pivot_cell_leads_to_its_events(reader: TestClient, question: str, rows: str) -> None:
    """The address of a cell lists exactly as many events as the cell counts."""
    v = reader.get(f"{HERE}.json?{question}&view=pivot&rows={rows}&per=year").json()["page"]["pivot"]
    checked = 0
    for r in v["rows"]:
        for c in [*r["cells"], r["total"]]:
            assert bool(c["address"]) == bool(c["count"]["events"])
            if c["address"] and checked < 60:
                listed = reader.get(c["address"].replace("?", ".json?")).json()["page"]
                assert listed["selection"]["total"] == c["count"]
                checked += 1
    assert checked


def test_pivot_csv_equals_page(reader: TestClient) -> None:
    """The CSV file of a pivot holds the numbers of its page, with days of coverage and an empty cell for no figure."""
    query = "channel=attack&channel=outside&view=pivot&rows=initiator&per=year"
    for cells, measures in (("events", 1), ("deaths", 3)):
        v = reader.get(f"{HERE}.json?{query}&cells={cells}").json()["page"]["pivot"]
        text = reader.get(v["file"]).text
        note, _, table = text.partition("\n")
        assert note.startswith('"# Source: ')
        lines = list(csv.DictReader(io.StringIO(table)))
        assert len(lines) == measures * (len(v["rows"]) + 1) + 2
        for r in v["rows"]:
            own = [x for x in lines if x["initiator"] == r["key"]]
            for p, c in zip(v["periods"], r["cells"], strict=True):
                keys = ("events",) if cells == "events" else ("deaths_low", "deaths_high", "without_toll")
                assert [x[p["key"]] for x in own] == [str("" if c["count"][k] is None else c["count"][k]) for k in keys]
        assert [int(lines[-1][p["key"]]) for p in v["periods"]] == [p["covered"] for p in v["periods"]]


def test_pivot_rows_follow_chosen_initiators(flagship: Case) -> None:
    """With chosen initiators only these are rows, so that each cell leads to its own events."""
    columns = get_event_columns(flagship)
    query = EventQuery(initiator=("TTP",))
    at = find_event_positions(columns, query, build_filter_masks(columns, query))
    pivot = build_event_pivot(flagship, columns, query, at, PivotLayout("initiator", "year"))
    assert [r.key for r in pivot.rows] == ["TTP"]


def test_too_many_pivot_columns_are_rejected(
    flagship: Case, monkeypatch: pytest.MonkeyPatch, reader: TestClient
) -> None:
    """A pivot with too many columns is refused, and the message names coarser ones."""
    monkeypatch.setattr("detente.api.events.pivot.MAX_COLUMNS", 10)
    answer = reader.get(f"{HERE}?view=pivot&per=month&from=2021-08-16")  # no pivot that is kept already
    assert answer.status_code == 400
    assert "quarter" in answer.text
    assert reader.get(f"{HERE}?view=pivot&per=year").status_code == 200


@pytest.mark.parametrize("name", ["view", "column", "rows", "per", "cells"])
def test_unknown_view_names_known_values(reader: TestClient, name: str) -> None:
    """An unknown value of a view's parameter gives 400 with the known values."""
    answer = reader.get(f"{HERE}.json?{name}=evnts")
    assert answer.status_code == 400
    assert "Known: " in answer.json()["error"]


def test_side_filters_match_plain_loop(flagship: Case) -> None:
    """The filters of initiators and recipients find the events of a plain loop, unnamed ones included."""
    columns = get_event_columns(flagship)
    for query, wanted in (
        (EventQuery(initiator=("PAK", "TTP")), {e.id for e in flagship.g.events if {"PAK", "TTP"} & set(e.initiators)}),
        (EventQuery(recipient=("none",)), {e.id for e in flagship.g.events if not e.recipients}),
    ):
        assert wanted
        assert found_ids(columns, query) == wanted


def found_ids(columns: EventColumns, query: EventQuery) -> set[str]:
    return {columns.events[i].id for i in find_event_positions(columns, query, build_filter_masks(columns, query))}


def test_chart_bars_have_titles_and_addresses(reader: TestClient) -> None:
    """Every month of the chart has a title, and every month with events an address that keeps the filters."""
    html = reader.get(f"{HERE}?channel=strike&text=kabul").text
    chart = html[html.index('class="by-month"') : html.index("</svg>", html.index('class="by-month"'))]
    links = re.findall(r'<a href="([^"]+)" tabindex="-1"><title>([^<]+)</title>', chart)
    assert links
    for address, title in links:
        query = dict(parse_qsl(urlsplit(address.replace("&amp;", "&")).query))
        assert (query["channel"], query["text"]) == ("strike", "kabul")
        month = date.fromisoformat(query["from"])
        assert title.startswith(f"{month:%B %Y}: ")
        assert parse_event_query(list(query.items()), get_event_columns_of(reader)).channel == ("strike",)
    assert f"c-{CHANNEL_OPTIONS[2]}" in html


def get_event_columns_of(reader: TestClient) -> EventColumns:
    """The columns of the served case."""
    (case,) = reader.app.state.studies.values()  # type: ignore[attr-defined]
    return get_event_columns(case)


def test_pivot_page_has_no_list(flagship: Case) -> None:
    """A pivot shows no list, and a list no pivot."""
    assert build_events_page(flagship, EventQuery(), 1, EventView("pivot")).rows == ()
    assert build_events_page(flagship, EventQuery()).pivot is None


def test_pivot_csv_cannot_run_formula(reader: TestClient) -> None:
    """A searched text stays inside the first cell of the file, whatever separators it holds."""
    text = reader.get(f"{HERE}.csv", params={"view": "pivot", "text": 'kabul",=1+1;=2\t=3\r\n=4'}).text
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows[0]) == 1
    assert rows[0][0].startswith("# Source: ")
    assert "=1+1" in rows[0][0]
    assert not any(c.startswith(("=", "+", "-", "@")) for r in rows for c in r)
