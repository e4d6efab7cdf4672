"""The four forms of a brief: looked at with other programs, and held to what they promise a reader."""

import io
import json
import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from detente.brief.build import BriefRequest, build_brief
from detente.brief.document import Brief
from detente.brief.render import render_brief_files
from detente.brief.render.html import render_html
from detente.brief.render.json import render_json
from detente.brief.render.markdown import render_markdown
from detente.brief.render.pdf import render_pdf
from detente.core.atomic_write import write_files
from detente.core.errors import CannotWrite
from support.shared_artifacts import flagship_brief

LAST = date(2026, 6, 30)


@pytest.fixture(scope="module")
def flagship() -> Brief:
    return flagship_brief()


class Page(HTMLParser):
    """Collects what a browser would load, the anchors, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {k: v or "" for k, v in attrs}
        if tag in ("script", "img", "link", "iframe", "source", "object", "image"):
            self.loads.append(values.get("src") or values.get("href") or values.get("xlink:href") or f"<{tag}>")
        if tag == "a":
            self.links.append(values.get("href", ""))
        if "id" in values:
            self.ids.append(values["id"])
        if tag not in ("meta", "br", "path", "rect", "line", "circle", "use"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open and self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_the_page_loads_nothing_from_anywhere(flagship: Brief) -> None:
    text = render_html(flagship)
    page = Page(text)
    assert page.loads == []
    style = text[text.index("<style>") : text.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style


def test_every_inner_link_of_the_page_leads_somewhere_and_no_two_places_share_a_name(flagship: Brief) -> None:
    page = Page(render_html(flagship))
    inner = {h[1:] for h in page.links if h.startswith("#")}
    assert inner - set(page.ids) == set()
    assert len(page.ids) == len(set(page.ids))


def test_what_a_source_wrote_cannot_become_markup(flagship: Brief) -> None:
    from dataclasses import replace

    nasty = replace(flagship.cited[0], summary='<script>alert(1)</script> & "quoted"')
    altered = replace(flagship, cited=(nasty, *flagship.cited[1:]))
    assert "<script>alert" not in render_html(altered)
    assert PdfReader(io.BytesIO(render_pdf(altered))).pages


def test_the_pdf_is_tagged_titled_and_says_its_language(flagship: Brief) -> None:
    pdf = PdfReader(io.BytesIO(render_pdf(flagship)))
    root: Any = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("en")
    assert pdf.metadata is not None
    assert pdf.metadata.title == flagship.question
    assert 6 <= len(pdf.pages) <= 13


def test_all_forms_say_every_headline_every_sentence_and_every_limit(flagship: Brief) -> None:
    pdf = squeezed("".join(p.extract_text() for p in PdfReader(io.BytesIO(render_pdf(flagship))).pages))
    page, text = squeezed("".join(Page(render_html(flagship)).words)), squeezed(render_markdown(flagship))
    for point in (p for s in flagship.sections for p in s.points):
        assert squeezed(point.headline) in text
        assert squeezed(point.headline) in page
        for sentence in (*point.sentences, point.limits):
            assert squeezed(sentence.text) in text
            assert squeezed(sentence.text) in page
        # A line of print may end in a hyphen that the sentence does not have.
        assert squeezed(point.headline)[:30] in pdf
    for lever in flagship.levers:
        assert squeezed(lever.title) in pdf
    assert squeezed(flagship.provenance.sha256) in pdf


def test_each_of_the_nine_claims_has_its_point_with_a_dated_and_cited_event(flagship: Brief) -> None:
    points = {p.claim: p for s in flagship.sections for p in s.points}
    assert set(points) == {
        "linkage", "safe_haven", "trust", "sovereignty", "spillover", "threat_perception", "coordination",
        "civilian_harm", "third_parties",
    }  # fmt: skip
    cited = {e.id: e for e in flagship.cited}
    for point in points.values():
        assert point.examples
        for i in point.examples:
            assert cited[i].addresses


def test_no_event_serves_as_an_example_twice(flagship: Brief) -> None:
    shown = [i for s in flagship.sections for p in s.points for i in p.examples]
    assert len(shown) == len(set(shown))


def test_pictures_carry_words_for_those_who_cannot_see_them(flagship: Brief) -> None:
    assert {p.key for p in flagship.pictures} == {"index", "map", "held", "fans", "strip"}
    for p in flagship.pictures:
        assert len(p.alt) > 60
        assert p.svg.startswith("<svg")
        assert "<image" not in p.svg


def test_the_same_case_gives_the_same_bytes(flagship: Brief) -> None:
    again = build_brief(BriefRequest("pakistan-afghanistan", command="detente brief pakistan-afghanistan"))
    assert render_json(again) == render_json(flagship)
    assert render_html(again) == render_html(flagship)
    assert render_pdf(again) == render_pdf(flagship)


@pytest.mark.parametrize(
    "day", [date(2021, 8, 15), date(2021, 9, 1), date(2022, 6, 1), date(2024, 3, 19), date(2025, 10, 8)]
)
def test_a_brief_can_be_made_on_any_day_and_knows_nothing_later(day: date) -> None:
    made = build_brief(BriefRequest("pakistan-afghanistan", day))
    assert all(e.known_on <= day for e in made.cited)
    data = json.loads(render_json(made))
    used = {i for s in data["sections"] for p in s["points"] for m in p["numbers"] for i in m["events"]}
    assert all(i[3:11] <= f"{day:%Y%m%d}" for i in used)
    assert made.provenance.events + made.provenance.later + made.provenance.set_aside == made.provenance.rows
    assert render_html(made)
    assert render_pdf(made)


def test_where_too_little_is_known_the_headline_says_that_and_nothing_else() -> None:
    made = build_brief(BriefRequest("pakistan-afghanistan", date(2021, 8, 20)))
    thin = [p for s in made.sections for p in s.points if not p.enough]
    assert thin
    assert {p.headline for p in thin} == {"Too little is on record to say"}


def test_writing_replaces_all_files_or_none(tmp_path: Path, flagship: Brief) -> None:
    files = render_brief_files(flagship)
    paths = write_files(files, tmp_path / "a" / "b")
    assert sorted(p.name for p in paths) == sorted(files)
    assert {p.name for p in (tmp_path / "a" / "b").iterdir()} == set(files)
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(CannotWrite, match="Nothing was changed"):
        write_files(files, blocked)
    (tmp_path / "c" / "brief.pdf").mkdir(parents=True)
    with pytest.raises(CannotWrite):
        write_files({"brief.html": b"new", "brief.pdf": b"new"}, tmp_path / "c")
    assert [p.name for p in (tmp_path / "c").iterdir() if p.name.startswith(".")] == []


def test_a_file_whose_pieces_break_off_leaves_what_stood_there(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text("old")

    def pieces() -> Iterator[bytes]:
        yield b"new"
        raise ValueError("the record broke")

    with pytest.raises(ValueError, match="the record broke"):
        write_files({"events.csv": pieces()}, tmp_path)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("events.csv", "old")]
    write_files({"events.csv": iter([b"a", b"", b"b"])}, tmp_path)
    assert (tmp_path / "events.csv").read_bytes() == b"ab"
