"""A brief that read a store: other reports beside its sources, what they say otherwise, and which releases were read."""

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
from support.second_source import CASE, add_events, copy_as_ucdp_event


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Brief, str]:
    # An event that the brief names, whichever that is, is told again by another source with another toll.
    plain = build_brief(BriefRequest(CASE.id, checks=False))
    one = next(e for e in plain.cited if e.type == "ASSAULT" and e.tolls.range and e.span.precision == "day" and e.place.point
               and {"TTP", "PAK"} <= e.actors)  # fmt: skip
    low, high = one.tolls.range or (0, 0)
    store = tmp_path_factory.mktemp("made") / "store"
    add_events(store, [copy_as_ucdp_event(one.id, "999", tolls=ReportedDeaths(low, high + 1, high + 2))])
    return build_brief(BriefRequest(CASE.id, checks=False, store=store)), one.id


def test_another_report_and_what_it_says_otherwise_stand_beside_the_source_in_every_form(
    told: tuple[Brief, str],
) -> None:
    b, key = told
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
        assert "also told by ucdp:999" in flat
        assert f"UCDP 999 says {high[0]}–{high[1] + 2}" in flat


def test_the_releases_that_were_read_stand_in_the_provenance(told: tuple[Brief, str]) -> None:
    b, _ = told
    assert (b.provenance.store_version, b.provenance.releases) == (1, ("ucdp/made",))
    for form in (render_html(b), render_markdown(b)):
        assert "store version 1 with ucdp/made" in form
    assert any(d.name == "UCDP: made" and d.licence == "CC BY 4.0" for d in b.datasets)
    assert any("Claims were held against the record of UCDP" in s.text for _, ss in b.unseen for s in ss)


def test_a_release_that_was_not_out_by_the_day_is_not_read(tmp_path: Path) -> None:
    add_events(tmp_path / "s", [copy_as_ucdp_event("DL-20260112-02", "1")], "late", date(2026, 6, 1))
    b = build_brief(BriefRequest(CASE.id, date(2023, 6, 30), checks=False, store=tmp_path / "s"))
    assert (b.provenance.releases, b.retold) == ((), {})
    assert "no other source that the cast knows" in render_markdown(b)
