"""A release of the store in the browser: filters, pages, who may see it, and the ways that lead to it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import unescape

import pytest
from starlette.testclient import TestClient

from detente.api.case import Case
from detente.events.arrow import to_table
from detente.store.writer import add_release
from detente.web.app import create_app
from detente.web.config import ServerConfig
from support.comments_workbench import BrowserClient, Workbench
from support.releases import make_reading, make_table
from support.second_source import FLAGSHIP_DATA

OPEN, CLOSED = "/data/releases/gdelt/2026", "/data/releases/acled/A%20%2F%201"
EVENTS = FLAGSHIP_DATA.events[:180]


@pytest.fixture
def bench(settings: ServerConfig, flagship: Case) -> Iterator[Workbench]:
    """A workbench with an open release of 180 events and a closed one of three."""
    told = [replace(e, source="gdelt", release="2026") for e in EVENTS]
    add_release(settings.store, make_reading(to_table(told), source="gdelt", release="2026", known_on=date(2026, 3, 1)))
    closed = make_table(["a", "b", "c"], source="acled", release="A / 1")
    add_release(settings.store, make_reading(closed, source="acled", release="A / 1"))
    app = create_app(replace(settings, read_store=False), {flagship.id: flagship})
    yield Workbench(app)
    app.state.database.dispose()


@pytest.fixture
def reader(bench: Workbench) -> BrowserClient:
    return bench.reader()


def test_release_page_lists_every_event(reader: BrowserClient) -> None:
    """The pages list each event of the release once, with the numbers of the record."""
    page = reader.data(f"{OPEN}.json")
    ids = [r["id"] for n in range(1, page["pages"] + 1) for r in reader.data(f"{OPEN}.json?page={n}")["rows"]]
    assert sorted(ids) == sorted(e.id for e in EVENTS)
    ranges = [e.tolls.range for e in EVENTS]
    known = [r for r in ranges if r]
    assert page["found"] == page["total"] == len(EVENTS)
    assert page["count"] == {
        "events": len(EVENTS), "deaths_low": sum(r[0] for r in known), "deaths_high": sum(r[1] for r in known),
        "without_toll": len(EVENTS) - len(known),
    }  # fmt: skip
    assert sum(p["count"]["events"] for p in page["periods"]) == len(EVENTS)
    assert reader.get(f"{OPEN}?page={page['pages'] + 1}").status_code == 404


def test_release_filters_match_record(reader: BrowserClient) -> None:
    """Filters by country, type, day and name as written find the events of a plain loop."""
    name = next(n for e in EVENTS for n in e.raw_initiators)
    for question, wanted in (
        ("country=AFG", [e for e in EVENTS if e.place.country == "AFG"]),
        ("type=ASSAULT&type=COERCE", [e for e in EVENTS if e.type in ("ASSAULT", "COERCE")]),
        (f"actor={name.lower()}", [e for e in EVENTS if name.lower() in "; ".join((*e.raw_initiators, *e.raw_recipients)).lower()]),
        ("from=2021-09-01&to=2021-09-30", [e for e in EVENTS if date(2021, 9, 1) <= e.day <= date(2021, 9, 30)]),
    ):  # fmt: skip
        page = reader.data(f"{OPEN}.json?{question}")
        assert wanted
        assert page["found"] == len(wanted), question
        assert {r["id"] for r in page["rows"]} <= {e.id for e in wanted}


def test_release_bar_leads_to_its_events(reader: BrowserClient) -> None:
    """The address of a month lists as many events as its bar shows, with the other filters."""
    for question in ("", "?type=ASSAULT&from=2021-09-10"):
        for p in reader.data(f"{OPEN}.json{question}")["periods"]:
            if p["address"]:
                assert reader.data(p["address"].replace("?", ".json?"))["count"] == p["count"]


def test_release_order_is_in_header(reader: BrowserClient) -> None:
    """The table says by which column it is sorted, and each header leads to an order that exists."""
    page = reader.data(f"{OPEN}.json?view=table&sort=country-down")
    assert [(c["key"], c["sorted"]) for c in page["columns"] if c["sorted"] != "none"] == [("country", "descending")]
    for c in page["columns"]:
        assert not c["address"] or reader.get(c["address"]).status_code == 200
    assert 'aria-sort="descending"' in reader.get(f"{OPEN}?view=table&sort=deaths").text


def test_closed_release_needs_account(bench: Workbench, reader: BrowserClient) -> None:
    """A release whose licence forbids passing rows on is shown to accounts alone, as page and as data."""
    for address in (CLOSED, f"{CLOSED}.json", f"{CLOSED}?text=x"):
        answer = reader.get(address)
        assert answer.status_code == 401
        assert "Made for a test" not in answer.text
    member = bench.reader("Ann")
    answer = member.get(f"{CLOSED}.json")
    assert answer.json()["page"]["found"] == 3
    assert answer.headers["cache-control"] == "private, no-store"
    assert member.get(CLOSED).status_code == 200


def test_unknown_licence_needs_account(bench: Workbench, settings: ServerConfig) -> None:
    """A source whose terms are not on file is treated like one that forbids passing on."""
    add_release(settings.store, make_reading(make_table(["a"], source="my table"), source="my table"))
    assert bench.reader().get("/data/releases/my%20table/A").status_code == 401


def test_private_server_hides_open_release(bench: Workbench, settings: ServerConfig, flagship: Case) -> None:
    """On a private server an open release needs an account too."""
    app = create_app(replace(settings, private=True, read_store=False), {flagship.id: flagship})
    assert Workbench(app).reader().get(f"{OPEN}.json").status_code == 401
    app.state.database.dispose()


def test_unknown_release_suggests_nearest(reader: BrowserClient, client: TestClient) -> None:
    """An unknown release gives 404 and the nearest name; so does a server without a store."""
    answer = reader.get("/data/releases/gdelt/2025.json")
    assert answer.status_code == 404
    assert "'gdelt/2026'" in answer.json()["error"]
    assert reader.get("/data/releases/x/%00%F0%9F%92%A9").status_code == 404


def test_store_missing_gives_404(client: TestClient) -> None:
    """Without a store there is no release."""
    assert client.get("/data/releases/gdelt/2026").status_code == 404


@pytest.mark.parametrize(
    "query", ["from=2025-02-30", "from=2025-03-01&to=2025-02-01", "sort=best", "view=pivot", f"text={'x' * 300}", f"actor={'x' * 300}"]
)  # fmt: skip
def test_bad_release_filter_gives_400(reader: BrowserClient, query: str) -> None:
    """An invalid filter gives 400."""
    assert reader.get(f"{OPEN}.json?{query}").status_code == 400


@pytest.mark.parametrize(
    "query", ["text=';DROP TABLE e;--", "actor=%25_", "country=%00", "type=x&type=y", "country=ZZZ", "page=0"]
)
def test_hostile_release_filter_finds_nothing(reader: BrowserClient, query: str) -> None:
    """Hostile values find nothing and break nothing."""
    answer = reader.get(f"{OPEN}.json?{query}")
    assert answer.status_code == 404 if query.startswith("page") else answer.json()["page"]["found"] == 0
    assert reader.data(f"{OPEN}.json")["found"] == len(EVENTS)


def test_data_page_links_releases(reader: BrowserClient) -> None:
    """The data page leads to each release and says which are for accounts only."""
    releases = {r["source"]: r for r in reader.data("/data.json")["releases"]}
    assert (releases["gdelt"]["address"], releases["acled"]["address"]) == (OPEN, CLOSED)
    assert (releases["gdelt"]["open"], releases["acled"]["open"]) == (True, False)
    html = unescape(reader.get("/data").text)
    assert f'href="{OPEN}"' in html
    assert html.count("accounts only") == 1


def test_unsafe_report_address_is_not_linked(bench: Workbench, settings: ServerConfig) -> None:
    """An address that is no web address does not become a link."""
    table = make_table(["a"], source="gdelt", release="bad").to_pylist()
    table[0]["addresses"] = ["javascript:alert(1)", "https://example.org/1"]
    bad = make_table(["a"], source="gdelt", release="bad").from_pylist(table, schema=make_table(["a"]).schema)
    add_release(settings.store, make_reading(bad, source="gdelt", release="bad"))
    html = bench.reader().get("/data/releases/gdelt/bad").text
    assert "javascript:" not in html
    assert 'href="https://example.org/1"' in html


def test_closed_rejected_rows_need_account(bench: Workbench, settings: ServerConfig) -> None:
    """Rejected rows hold the source's own text, so those of a closed release are for accounts alone."""
    for source in ("gdelt", "acled"):
        table = make_table(["a"], source=source, release="R")
        add_release(settings.store, make_reading(table, set_aside=2, source=source, release="R"))
    reader, member = bench.reader(), bench.reader("Ann")
    for form in ("", ".json", ".csv"):
        assert reader.get(f"/data/set-aside{form}?release=acled/R").status_code == 401
        assert reader.get(f"/data/set-aside{form}?release=gdelt/R").status_code == 200
        assert member.get(f"/data/set-aside{form}?release=acled/R").status_code == 200
    assert (reader.data("/data/set-aside.json")["total"], member.data("/data/set-aside.json")["total"]) == (2, 4)
    assert {r["source"] for r in reader.data("/data/set-aside.json")["rows"]} == {"gdelt"}
    assert "acled" not in reader.get("/data/set-aside.csv").text
