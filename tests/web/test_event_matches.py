"""Other sources' reports on an event's page: claims from the store, never merged, read in the background."""

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

from detente.api import other_sources
from detente.api.case import Case
from detente.api.event_matches import (
    DiscrepancyRow,
    EventMatches,
    LinkReason,
    OtherReport,
    ReportClaim,
    withhold_closed_sources,
)
from detente.api.other_sources import OtherSourcesLoader
from detente.cases.matched_reports import MatchedReports, find_matched_reports
from detente.cli.main import cli
from detente.core.date_range import DateRange
from detente.core.disk_cache import DiskCache
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
    """Settings with a cache folder of this test's own."""
    return replace(settings, cache=tmp_path / "cache")


@pytest.fixture
def client(cached: ServerConfig, flagship: Case) -> Iterator[TestClient]:
    with TestClient(create_app(cached, {flagship.id: flagship}), raise_server_exceptions=False) as c:
        yield c


def read(client: TestClient, prepared: Case) -> None:
    """Read the store, as `detente serve` does before the first page."""
    client.app.state.beside.read(prepared)  # type: ignore[attr-defined]


def matches(client: TestClient, key: str = KEY) -> dict[str, Any]:
    data: dict[str, Any] = client.get(f"/pakistan-afghanistan/events/{key}.json").json()["page"]["elsewhere"]
    return data


def text(client: TestClient) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return " ".join(unescape(answer.text).split())


def ucdp(**changes: object) -> Event:
    event = copy_as_ucdp_event(KEY, "611281", tolls=ReportedDeaths(4, 7, 9), summary="They fought near Tank.")
    return replace(event, **changes)  # type: ignore[arg-type]


def test_matches_without_store_lead_to_upload(client: TestClient, flagship: Case) -> None:
    """Without a store the page says so and leads to the page where a release can be uploaded."""
    read(client, flagship)
    assert matches(client)["state"] == "no store"
    assert '<a href="/data">Data</a>' in text(client)


def test_match_shows_claim_score_and_reasons(client: TestClient, cached: ServerConfig, flagship: Case) -> None:
    """Another source's report is shown as its claim, with score and reasons."""
    add_events(cached.store, [ucdp()])
    read(client, flagship)
    page, data = text(client), matches(client)
    for shown in ("UCDP", "They fought near Tank.", "<td>4–9</td>", "Pakistan, TTP", "ucdp/made"):
        assert shown in page
    assert (data["version"], data["releases"]) == (1, ["ucdp/made"])
    (r,) = data["reports"]
    assert (r["standing"], r["deaths"], r["began_told"]) == ("probable", "4–9", False)
    assert {x["what"] for x in r["reasons"]} == {"when", "where", "who", "deaths"}
    assert r["bits"] == pytest.approx(sum(x["bits"] for x in r["reasons"]), abs=0.03)


def test_matches_equal_command_output(client: TestClient, cached: ServerConfig, flagship: Case) -> None:
    """The page and `detente events` give equal reports and discrepancies."""
    later = DateRange(date(2026, 1, 14), date(2026, 1, 14))
    add_events(
        cached.store, [ucdp(), ucdp(id="2", span=later), copy_as_ucdp_event(OTHER, "9", tolls=ReportedDeaths(7, 7, 7))]
    )
    read(client, flagship)
    result = CliRunner().invoke(cli, ["events", "--id", KEY, "--store", str(cached.store), "--json"])
    command, page = json.loads(result.stdout), matches(client)
    assert [(r["id"], r["standing"]) for r in page["reports"]][:2] == [("611281", "probable"), ("2", "possible")]
    (report,) = command["other_reports"]
    assert (report["id"], report["standing"]) == ("611281", "probable")
    assert report["probability"] == pytest.approx(page["reports"][0]["probability"], abs=0.001)
    assert [d["what"] for d in command["disagreements"]] == [d["what"] for d in page["otherwise"]] == ["deaths"]


def test_possible_report_is_not_compared(client: TestClient, cached: ServerConfig, flagship: Case) -> None:
    """A possible report is listed as not compared and causes no discrepancy."""
    later = DateRange(date(2026, 1, 13), date(2026, 1, 13))
    add_events(cached.store, [ucdp(span=later, tolls=ReportedDeaths(15, 15, 15))])
    read(client, flagship)
    data = matches(client)
    assert [(r["id"], r["standing"]) for r in data["reports"]] == [("611281", "possible")]
    assert data["otherwise"] == []
    assert "possible, not compared" in text(client)


