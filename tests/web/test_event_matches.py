"""What other sources say, on an event's page: their claims as the store holds them, never merged, and never waited for."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from threading import Event as Gate
from typing import Any

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

import detente.api.other_sources as beside_module
from detente.api.case import PreparedCase
from detente.api.other_sources import OtherSourcesLoader
from detente.cases.matched_reports import MatchedReports, find_matched_reports
from detente.cli.main import cli
from detente.core.date_range import DateRange
from detente.events.arrow import to_table
from detente.events.event import Event, ReportedDeaths
from detente.events.matching.decisions import decisions_path, record_decision
from detente.events.matching.linkage import pair_id
from detente.store.writer import add_release
from detente.web.app import create_app
from detente.web.config import ServerConfig
from support.releases import make_reading
from support.second_source import FLAGSHIP_DATA, add_events, copy_as_ucdp_event, make_ucdp_event

KEY, OTHER = "DL-20260112-02", "DL-20260123-01"
PAGE = f"/pakistan-afghanistan/events/{KEY}"


@pytest.fixture
def cached(settings: ServerConfig, tmp_path: Path) -> ServerConfig:
    """What is kept of a store lies in this test's own folder."""
    return replace(settings, cache=tmp_path / "cache")


@pytest.fixture
def client(cached: ServerConfig, flagship: PreparedCase) -> Iterator[TestClient]:
    with TestClient(create_app(cached, {flagship.id: flagship}), raise_server_exceptions=False) as c:
        yield c


def read(client: TestClient, study: PreparedCase) -> None:
    """As `detente serve` does before the first page."""
    client.app.state.beside.read(study)  # type: ignore[attr-defined]


def told(client: TestClient, key: str = KEY) -> dict[str, Any]:
    data: dict[str, Any] = client.get(f"/pakistan-afghanistan/events/{key}.json").json()["page"]["elsewhere"]
    return data


def text(client: TestClient) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return " ".join(unescape(answer.text).split())


def ucdp(**changes: object) -> Event:
    told = copy_as_ucdp_event(KEY, "611281", tolls=ReportedDeaths(4, 7, 9), summary="They fought near Tank.")
    return replace(told, **changes)  # type: ignore[arg-type]


def test_without_a_store_the_page_says_how_to_bring_one(client: TestClient, flagship: PreparedCase) -> None:
    read(client, flagship)
    assert told(client)["state"] == "no store"
    assert "Nobody has brought another source yet. <code>detente ingest FILE</code>" in text(client)


def test_what_another_source_says_is_its_claim_with_score_and_reasons(
    client: TestClient, cached: ServerConfig, flagship: PreparedCase
) -> None:
    add_events(cached.store, [ucdp()])
    read(client, flagship)
    page = text(client)
    for said in ("UCDP says: They fought near Tank.", "likely by its score", "4–9 deaths", "both name Pakistan, TTP",
                 "who began is not told", "Nothing is merged", "version 1 of the store", "ucdp/made"):  # fmt: skip
        assert said in page
    (r,) = told(client)["reports"]
    assert {x["what"] for x in r["reasons"]} == {"when", "where", "who", "deaths"}
    assert r["bits"] == pytest.approx(sum(x["bits"] for x in r["reasons"]), abs=0.03)


def test_the_page_and_the_command_tell_the_same(
    client: TestClient, cached: ServerConfig, flagship: PreparedCase
) -> None:
    later = DateRange(date(2026, 1, 13), date(2026, 1, 13))
    add_events(
        cached.store, [ucdp(), ucdp(id="2", span=later), copy_as_ucdp_event(OTHER, "9", tolls=ReportedDeaths(7, 7, 7))]
    )
    read(client, flagship)
    done = CliRunner().invoke(cli, ["events", "--id", KEY, "--store", str(cached.store), "--json"])
    command, page = json.loads(done.stdout), told(client)
    assert [(r["id"], r["standing"]) for r in command["other_reports"]] == [
        (r["id"], r["standing"]) for r in page["reports"]
    ]
    assert [r["score"] for r in command["other_reports"]] == pytest.approx(
        [r["bits"] for r in page["reports"]], abs=0.01
    )
    assert [d["what"] for d in command["disagreements"]] == [d["what"] for d in page["otherwise"]] == ["deaths", "day"]


def test_where_reports_disagree_each_says_its_own(
    client: TestClient, cached: ServerConfig, flagship: PreparedCase
) -> None:
    place = replace(FLAGSHIP_DATA.event(KEY).place, name="Gomal", latitude=32.75, precision="place")
    day = DateRange(date(2026, 1, 13), date(2026, 1, 13))
    add_events(
        cached.store, [ucdp(place=place, span=day, raw_initiators=("TTP",), raw_recipients=("Government of Pakistan",))]
    )
    record_decision(decisions_path(cached.store), pair_id(FLAGSHIP_DATA.event(KEY), ucdp()), "accept")
    read(client, flagship)
    said = {d["what"]: [(s["source"], s["id"], s["claim"]) for s in d["said"]] for d in told(client)["otherwise"]}
    assert said == {
        "deaths": [("chronology", KEY, "6–7"), ("UCDP", "611281", "4–9")],
        "day": [("chronology", KEY, "12 January 2026"), ("UCDP", "611281", "13 January 2026")],
        "place": [("chronology", KEY, "Tank, Khyber Pakhtunkhwa, Pakistan"), ("UCDP", "611281", "Gomal, Khyber Pakhtunkhwa, Pakistan")],
    }  # fmt: skip


