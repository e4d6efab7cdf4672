"""The claims' pages: numbers of the findings, links to supporting events, charts of estimates."""

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from detente.api.case import Case
from detente.charts.inline.axes import AxisScale, compute_ticks
from detente.charts.inline.interval_strip import draw_interval_strip
from detente.claims.finding import Finding
from detente.claims.verdict import decide_part_verdict

CASE = "/pakistan-afghanistan"


def findings(prepared: Case) -> list[Finding]:
    return [f for s in prepared.document.sections for f in s.points]


def test_claims_page_lists_verdicts_and_weakest_parts(reader: TestClient, flagship: Case) -> None:
    """The list shows every claim with its verdict and weakest part."""
    rows = reader.get(f"{CASE}/claims.json").json()["page"]["rows"]
    assert [r["claim"] for r in rows] == [f.claim for f in findings(flagship)]
    for r, f in zip(rows, findings(flagship), strict=True):
        assert f.verdict is not None
        assert r["verdict"] == f.verdict.word
        assert r["weakest"] == next(e.part for e in f.estimates if e.key == f.verdict.weakest)
        assert [p["probability"] for p in r["parts"]] == [
            e.probability if e.enough else None for e in f.estimates if e.necessary
        ]


def test_claim_page_equals_finding(reader: TestClient, flagship: Case) -> None:
    """The numbers and checks of a claim's page equal those of its finding."""
    for f in findings(flagship):
        page = reader.get(f"{CASE}/claims/{f.claim}.json").json()["page"]
        html = unescape(reader.get(f"{CASE}/claims/{f.claim}").text)
        for row, e in zip(page["tests"], f.estimates, strict=True):
            assert row["word"] == decide_part_verdict(e, f.outcomes)
            assert (row["number"] or {}).get("value") == (e.measured.value if e.measured else None)
            assert (row["chance"] or {}).get("value") == e.probability
        assert [a["result"] for a in page["checks"]] == [o.result for o in f.outcomes]
        for o in f.outcomes:
            assert str(o.told.pieces[0]) in html


def test_claim_page_opens_with_argument(reader: TestClient, flagship: Case) -> None:
    """The page gives the argument, the headline and the plain sentences with their marks, in this order."""
    for section in flagship.document.sections:
        for f in section.points:
            page = reader.get(f"{CASE}/claims/{f.claim}.json").json()["page"]
            text = re.sub(r"<[^>]+>", "", unescape(reader.get(f"{CASE}/claims/{f.claim}").text))
            assert f.reader is not None
            assert [m["mark"] for m in page["plain"]] == [m.mark for m in f.reader.sentences]
            order = [section.arguments[f.claim].text, f.headline, *(m.sentence.text for m in f.reader.sentences)]
            places = [text.index(t, text.index("Claims ·")) for t in order]
            assert places == sorted(places)


def test_claim_page_says_what_sources_state(reader: TestClient, flagship: Case) -> None:
    """Each stated response has a plain sentence with the counts of its evidence, and says whether counts agree."""
    shown = 0
    for f in findings(flagship):
        rows = reader.get(f"{CASE}/claims/{f.claim}.json").json()["page"]["stated"]
        assert [r["key"] for r in rows] == [x.key for x in f.stated]
        for r, x in zip(rows, f.stated, strict=True):
            found = x.response or x.answers
            if found is None:
                continue
            linked = x.response.stated if x.response else x.answers.answered + x.answers.implied  # type: ignore[union-attr]
            numbers = [p["measured"]["value"] for p in r["plain"]["pieces"] if "measured" in p]
            assert numbers[:2] == [linked, found.total]
            assert r["counts"] == x.compared
            shown += 1
    assert shown > 10


def test_claim_page_links_supporting_events(reader: TestClient, flagship: Case) -> None:
    """A claim's page links every event behind its estimates."""
    f = next(f for f in findings(flagship) if f.claim == "trust")
    html = reader.get(f"{CASE}/claims/trust").text
    carried = {i for e in f.estimates if e.measured for i in e.measured.events}
    assert len(carried) > 100
    assert all(f'href="{CASE}/events/{i}"' in html for i in carried)


@pytest.mark.parametrize("twin", ["", ".json"])
def test_unknown_claim_suggests_nearest(reader: TestClient, twin: str) -> None:
    """An unknown claim gives 404 and the nearest id."""
    answer = reader.get(f"{CASE}/claims/safe_heaven{twin}")
    assert answer.status_code == 404
    assert "'safe_haven'" in unescape(answer.text)


def test_interval_strip_shades_claimed_side() -> None:
    """The strip shades the claimed side and places the dot at the value."""
    x = AxisScale(-1.24, 1.24, 19, 401)
    drawn = draw_interval_strip(0.5, -1, 1, than=0, claimed="above", label="x")
    assert f'<rect x="{x(0):g}"' in drawn
    assert f'<circle cx="{x(0.5):g}"' in drawn
    below = draw_interval_strip(0.5, -1, 1, than=0, claimed="below", label="x")
    assert '<rect x="19"' in below


def test_interval_strip_draws_infinite_limit_as_arrow() -> None:
    """An infinite limit is drawn as an arrow."""
    assert "<path" in draw_interval_strip(3, 1.5, float("inf"), than=1, claimed="above", label="x", ratio=True)
    assert "<path" not in draw_interval_strip(3, 1.5, 9, than=1, claimed="above", label="x", ratio=True)


@pytest.mark.parametrize(("low", "high"), [(-4.2, -0.5), (0, 0.013), (12, 9000), (-1, 1)])
def test_ticks_are_few_and_inside(low: float, high: float) -> None:
    """An axis has two to six ticks, all within its range."""
    ticks = compute_ticks(low, high)
    assert 2 <= len(ticks) <= 6
    assert all(low <= t <= high for t in ticks)
