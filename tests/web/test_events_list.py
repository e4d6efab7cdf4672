"""The list of events: every filter against a plain loop, nothing lost between pages, files that hold what the page counts."""

import csv
import io
import json
from datetime import date
from html import unescape

import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from detente.api.case import PreparedCase
from detente.api.events.event_row import format_country_name
from detente.api.events.filters import (
    EventQuery,
    build_filter_masks,
    find_event_positions,
    format_query_string,
    measure_filter_effects,
    parse_event_query,
)
from detente.api.events.table import CHANNEL_OPTIONS, UNASSIGNED, build_place_key, get_event_columns
from detente.cases.channel_rule import CHANNELS
from detente.events.event import Event
from detente.events.plover import event_types
from detente.web.pages.events import PAGE_SIZE, build_events_page

HERE = "/pakistan-afghanistan/events"


def fits(study: PreparedCase, e: Event, q: EventQuery) -> bool:
    """What each filter means, one event at a time."""
    told = " ".join(
        [
            e.id, e.summary, e.place.name, e.place.province, format_country_name(study.case, e.place.country), *e.raw_initiators, *e.raw_recipients,
            *(f"{a.name} {a.short}" for a in study.case.cast if a.key in e.actors),
        ]
    ).casefold()  # fmt: skip
    return (
        (not q.channel or (study.g.channel(e) or UNASSIGNED) in q.channel)
        and (not q.actor or any(a in e.actors for a in q.actor))
        and (not q.type or e.type in q.type)
        and (not q.place or any((build_place_key(e) + "/").startswith(p + "/") for p in q.place))
        and (not q.precision or e.place.precision in q.precision)
        and (q.first is None or e.day >= q.first)
        and (q.last is None or e.day <= q.last)
        and (q.disputed is None or e.disputed == q.disputed)
        and all(w in told for w in q.text.casefold().split())
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
def test_a_question_finds_what_a_plain_loop_finds(flagship: PreparedCase, query: EventQuery) -> None:
    columns = get_event_columns(flagship)
    plain = {e.id for e in flagship.g.events if fits(flagship, e, query)}
    assert {
        columns.events[i].id for i in find_event_positions(columns, query, build_filter_masks(columns, query))
    } == plain


@settings(max_examples=80, deadline=None)
@given(query=QUERIES)
def test_an_address_gives_the_question_back(flagship: PreparedCase, query: EventQuery) -> None:
    from urllib.parse import parse_qsl

    assert parse_event_query(parse_qsl(format_query_string(query)), get_event_columns(flagship)) == query


@settings(max_examples=60, deadline=None)
@given(query=QUERIES)
def test_the_count_beside_a_channel_is_what_choosing_it_alone_would_find(
    flagship: PreparedCase, query: EventQuery
) -> None:
    columns = get_event_columns(flagship)
    page = build_events_page(flagship, query)
    for choice in page.channels:
        alone = EventQuery(**{f: getattr(query, f) for f in query.__slots__} | {"channel": (choice.value,)})
        assert choice.events == len(find_event_positions(columns, alone, build_filter_masks(columns, alone)))


def test_every_event_is_listed_once_over_all_pages(client: TestClient, flagship: PreparedCase) -> None:
    first = client.get(f"{HERE}.json").json()["page"]
    ids = []
    for n in range(1, first["pages"] + 1):
        rows = client.get(f"{HERE}.json?page={n}").json()["page"]["rows"]
        assert len(rows) == PAGE_SIZE or n == first["pages"]
        ids += [r["id"] for r in rows]
    assert sorted(ids) == sorted(e.id for e in flagship.g.events)
    assert client.get(f"{HERE}?page={first['pages'] + 1}").status_code == 404


def test_channels_and_the_unassigned_add_up_to_the_record(client: TestClient, flagship: PreparedCase) -> None:
    page = client.get(f"{HERE}.json").json()["page"]
    count = {c["value"]: c["events"] for c in page["channels"]}
    assert set(count) == {*CHANNELS, UNASSIGNED}
    assert sum(count.values()) == page["total"] == len(flagship.g.events)
    assert count[UNASSIGNED] == len(flagship.g.unassigned)


def test_places_of_a_country_add_up_to_no_more_than_the_country(client: TestClient) -> None:
    groups = client.get(f"{HERE}.json?channel=attack").json()["page"]["places"]
    assert [g["name"] for g in groups][:2] == ["Pakistan", "Afghanistan"]
    for g in groups:
        whole, *parts = g["choices"]
        assert whole["name"].startswith("all of ")
        assert sum(p["events"] for p in parts) <= whole["events"]


QUESTION = "channel=strike&channel=clash&place=AFG&from=2024-01-01"


def test_each_file_holds_the_events_that_the_page_counts(client: TestClient) -> None:
    page = client.get(f"{HERE}.json?{QUESTION}&page=all").json()["page"]
    ids = [e["id"] for e in page["events"]]
    assert len(ids) == page["found"] == client.get(f"{HERE}.json?{QUESTION}").json()["page"]["found"] > 0
    rows = list(csv.DictReader(io.StringIO(client.get(f"{HERE}.csv?{QUESTION}").text)))
    table = pyarrow.parquet.read_table(io.BytesIO(client.get(f"{HERE}.parquet?{QUESTION}").content))
    features = client.get(f"{HERE}.geojson?{QUESTION}").json()["features"]
    assert [r["id"] for r in rows] == table["id"].to_pylist() == [f["id"] for f in features] == ids
    assert {r["channel"] for r in rows} <= {"strike", "clash"}


def test_files_say_their_licence_and_how_precise_a_point_is(client: TestClient) -> None:
    collection = client.get(f"{HERE}.geojson?{QUESTION}").json()
    table = pyarrow.parquet.read_table(io.BytesIO(client.get(f"{HERE}.parquet?{QUESTION}").content))
    sheet = client.get(f"{HERE}.csv?{QUESTION}")
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


def test_a_file_is_the_one_that_the_command_writes(client: TestClient, tmp_path) -> None:  # type: ignore[no-untyped-def]
    from click.testing import CliRunner

    from detente.cli.main import cli

    target = tmp_path / "strikes.json"
    CliRunner().invoke(cli, ["events", "--channel", "strike", "--save", str(target)], catch_exceptions=False)
    told = client.get(f"{HERE}.json?channel=strike&sort=oldest&page=all").json()["page"]["events"]
    assert json.loads(target.read_text(encoding="utf-8")) == told


def test_unknown_is_empty_in_a_file_and_never_nought(client: TestClient, flagship: PreparedCase) -> None:
    rows = {r["id"]: r for r in csv.DictReader(io.StringIO(client.get(f"{HERE}.csv").text))}
    for e in flagship.g.events:
        assert rows[e.id]["deaths_low"] == ("" if e.tolls.low is None else str(e.tolls.low))
        assert rows[e.id]["channel"] == (flagship.g.channel(e) or "")


def test_an_empty_result_names_the_filter_that_emptied_it(client: TestClient, flagship: PreparedCase) -> None:
    asked = "channel=strike&text=zzzz"
    page = client.get(f"{HERE}.json?{asked}").json()["page"]
    assert page["found"] == 0
    by = {e["said"].split(":")[0]: e for e in page["emptied"]}
    strikes = len(flagship.g.of("strike"))
    assert by["“zzzz”"]["said"].endswith("fits no event at all")
    assert by["“zzzz”"]["without"] == strikes
    assert client.get(by["“zzzz”"]["address"].replace("?", ".json?")).json()["page"]["found"] == strikes
    assert by["channel strike"]["without"] == 0
    assert "No event fits all of this" in client.get(f"{HERE}?{asked}").text


def test_what_remains_without_a_filter_is_counted_right_for_any_question(flagship: PreparedCase) -> None:
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
    ("asked", "told"),
    [
        ("channel=strikes", "Nearest: 'strike'"),
        ("type=ASAULT", "Nearest: 'ASSAULT'"),
        ("actor=TPP", "Nearest: 'TTP'"),
        ("from=2025-02-30", "no day of the calendar"),
        ("from=2025-03-01&to=2025-02-01", "Swap the two days"),
        ("disputed=maybe", "Known: yes, no"),
        ("sort=best", "Known: newest, oldest, deaths"),
        ("place=PAK/Balochistn", "Nearest: 'PAK/Balochistan"),
        (f"text={'x' * 300}", "longer than 200 characters"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_can(client: TestClient, asked: str, told: str) -> None:
    for form in ("", ".json", ".csv"):
        answer = client.get(f"{HERE}{form}?{asked}")
        assert answer.status_code == 400
        assert told in unescape(answer.text)


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999", "²"])
def test_a_page_that_is_no_page_is_not_there(client: TestClient, page: str) -> None:
    assert client.get(f"{HERE}?page={page}").status_code == 404


def test_an_unknown_form_is_told_the_known_ones(client: TestClient) -> None:
    answer = client.get(f"{HERE}.xlsx")
    assert answer.status_code == 404
    assert "csv, parquet, geojson and json" in unescape(answer.text)


def test_empty_fields_of_the_form_ask_nothing(client: TestClient) -> None:
    page = client.get(f"{HERE}.json?text=&from=&to=&place=&disputed=&page=").json()["page"]
    assert page["found"] == page["total"]
    assert page["said"] == []


def test_events_without_a_figure_of_deaths_stand_last_when_the_deadliest_are_asked_for(flagship: PreparedCase) -> None:
    order = [get_event_columns(flagship).events[i].tolls.range for i in get_event_columns(flagship).orders["deaths"]]
    told = [t[1] for t in order if t is not None]
    assert told == sorted(told, reverse=True)
    assert None not in order[: len(told)]


def test_every_type_of_act_can_be_asked_for(client: TestClient) -> None:
    assert {c["value"] for c in client.get(f"{HERE}.json").json()["page"]["types"]} == set(event_types())


def test_both_ends_of_a_window_belong_to_it(flagship: PreparedCase) -> None:
    columns = get_event_columns(flagship)
    for day in {e.day for e in flagship.g.events[::20]}:
        query = EventQuery(first=day, last=day)
        assert len(find_event_positions(columns, query, build_filter_masks(columns, query))) == sum(
            e.day == day for e in flagship.g.events
        )
