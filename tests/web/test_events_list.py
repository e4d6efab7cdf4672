"""The list of events: filters against a plain loop, pagination, facet counts, downloads."""

import csv
import io
import json
from datetime import date
from html import unescape
from urllib.parse import parse_qsl

import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from detente.api.case import Case
from detente.api.events.event_row import format_country_name
from detente.api.events.filters import (
    BadEventQuery,
    EventQuery,
    build_filter_masks,
    find_event_positions,
    format_query_string,
    measure_filter_effects,
    parse_event_query,
)
from detente.api.events.table import CHANNEL_OPTIONS, UNASSIGNED, build_place_key, get_event_columns
from detente.cases.channel_names import channel_name
from detente.cases.channel_rule import COUNTED_CHANNELS
from detente.events.event import Event
from detente.events.plover import event_types
from detente.web.pages.events import PAGE_SIZE, build_events_page

HERE = "/pakistan-afghanistan/events"


def matches_query(prepared: Case, e: Event, q: EventQuery) -> bool:
    """Apply each filter to one event by its definition."""
    text = " ".join(
        [
            e.id, e.summary, e.place.name, e.place.province, format_country_name(prepared.case, e.place.country), *e.raw_initiators, *e.raw_recipients,
            *(f"{a.name} {a.short}" for a in prepared.case.cast if a.key in e.actors),
        ]
    ).casefold()  # fmt: skip
    return (
        (not q.channel or (prepared.g.channel(e) or UNASSIGNED) in q.channel)
        and (not q.actor or any(a in e.actors for a in q.actor))
        and (not q.type or e.type in q.type)
        and (not q.place or any((build_place_key(e) + "/").startswith(p + "/") for p in q.place))
        and (not q.precision or e.place.precision in q.precision)
        and (q.first is None or e.day >= q.first)
        and (q.last is None or e.day <= q.last)
        and (q.disputed is None or e.disputed == q.disputed)
        and all(w in text for w in q.text.casefold().split())
    )