def test_discrepancies_list_each_claim(client: TestClient, cached: ServerConfig, flagship: Case) -> None:
    """A discrepancy lists the claim of each report."""
    place = replace(FLAGSHIP_DATA.event(KEY).place, name="Gomal", latitude=32.75, precision="place")
    day = DateRange(date(2026, 1, 13), date(2026, 1, 13))
    add_events(
        cached.store, [ucdp(place=place, span=day, raw_initiators=("TTP",), raw_recipients=("Government of Pakistan",))]
    )
    record_decision(decisions_path(cached.store), pair_id(FLAGSHIP_DATA.event(KEY), ucdp()), "accept")
    read(client, flagship)
    claims = {d["what"]: [(s["source"], s["id"], s["claim"]) for s in d["said"]] for d in matches(client)["otherwise"]}
    assert claims == {
        "deaths": [("chronology", KEY, "6–7"), ("UCDP", "611281", "4–9")],
        "day": [("chronology", KEY, "12 January 2026"), ("UCDP", "611281", "13 January 2026")],
        "place": [("chronology", KEY, "Tank, Khyber Pakhtunkhwa, Pakistan"), ("UCDP", "611281", "Gomal, Khyber Pakhtunkhwa, Pakistan")],
    }  # fmt: skip


def test_decisions_set_standing_of_reports(client: TestClient, cached: ServerConfig, flagship: Case) -> None:
    """Decisions set the standing of reports; a refused report causes no discrepancy."""
    add_events(cached.store, [ucdp(), ucdp(id="2", tolls=ReportedDeaths(50, 50, 50))])
    record_decision(decisions_path(cached.store), pair_id(FLAGSHIP_DATA.event(KEY), ucdp(id="2")), "refuse")
    record_decision(decisions_path(cached.store), pair_id(FLAGSHIP_DATA.event(KEY), ucdp()), "accept")
    read(client, flagship)
    data = matches(client)
    assert [(r["id"], r["standing"]) for r in data["reports"]] == [("611281", "accepted"), ("2", "refused")]
    assert [s["id"] for d in data["otherwise"] for s in d["said"]] == [KEY, "611281"]
    shown = text(client)
    assert shown.count("confirmed by a person") == 2
    assert f'id="{data["reports"][0]["key"]}"' in shown


def test_ambiguous_report_lists_alternative_events(client: TestClient, cached: ServerConfig, flagship: Case) -> None:
    """A report that may describe two events is shown with both."""
    add_events(cached.store, [ucdp()])
    read(client, flagship)
    others = [k for k, links in client.app.state.beside.status(flagship).found.links.items() if k != KEY and links]  # type: ignore[attr-defined]
    assert [s["id"] for s in matches(client)["reports"][0]["also"]] == others
    for k in others:
        assert KEY in [s["id"] for r in matches(client, k)["reports"] for s in r["also"]]


@pytest.mark.parametrize(("day", "covering"), [(date(2026, 1, 1), ["UCDP"]), (date(2026, 1, 20), [])])
def test_silence_is_distinguished_from_missing_coverage(
    client: TestClient, cached: ServerConfig, flagship: Case, day: date, covering: list[str]
) -> None:
    """No report on a covered day is distinguished from a day without coverage."""
    names = ("Government of Pakistan", "BLA")
    add_events(cached.store, [make_ucdp_event(str(i), day + timedelta(days=i), names=names) for i in range(0, 30, 29)])
    read(client, flagship)
    assert matches(client)["state"] == "no report"
    assert matches(client)["watching"] == covering


def test_unmatched_source_is_named(client: TestClient, cached: ServerConfig, flagship: Case) -> None:
    """A source without known actors is named as unread."""
    strange = to_table([replace(ucdp(), source="elsewhere", release="A")])
    add_release(cached.store, make_reading(strange, source="elsewhere"))
    read(client, flagship)
    assert matches(client)["state"] == "nothing else"
    assert matches(client)["unread"] == ["elsewhere"]
    assert "elsewhere" in text(client)


def test_unreadable_store_leaves_page_working(client: TestClient, cached: ServerConfig, flagship: Case) -> None:
    """An unreadable store is reported, and the page still works."""
    add_events(cached.store, [ucdp()])
    decisions_path(cached.store).write_text("maybe a:1 b:2\n")
    read(client, flagship)
    data = matches(client)
    assert data["state"] == "not readable"
    assert data["trouble"] in text(client)


