"""The tools, called through the SDK's own client in memory."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from mcp import Client
from mcp.types import TextContent, Tool

from detente.api.case import Case
from detente.cases.channel_rule import CHANNELS
from detente.claims import CLAIMS
from detente.claims.evidence_line import list_evidence
from detente.claims.false_alarms import load_false_alarms
from detente.claims.verdict import ORDER
from detente.mcp.cautions import MARKS, REFUSALS, SIMULATIONS, state_elapsed
from detente.mcp.served_cases import CaseRegistry
from detente.mcp.server import build_server
from detente.mcp.size_limit import MAX_BYTES
from detente.mcp.tools.brief import PARTS
from detente.mcp.tools.catalogue import TOOLS
from support.mcp_client import Call, message, read

CASE = "pakistan-afghanistan"
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("list_cases", {}),
    ("status", {}),
    ("changes", {}),
    ("events", {}),
    ("events", {"limit": 200}),
    ("events", {"kind": ["strike"], "since": "2025-10-01", "order": "oldest"}),
    ("claims", {}),
    *(("claims", {"claim": c}) for c in CLAIMS),
    ("responses", {}),
    ("responses", {"cause": "strike", "effect": "defiance"}),
    ("forecast", {}),
    ("forecast", {"kind": "strike", "days": 30}),
    ("simulate", {"border": 0.8, "mediation": 0.7}),
    *(("brief", {"part": p}) for p in PARTS),
    ("glossary", {}),
    ("ask", {"question": "How many attacks did the TTP carry out in 2023?"}),
]


def list_tools(served: CaseRegistry) -> dict[str, Tool]:
    async def run() -> list[Tool]:
        async with Client(build_server(served)) as client:
            return (await client.list_tools()).tools

    return {t.name: t for t in asyncio.run(run())}


def test_tools_are_all_read_only(served: CaseRegistry) -> None:
    """Every tool says that it only reads, and has a description and a closed set of arguments."""
    tools = list_tools(served)
    assert list(tools) == [t.name for t in TOOLS]
    for tool in tools.values():
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.open_world_hint is False
        assert tool.description
        assert tool.input_schema["additionalProperties"] is False
        assert tool.output_schema is not None


def test_schema_closes_sets_of_values(served: CaseRegistry) -> None:
    """Cases, kinds of event, horizons and claims stand in the schemas as enums."""
    tools = {name: t.input_schema["properties"] for name, t in list_tools(served).items()}
    assert tools["status"]["case"]["enum"] == [CASE, "turkiye-iraq-pkk"]
    assert "unassigned" in tools["events"]["kind"]["items"]["enum"]
    assert tools["responses"]["cause"]["enum"] == list(CHANNELS)
    assert tools["forecast"]["days"]["enum"] == [30, 90, 180]
    assert tools["claims"]["claim"]["enum"] == list(CLAIMS)


def test_server_says_how_to_quote(served: CaseRegistry) -> None:
    """The instructions name the fields that a client has to pass on."""

    async def run() -> str:
        async with Client(build_server(served)) as client:
            return client.instructions or ""

    text = asyncio.run(run())
    assert all(f"`{field}`" in text for field in ("cite", "age", "verdicts", "sources", "cautions"))


@pytest.mark.parametrize(("name", "arguments"), CALLS, ids=str)
def test_result_fits_and_is_cited(call: Call, name: str, arguments: dict[str, Any]) -> None:
    """Each result holds to its schema, is at most 60 kB, is the same as text, and says how to quote it."""
    found = call(name, **arguments)
    data = read(found)
    assert isinstance(found.content[0], TextContent)
    assert json.loads(found.content[0].text) == found.structured_content
    assert len(found.content[0].text.encode()) <= MAX_BYTES
    assert data.cite
    assert data.whole
    assert str(data.result["format"]).startswith("detente ")
    if name not in ("list_cases", "glossary"):
        assert data.age
        assert data.cautions
        assert data.sources
        assert all(s.licence and s.cite for s in data.sources)
        assert "CC BY 4.0" in data.cite


def test_result_matches_the_python_api(call: Call, flagship: Case) -> None:
    """A result holds the fields of `to_dict()`, unchanged but for what is left out by name."""
    whole = flagship.status().to_dict()
    assert {k: v for k, v in read(call("status")).result.items() if k != "age"} == {
        k: v for k, v in whole.items() if k != "age"
    }
    one = read(call("claims", claim="trust")).result
    assert set(one) == set(flagship.claims["trust"].to_dict())


@pytest.mark.parametrize("claim", list(CLAIMS))
def test_claim_has_verdict_and_alarms(call: Call, flagship: Case, claim: str) -> None:
    """A claim comes with its verdict, the measured rate of false alarms or that none was measured, and a citation with both."""
    (rating,) = read(call("claims", claim=claim)).verdicts
    assert rating.claim == claim
    assert rating.verdict in ORDER
    assert rating.verdict == flagship.claims[claim].verdict
    finding = flagship.claims[claim].finding
    if finding.false_alarms:
        assert claim in load_false_alarms()
        assert rating.false_alarms == finding.false_alarms.text
    assert rating.false_alarms
    assert rating.verdict in rating.cite
    assert rating.false_alarms in rating.cite
    assert finding.headline in rating.cite
    assert rating.evidence == [m.sentence.text for m in list_evidence(finding)]
    assert any(line in rating.cite for line in rating.evidence)


@pytest.mark.parametrize("tool", ["status", "claims", "brief"])
def test_every_verdict_is_rated(call: Call, tool: str) -> None:
    """Where verdicts stand in a result, each has its false-alarm rate beside it."""
    data = read(call(tool))
    assert [v.claim for v in data.verdicts] == list(CLAIMS)
    assert all(v.false_alarms and v.cite for v in data.verdicts)


def test_marks_are_explained(call: Call) -> None:
    """Where sentences carry marks of parts, the result says that the claim's verdict is that of its weakest part."""
    assert all(MARKS in read(call(tool)).cautions for tool in ("claims", "brief"))


