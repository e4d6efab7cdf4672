"""The pages of claims: their numbers are those of the findings below, and every event that carries one is there."""

from html import unescape

import pytest
from starlette.testclient import TestClient

from detente.api.case import PreparedCase
from detente.charts.inline.axes import AxisScale, compute_ticks
from detente.charts.inline.interval_strip import draw_interval_strip
from detente.claims.finding import Finding
from detente.claims.verdict import decide_part_verdict

CASE = "/pakistan-afghanistan"


def findings(study: PreparedCase) -> list[Finding]:
    return [f for s in study.brief.sections for f in s.points]


def test_the_list_tells_every_claim_with_its_verdict_and_weakest_part(
    client: TestClient, flagship: PreparedCase
) -> None:
    rows = client.get(f"{CASE}/claims.json").json()["page"]["rows"]
    assert [r["claim"] for r in rows] == [f.claim for f in findings(flagship)]
    for r, f in zip(rows, findings(flagship), strict=True):
        assert f.verdict is not None
        assert r["verdict"] == f.verdict.word
        assert r["weakest"] == next(e.part for e in f.estimates if e.key == f.verdict.weakest)
        assert [p["probability"] for p in r["parts"]] == [
            e.probability if e.enough else None for e in f.estimates if e.necessary
        ]


def test_a_claims_page_tells_the_numbers_of_its_finding(client: TestClient, flagship: PreparedCase) -> None:
    for f in findings(flagship):
        page = client.get(f"{CASE}/claims/{f.claim}.json").json()["page"]
        html = unescape(client.get(f"{CASE}/claims/{f.claim}").text)
        for told, e in zip(page["tests"], f.estimates, strict=True):
            assert told["word"] == decide_part_verdict(e, f.outcomes)
            assert (told["number"] or {}).get("value") == (e.measured.value if e.measured else None)
            assert (told["chance"] or {}).get("value") == e.probability
        assert [a["result"] for a in page["checks"]] == [o.result for o in f.outcomes]
        for o in f.outcomes:
            assert str(o.told.pieces[0]) in html


def test_every_event_that_a_number_was_made_from_is_linked(client: TestClient, flagship: PreparedCase) -> None:
    f = next(f for f in findings(flagship) if f.claim == "trust")
    html = client.get(f"{CASE}/claims/trust").text
    carried = {i for e in f.estimates if e.measured for i in e.measured.events}
    assert len(carried) > 100
    assert all(f'href="{CASE}/events/{i}"' in html for i in carried)


@pytest.mark.parametrize("twin", ["", ".json"])
def test_a_claim_that_is_not_there_is_answered_with_the_nearest(client: TestClient, twin: str) -> None:
    answer = client.get(f"{CASE}/claims/safe_heaven{twin}")
    assert answer.status_code == 404
    assert "Nearest: 'safe_haven'" in unescape(answer.text)


def test_a_strip_puts_the_dot_on_the_claimed_side_only_where_the_number_lies_there() -> None:
    x = AxisScale(-1.24, 1.24, 14, 406)
    drawn = draw_interval_strip(0.5, -1, 1, than=0, claimed="above", label="x")
    assert f'<rect x="{x(0):g}"' in drawn
    assert f'<circle cx="{x(0.5):g}"' in drawn
    below = draw_interval_strip(0.5, -1, 1, than=0, claimed="below", label="x")
    assert '<rect x="14"' in below


def test_an_unbounded_limit_is_an_arrow_and_no_end() -> None:
    assert "<path" in draw_interval_strip(3, 1.5, float("inf"), than=1, claimed="above", label="x", ratio=True)
    assert "<path" not in draw_interval_strip(3, 1.5, 9, than=1, claimed="above", label="x", ratio=True)


@pytest.mark.parametrize(("low", "high"), [(-4.2, -0.5), (0, 0.013), (12, 9000), (-1, 1)])
def test_ticks_are_few_and_inside(low: float, high: float) -> None:
    found = compute_ticks(low, high)
    assert 2 <= len(found) <= 6
    assert all(low <= t <= high for t in found)