QUERIES = st.builds(
    EventQuery,
    channel=st.lists(st.sampled_from(CHANNEL_OPTIONS), max_size=3, unique=True).map(lambda c: tuple(k for k in CHANNEL_OPTIONS if k in c)),
    actor=st.sampled_from([(), ("TTP",), ("QAT", "UN"), ("PAK",)]),
    type=st.sampled_from([(), ("ASSAULT",), ("AGREE", "CONSULT"), ("SANCTION",)]),
    place=st.sampled_from([(), ("PAK",), ("PAK/Khyber Pakhtunkhwa",), ("PAK/Khyber Pakhtunkhwa/Torkham", "AFG"), ("USA",)]),
    precision=st.sampled_from([(), ("place",), ("province", "country")]),
    first=st.none() | st.dates(date(2021, 8, 15), date(2024, 1, 1)),
    last=st.none() | st.dates(date(2024, 1, 1), date(2026, 7, 1)),
    disputed=st.sampled_from([None, True, False]),
    text=st.sampled_from(["", "Torkham", "TORKHAM trucks", "killed", "Qatar doha", "%_\\"]),
    sort=st.sampled_from(["newest", "oldest", "deaths"]),
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(query=QUERIES)
def test_filters_match_plain_loop(flagship: Case, query: EventQuery) -> None:
    """The filters find the same events as a plain loop."""
    columns = get_event_columns(flagship)
    plain = {e.id for e in flagship.g.events if matches_query(flagship, e, query)}
    assert {
        columns.events[i].id for i in find_event_positions(columns, query, build_filter_masks(columns, query))
    } == plain


@settings(max_examples=80, deadline=None)
@given(query=QUERIES)
def test_query_string_round_trips(flagship: Case, query: EventQuery) -> None:
    """Parsing a written query string returns the query."""
    assert parse_event_query(parse_qsl(format_query_string(query)), get_event_columns(flagship)) == query


@settings(max_examples=60, deadline=None)
@given(query=QUERIES)
def test_channel_counts_match_single_choice(flagship: Case, query: EventQuery) -> None:
    """The count of a channel is the number of events that choosing it alone would find."""
    columns = get_event_columns(flagship)
    page = build_events_page(flagship, query)
    for choice in page.channels:
        alone = EventQuery(**{f: getattr(query, f) for f in query.__slots__} | {"channel": (choice.value,)})
        assert choice.events == len(find_event_positions(columns, alone, build_filter_masks(columns, alone)))


def test_pages_list_every_event_once(reader: TestClient, flagship: Case) -> None:
    """The pages list every event exactly once."""
    first = reader.get(f"{HERE}.json").json()["page"]
    ids = []
    for n in range(1, first["pages"] + 1):
        rows = reader.get(f"{HERE}.json?page={n}").json()["page"]["rows"]
        assert len(rows) == PAGE_SIZE or n == first["pages"]
        ids += [r["id"] for r in rows]
    assert sorted(ids) == sorted(e.id for e in flagship.g.events)
    assert reader.get(f"{HERE}?page={first['pages'] + 1}").status_code == 404


def test_channel_counts_add_up(reader: TestClient, flagship: Case) -> None:
    """The counts of channels and of unassigned events add up to the record."""
    page = reader.get(f"{HERE}.json").json()["page"]
    count = {c["value"]: c["events"] for c in page["channels"]}
    assert set(count) == {*COUNTED_CHANNELS, UNASSIGNED}
    assert sum(count.values()) == page["total"] == len(flagship.g.events)
    assert count[UNASSIGNED] == len(flagship.g.unassigned)


def test_place_counts_stay_within_country(reader: TestClient) -> None:
    """The counts of a country's places do not exceed the country's."""
    groups = reader.get(f"{HERE}.json?channel=attack").json()["page"]["places"]
    assert [g["name"] for g in groups][:2] == ["Pakistan", "Afghanistan"]
    for g in groups:
        whole, *parts = g["choices"]
        assert whole["name"].startswith("all of ")
        assert sum(p["events"] for p in parts) <= whole["events"]


QUESTION = "channel=strike&channel=clash&place=AFG&from=2024-01-01"


def test_files_contain_counted_events(reader: TestClient) -> None:
    """Each download contains the events that the page counts."""
    page = reader.get(f"{HERE}.json?{QUESTION}&page=all").json()["page"]
    ids = [e["id"] for e in page["events"]]
    assert len(ids) == page["found"] == reader.get(f"{HERE}.json?{QUESTION}").json()["page"]["found"] > 0
    rows = list(csv.DictReader(io.StringIO(reader.get(f"{HERE}.csv?{QUESTION}").text)))
    table = pyarrow.parquet.read_table(io.BytesIO(reader.get(f"{HERE}.parquet?{QUESTION}").content))
    features = reader.get(f"{HERE}.geojson?{QUESTION}").json()["features"]
    assert [r["id"] for r in rows] == table["id"].to_pylist() == [f["id"] for f in features] == ids
    assert {r["channel"] for r in rows} <= {"strike", "clash"}


def test_files_carry_licence_and_precision(reader: TestClient) -> None:
    """Each download carries its licence and the precision of points."""
    collection = reader.get(f"{HERE}.geojson?{QUESTION}").json()
    table = pyarrow.parquet.read_table(io.BytesIO(reader.get(f"{HERE}.parquet?{QUESTION}").content))
    sheet = reader.get(f"{HERE}.csv?{QUESTION}")
    assert (
        collection["licence"]
        == table.schema.metadata[b"licence"].decode()
        == sheet.headers["x-detente-licence"]
        == "CC BY 4.0"
    )
    assert collection["citation"] and "stand-in" in collection["precision"]
    for f in collection["features"]:
        assert f["properties"]["geo_precision"]
        if f["geometry"]:
            assert f["geometry"]["coordinates"] == [f["properties"]["longitude"], f["properties"]["latitude"]]
        else:
            assert f["properties"]["longitude"] is None


def test_json_equals_command_file(reader: TestClient, tmp_path) -> None:  # type: ignore[no-untyped-def]
    """The JSON of all events equals the file of `detente events`."""
    from click.testing import CliRunner

    from detente.cli.main import cli

    target = tmp_path / "strikes.json"
    CliRunner().invoke(cli, ["events", "--channel", "strike", "--save", str(target)], catch_exceptions=False)
    events = reader.get(f"{HERE}.json?channel=strike&sort=oldest&page=all").json()["page"]["events"]
    assert json.loads(target.read_text(encoding="utf-8")) == events


def test_unknown_values_are_empty_in_csv(reader: TestClient, flagship: Case) -> None:
    """Unknown values are empty in a CSV file, never 0."""
    rows = {r["id"]: r for r in csv.DictReader(io.StringIO(reader.get(f"{HERE}.csv").text))}
    for e in flagship.g.events:
        assert rows[e.id]["deaths_low"] == ("" if e.tolls.low is None else str(e.tolls.low))
        assert rows[e.id]["channel"] == (flagship.g.channel(e) or "")


def test_empty_result_explains_each_filter(reader: TestClient, flagship: Case) -> None:
    """An empty result shows for each filter how many events remain without it."""
    query = "channel=strike&text=zzzz"
    page = reader.get(f"{HERE}.json?{query}").json()["page"]
    assert page["found"] == 0
    by = {e["said"].split(":")[0]: e for e in page["emptied"]}
    kind = channel_name(flagship.case, "strike")
    strikes = len(flagship.g.of("strike"))
    assert by["“zzzz”"]["without"] == strikes
    assert reader.get(by["“zzzz”"]["address"].replace("?", ".json?")).json()["page"]["found"] == strikes
    assert by[kind]["without"] == 0
    html = unescape(reader.get(f"{HERE}?{query}").text)
    assert all(e["said"] in html for e in page["emptied"])


def test_filter_effects_match_removed_filter(flagship: Case) -> None:
    """The effect of a filter equals the count of the query without it."""
    columns = get_event_columns(flagship)
    query = EventQuery(channel=("truce",), place=("USA",), text="ceasefire")
    through = build_filter_masks(columns, query)
    for e in measure_filter_effects(columns, through):
        without = EventQuery(
            **{f: getattr(query, f) for f in query.__slots__}
            | {e.filter: EventQuery.__dataclass_fields__[e.filter].default}
        )
        assert e.without == len(find_event_positions(columns, without, build_filter_masks(columns, without)))


@pytest.mark.parametrize(
    ("query", "name", "remedy"),
    [
        ("channel=strikes", "channel", "'strike'"),
        ("type=ASAULT", "type", "'ASSAULT'"),
        ("actor=TPP", "actor", "'TTP'"),
        ("from=2025-02-30", "from", "YYYY-MM-DD"),
        ("from=2025-03-01&to=2025-02-01", "to", "Swap"),
        ("disputed=maybe", "disputed", "yes, no"),
        ("sort=best", "sort", "newest, oldest, deaths"),
        ("place=PAK/Balochistn", "place", "'PAK/Balochistan"),
        (f"text={'x' * 300}", "text", "fewer words"),
    ],
)
def test_bad_query_names_parameter_and_remedy(
    reader: TestClient, flagship: Case, query: str, name: str, remedy: str
) -> None:
    """An invalid filter gives 400 with the parameter and the valid values."""
    with pytest.raises(BadEventQuery) as error:
        parse_event_query(parse_qsl(query), get_event_columns(flagship))
    assert error.value.name == name
    assert remedy in error.value.remedy
    for form in ("", ".json", ".csv"):
        answer = reader.get(f"{HERE}{form}?{query}")
        assert answer.status_code == 400
        assert remedy in unescape(answer.text)


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999", "²"])
def test_invalid_page_number_is_missing(reader: TestClient, page: str) -> None:
    """An invalid page number gives 404."""
    assert reader.get(f"{HERE}?page={page}").status_code == 404


def test_unknown_format_lists_known_formats(reader: TestClient) -> None:
    """An unknown format gives 404 and the known formats."""
    answer = reader.get(f"{HERE}.docx")
    assert answer.status_code == 404
    assert all(form in answer.text for form in ("csv", "xlsx", "parquet", "geojson", "json"))


def test_empty_form_fields_do_not_filter(reader: TestClient) -> None:
    """Empty form fields do not filter."""
    page = reader.get(f"{HERE}.json?text=&from=&to=&place=&disputed=&page=").json()["page"]
    assert page["found"] == page["total"]
    assert page["said"] == []


def test_deadliest_order_puts_unknown_last(flagship: Case) -> None:
    """In order of deaths, events without a figure come last."""
    order = [get_event_columns(flagship).events[i].tolls.range for i in get_event_columns(flagship).orders["deaths"]]
    highest = [t[1] for t in order if t is not None]
    assert highest == sorted(highest, reverse=True)
    assert None not in order[: len(highest)]


def test_every_event_type_is_offered(reader: TestClient) -> None:
    """Every event type is offered as a filter."""
    assert {c["value"] for c in reader.get(f"{HERE}.json").json()["page"]["types"]} == set(event_types())


def test_date_window_includes_both_ends(flagship: Case) -> None:
    """A window of days includes its first and last day."""
    columns = get_event_columns(flagship)
    for day in {e.day for e in flagship.g.events[::20]}:
        query = EventQuery(first=day, last=day)
        assert len(find_event_positions(columns, query, build_filter_masks(columns, query))) == sum(
            e.day == day for e in flagship.g.events
        )