def test_answer_rates_claims_it_rests_on(call: Call) -> None:
    """The verdicts behind an answered analysis come with their false-alarm rates."""
    question = "How do strikes destabilise relations between Pakistan and Afghanistan?"
    data = read(call("ask", question=question))
    said = {p["claim"] for p in data.result["analysis"]["points"] if "claim" in p}
    assert said
    assert said >= {v.claim for v in data.verdicts}
    assert data.verdicts


def test_answer_names_its_events(call: Call, flagship: Case) -> None:
    """A count has its value and its events, and the citation names some of them."""
    data = read(call("ask", question="How many attacks did the TTP carry out in 2023?"))
    expected = flagship.ask("How many attacks did the TTP carry out in 2023?")
    assert data.result["value"] == expected.value
    assert data.result["events"] == list(expected.events)
    assert expected.events[0] in data.cite


def test_events_go_on_at_next(call: Call, flagship: Case) -> None:
    """Following `next` gives every event once, newest first, with its reports and a citation."""
    rows, start = [], ""
    while True:
        data = read(call("events", since="2026-01-01", next=start))
        rows += data.result["rows"]
        if data.next is None:
            break
        start = data.next
    expected = flagship.events.where(since="2026-01-01")
    assert [r["id"] for r in rows] == [e.id for e in expected][::-1]
    assert data.result["rows_in_all"] == len(expected)
    assert start
    assert all(r["addresses"] and r["id"] in r["cite"] for r in rows)


def test_unknown_toll_is_null(call: Call, flagship: Case) -> None:
    """An event without reported deaths has null and not zero, and the result counts such events."""
    data = read(call("events", kind="strike", limit=200))
    silent = {e.id for e in flagship.events.where(kind="strike") if e.tolls.range is None}
    assert data.result["without_reported_deaths"] == len(silent)
    assert all(r["deaths_best"] is None for r in data.result["rows"] if r["id"] in silent)