def test_background_error_is_shown_and_logged(
    client: TestClient, cached: ServerConfig, flagship: Case, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:  # fmt: skip
    """An error while reading the store is shown on the page and logged."""

    def broken(*_: object) -> MatchedReports:
        raise ZeroDivisionError

    add_events(cached.store, [ucdp()])
    monkeypatch.setattr(other_sources, "find_matched_reports", broken)
    read(client, flagship)
    assert matches(client)["trouble"] in text(client)
    assert [r.exc_info[0] for r in caplog.records if r.exc_info] == [ZeroDivisionError]


def test_page_does_not_wait_for_store(
    client: TestClient, cached: ServerConfig, flagship: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page shows the previous result while the store is being read."""
    gate, ended, began = Gate(), Gate(), list[Path]()

    def wait_and_read(g: Any, store: Path) -> MatchedReports:
        began.append(store)
        assert gate.wait(60)
        return find_matched_reports(g, store)

    record = DiskCache.record

    def store_nothing(cache: DiskCache, stage: str, key: str, make: Any) -> Any:
        if stage != other_sources.STAGE:
            return record(cache, stage, key, make)
        ended.set()
        return None

    add_events(cached.store, [ucdp()])
    monkeypatch.setattr(other_sources, "find_matched_reports", wait_and_read)
    monkeypatch.setattr(DiskCache, "record", store_nothing)
    assert matches(client)["state"] == "being read"
    assert client.get(PAGE).status_code == 200
    gate.set()
    assert ended.wait(60)
    read(client, flagship)
    assert [r["standing"] for r in matches(client)["reports"]] == ["probable"]

    # A decision holds at once; the page marks the rest as the previous result, and starts reading once.
    gate.clear()
    began.clear()
    record_decision(decisions_path(cached.store), pair_id(FLAGSHIP_DATA.event(KEY), ucdp()), "accept")
    for _ in range(3):
        data = matches(client)
        assert (data["reading"], [r["standing"] for r in data["reports"]]) == (True, ["accepted"])
    assert client.get(PAGE).status_code == 200
    assert len(began) <= 1
    gate.set()
    read(client, flagship)
    data = matches(client)
    assert (data["reading"], [r["standing"] for r in data["reports"]]) == (False, ["accepted"])


def test_result_is_cached_until_store_changes(
    cached: ServerConfig, flagship: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers share the cached result until the store changes."""
    reads: list[Path] = []

    def count_read(g: Any, store: Path) -> MatchedReports:
        reads.append(store)
        return find_matched_reports(g, store)

    monkeypatch.setattr(other_sources, "find_matched_reports", count_read)
    add_events(cached.store, [ucdp()])
    for _ in range(2):
        result = OtherSourcesLoader(cached.store, cached.cache).read(flagship)
        assert result is not None
        assert next(iter(result.links[KEY])).b.id == "611281"
    assert len(reads) == 1
    add_events(cached.store, [ucdp(id="7")], release="made2", known_on=date(2026, 3, 2))
    result = OtherSourcesLoader(cached.store, cached.cache).read(flagship)
    assert result is not None
    assert (result.version, len(reads)) == (2, 2)
    assert [e.stage for e in DiskCache(cached.cache).entries()] == ["other sources"] * 2


def test_closed_sources_are_withheld_from_visitors() -> None:
    """Without an account nothing is shown of a source that forbids passing rows on; open sources stay, and the rest is counted."""
    reason = (LinkReason("day", 3.0, "same day"),)

    def report(source: str, key: str) -> OtherReport:
        return OtherReport(
            f"{source}:{key}", source.upper(), key, "probable", 0.9, 8.0, reason, "9 October 2025", "Kabul", "A", "B", True, "3", "Words.",
            "R", None, (), (), 1.0, 0, None,
        )  # fmt: skip

    said = tuple(ReportClaim(s, k, "3") for s, k in (("chronology", "DL-1"), ("UCDP", "1"), ("ACLED", "2")))
    rows = (DiscrepancyRow("deaths", said), DiscrepancyRow("day", (said[0], said[2])))
    shown = withhold_closed_sources(
        EventMatches("reports", reports=(report("ucdp", "1"), report("acled", "2")), otherwise=rows)
    )
    assert [r.key for r in shown.reports] == ["ucdp:1"]
    assert shown.withheld == 1
    assert [(d.what, [s.source for s in d.said]) for d in shown.otherwise] == [("deaths", ["chronology", "UCDP"])]
