"""A brief with a store: other sources' reports, their discrepancies, and the releases that were read."""

import io
import json
import re
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from detente.brief.build import BriefRequest, build_brief
from detente.brief.document import Brief
from detente.brief.render.html import render_html
from detente.brief.render.json import render_json
from detente.brief.render.markdown import render_markdown
from detente.brief.render.pdf import render_pdf
from detente.events.event import ReportedDeaths
from detente.events.matching.decisions import decisions_path, record_decision
from detente.text.sentence import ConventionPiece
from support.second_source import CASE, add_events, copy_as_ucdp_event
from support.shared_artifacts import flagship_brief


@pytest.fixture(scope="module")
def matched_brief(tmp_path_factory: pytest.TempPathFactory) -> tuple[Brief, str]:
    # Another source reports one of the cited events with a different number of deaths.
    plain = flagship_brief()
    one = next(e for e in plain.cited if e.type == "ASSAULT" and e.tolls.range and e.span.precision == "day" and e.place.point
               and {"TTP", "PAK"} <= e.actors)  # fmt: skip
    low, high = one.tolls.range or (0, 0)
    store = tmp_path_factory.mktemp("made") / "store"
    add_events(store, [copy_as_ucdp_event(one.id, "999", tolls=ReportedDeaths(low, high + 1, high + 2))])
    # Another event may compete for the report, so a person's decision settles it.
    record_decision(decisions_path(store), frozenset((f"chronology:{one.id}", "ucdp:999")), "accept")
    return build_brief(BriefRequest(CASE.id, checks=False, store=store)), one.id


def test_other_reports_appear_in_all_formats(matched_brief: tuple[Brief, str]) -> None:
    """Every format shows the other source's report and its discrepancy with the source of the event."""
    b, key = matched_brief
    high = next(e.tolls.range for e in b.cited if e.id == key)
    assert high is not None
    data = json.loads(render_json(b))
    source = next(e for e in data["sources"] if e["id"] == key)
    assert [r["key"] for r in source["other_reports"]] == ["ucdp:999"]
    assert any(f"UCDP 999 says {high[0]}–{high[1] + 2}" in d for d in source["differs"])
    others = [e for e in data["sources"] if e["id"] != key]
    assert all(not any(r["key"] == "ucdp:999" and r["bits"] > 12 for r in e["other_reports"]) for e in others)
    pdf = "".join(p.extract_text() for p in PdfReader(io.BytesIO(render_pdf(b))).pages)
    for form in (render_html(b), render_markdown(b), pdf):
        flat = re.sub(r"\s+", " ", form)
        assert "ucdp:999" in flat
        assert f"UCDP 999 says {high[0]}–{high[1] + 2}" in flat


def test_provenance_lists_store_releases(matched_brief: tuple[Brief, str]) -> None:
    """The provenance, the datasets and the limitations name the releases of the store."""
    b, _ = matched_brief
    assert (b.provenance.store_version, b.provenance.releases) == (1, ("ucdp/made",))
    for form in (render_html(b), render_markdown(b)):
        assert "1 with ucdp/made" in form
    assert any(d.name == "UCDP: made" and d.licence == "CC BY 4.0" for d in b.datasets)
    pieces = [p for _, sentences in b.unseen for s in sentences for p in s.pieces]
    assert "UCDP" in [p.text for p in pieces if isinstance(p, ConventionPiece)]


def test_unpublished_release_is_not_read(tmp_path: Path) -> None:
    """A release published after the day of the brief is not used."""
    add_events(tmp_path / "s", [copy_as_ucdp_event("DL-20260112-02", "1")], "late", date(2026, 6, 1))
    b = build_brief(BriefRequest(CASE.id, date(2025, 10, 8), checks=False, store=tmp_path / "s"))
    assert (b.provenance.releases, b.retold) == ((), {})
    assert b.provenance.store_text and b.provenance.store_text in render_markdown(b)