def test_day_of_knowledge_hides_later_events(call: Call) -> None:
    """A result as of a day holds only what was known on it, and its age is counted to that day."""
    data = read(call("events", since="2025-09-01", as_of="2025-10-08"))
    assert data.result["rows"]
    assert all(r["known_on"] <= "2025-10-08" for r in data.result["rows"])
    assert data.result["age"]["read_on"] == "2025-10-08"
    assert "8 October 2025" in data.cite


def test_event_has_its_stated_links(call: Call, flagship: Case) -> None:
    """One event by id comes with the acts to which its source says that it reacts."""
    link = flagship.g.links[0]
    data = read(call("events", id=link.event))
    assert [r["id"] for r in data.result["rows"]] == [link.event]
    assert data.result["responds_to"]


def test_responses_are_best_supported_first(call: Call) -> None:
    """Rows are in the order of their verdicts, and carry interval and share of false rows."""
    rows = read(call("responses")).result["rows"]
    ranks = [ORDER.index(r["verdict"]) for r in rows]
    assert ranks == sorted(ranks, reverse=True)
    assert all({"low", "high", "probability", "fdr", "verdict"} <= set(r) for r in rows)
    (row,) = read(call("responses", cause="strike", effect="defiance")).result["rows"]
    assert (row["cause"], row["effect"]) == ("strike", "defiance")


def test_forecast_chooses_kind_and_horizon(call: Call, flagship: Case) -> None:
    """A forecast of one kind and horizon is the one of the Python API."""
    (row,) = read(call("forecast", kind="strike", days=90)).result["any"]
    assert row["probability"] == pytest.approx(flagship.forecast().probability("strike", within=90))


@pytest.mark.parametrize(("days", "over"), [(0, None), (31, "30 days"), (200, "30, 90, 180 days")])
def test_forecast_says_what_has_passed(
    flagship: Case, days: int, over: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A forecast that is read after its first day says which horizons are over."""
    monkeypatch.setattr("detente.api.results.base.today", lambda: flagship.as_of + timedelta(days=days))
    said = state_elapsed(flagship)
    assert said == [] if over is None else f"over: {over}." in said[0]


def test_forecast_passes_on_what_has_passed(call: Call, flagship: Case) -> None:
    """The forecast and the first page of the brief carry that caution."""
    said = state_elapsed(flagship)
    assert all(set(said) <= set(read(call(tool)).cautions) for tool in ("forecast", "brief"))


def test_simulation_names_its_assumption(call: Call) -> None:
    """A simulation keeps assumed and estimated effects apart, and says that it is no prediction."""
    data = read(call("simulate", border=0.8))
    assert data.result["change"] == "border=0.8"
    assert all({"assumed", "estimated", "whole"} <= set(r) for r in data.result["effects"])
    assert SIMULATIONS in data.cautions
    assert "border=0.8" in data.whole


@pytest.mark.parametrize(
    "question",
    [
        "Will Noor Wali Mehsud, the TTP leader, be killed this year?",
        "Will the TTP attack in Bannu district next month?",
    ],
)
def test_no_forecast_of_person_or_district(call: Call, question: str) -> None:
    """A question about a person or a place below the case is refused, and the result says so."""
    data = read(call("ask", question=question))
    assert data.result["kind"] == "refused"
    assert data.result["value"] is None
    assert REFUSALS in data.cautions


def test_case_without_releases_says_so(call: Call) -> None:
    """A case that needs releases is listed with what is missing, and its tools say how to get them."""
    rows = {r["id"]: r for r in read(call("list_cases")).result["cases"]}
    assert rows[CASE]["usable"] is True
    assert rows["turkiye-iraq-pkk"]["usable"] is False
    assert "UCDP" in rows["turkiye-iraq-pkk"]["why_not"]
    assert "detente ingest" in message(call("status", case="turkiye-iraq-pkk"))