def test_what_a_person_decided_is_said_and_a_refused_report_disagrees_with_nothing(
    client: TestClient, cached: ServerConfig, flagship: PreparedCase
) -> None:
    add_events(cached.store, [ucdp(), ucdp(id="2", tolls=ReportedDeaths(50, 50, 50))])
    record_decision(decisions_path(cached.store), pair_id(FLAGSHIP_DATA.event(KEY), ucdp(id="2")), "refuse")
    record_decision(decisions_path(cached.store), pair_id(FLAGSHIP_DATA.event(KEY), ucdp()), "accept")
    read(client, flagship)
    data, page = told(client), text(client)
    assert [(r["id"], r["standing"]) for r in data["reports"]] == [("611281", "accepted"), ("2", "refused")]
    assert [s["id"] for d in data["otherwise"] for s in d["said"]] == [KEY, "611281"]
    assert "accepted by a person" in page
    assert "1 that a person said tells another event" in page


def test_a_report_that_may_tell_two_events_says_so(
    client: TestClient, cached: ServerConfig, flagship: PreparedCase
) -> None:
    add_events(cached.store, [ucdp()])
    read(client, flagship)
    rival = [k for k, links in client.app.state.beside.status(flagship).found.links.items() if k != KEY and links]  # type: ignore[attr-defined]
    assert [s["id"] for s in told(client)["reports"][0]["also"]] == rival
    for k in rival:
        assert KEY in [s["id"] for r in told(client, k)["reports"] for s in r["also"]]


@pytest.mark.parametrize(
    ("day", "said"),
    [(date(2026, 1, 1), "is alike enough to be a candidate, though its releases cover that day"),
     (date(2026, 1, 20), "do not cover that day, so their silence says nothing")],
)  # fmt: skip
def test_silence_on_a_day_that_was_covered_is_told_apart_from_no_cover(
    client: TestClient, cached: ServerConfig, flagship: PreparedCase, day: date, said: str
) -> None:
    names = ("Government of Pakistan", "BLA")
    add_events(cached.store, [make_ucdp_event(str(i), day + timedelta(days=i), names=names) for i in range(0, 30, 29)])
    read(client, flagship)
    assert told(client)["state"] == "no report"
    assert said in text(client)


def test_a_source_of_which_the_cast_knows_nothing_is_named(
    client: TestClient, cached: ServerConfig, flagship: PreparedCase
) -> None:
    strange = to_table([replace(ucdp(), source="elsewhere", release="A")])
    add_release(cached.store, make_reading(strange, source="elsewhere"))
    read(client, flagship)
    assert told(client)["state"] == "nothing else"
    assert "The store holds elsewhere, but nothing of it tells of this case" in text(client)


def test_a_store_that_cannot_be_read_leaves_the_page_standing(
    client: TestClient, cached: ServerConfig, flagship: PreparedCase
) -> None:
    add_events(cached.store, [ucdp()])
    decisions_path(cached.store).write_text("maybe a:1 b:2\n")
    read(client, flagship)
    assert "The store cannot be read" in text(client)
    assert "it is no decision" in told(client)["trouble"]


def test_what_breaks_behind_the_page_is_told_and_logged(
    client: TestClient, cached: ServerConfig, flagship: PreparedCase, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:  # fmt: skip
    def broken(*_: object) -> MatchedReports:
        raise ZeroDivisionError

    add_events(cached.store, [ucdp()])
    monkeypatch.setattr(beside_module, "find_matched_reports", broken)
    read(client, flagship)
    assert "it is our fault" in text(client)
    assert "could not be read" in caplog.text


def test_a_page_never_waits_for_the_store(
    client: TestClient, cached: ServerConfig, flagship: PreparedCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, ended, began = Gate(), Gate(), list[Path]()

    def held(g: Any, store: Path) -> MatchedReports:
        began.append(store)
        assert gate.wait(60)
        return find_matched_reports(g, store)

    def kept(file: Path, found: object) -> None:
        ended.set()

    add_events(cached.store, [ucdp()])
    monkeypatch.setattr(beside_module, "find_matched_reports", held)
    monkeypatch.setattr(beside_module, "cache_put", kept)
    assert told(client)["state"] == "being read"
    assert "being read for the first time" in text(client)
    gate.set()
    assert ended.wait(60)
    read(client, flagship)
    assert [r["standing"] for r in told(client)["reports"]] == ["likely"]

    # A decision comes: the page shows what was read before, says so, and begins once to read anew.
    gate.clear()
    began.clear()
    record_decision(decisions_path(cached.store), pair_id(FLAGSHIP_DATA.event(KEY), ucdp()), "accept")
    for _ in range(3):
        data = told(client)
        assert (data["reading"], [r["standing"] for r in data["reports"]]) == (True, ["likely"])
    assert "this is what was read before" in text(client)
    assert len(began) <= 1
    gate.set()
    read(client, flagship)
    data = told(client)
    assert (data["reading"], [r["standing"] for r in data["reports"]]) == (False, ["accepted"])


def test_what_was_read_is_kept_for_other_workers_until_the_store_changes(
    cached: ServerConfig, flagship: PreparedCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    count: list[Path] = []

    def counted(g: Any, store: Path) -> MatchedReports:
        count.append(store)
        return find_matched_reports(g, store)

    monkeypatch.setattr(beside_module, "find_matched_reports", counted)
    add_events(cached.store, [ucdp()])
    for _ in range(2):
        found = OtherSourcesLoader(cached.store, cached.cache).read(flagship)
        assert found is not None
        assert next(iter(found.links[KEY])).b.id == "611281"
    assert len(count) == 1
    add_events(cached.store, [ucdp(id="7")], release="made2", known_on=date(2026, 3, 2))
    found = OtherSourcesLoader(cached.store, cached.cache).read(flagship)
    assert found is not None
    assert (found.version, len(count)) == (2, 2)
    assert len(list(cached.cache.glob("*.beside"))) == 1
