"""The formats of a brief, read by independent programs."""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Tree

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
from support.shared_artifacts import brief_of_day, flagship_brief


@pytest.fixture(scope="module")
def flagship() -> Brief:
    return flagship_brief()


class Page(HTMLParser):
    """Collect what a browser would load, the anchors, and the text."""

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


def without_spaces(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_html_loads_no_external_resources(flagship: Brief) -> None:
    """The page is self-contained: no script, image, font or style sheet is fetched."""
    text = render_html(flagship)
    page = Page(text)
    assert page.loads == []
    style = text[text.index("<style>") : text.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style


def test_html_internal_links_resolve(flagship: Brief) -> None:
    """Every internal link has a target, and ids are unique."""
    page = Page(render_html(flagship))
    inner = {h[1:] for h in page.links if h.startswith("#")}
    assert inner - set(page.ids) == set()
    assert len(page.ids) == len(set(page.ids))


def test_formats_escape_source_text(flagship: Brief) -> None:
    """A summary that contains markup is shown as text."""
    summary = '<script>alert(1)</script> & "quoted"'
    altered = replace(flagship, cited=(replace(flagship.cited[0], summary=summary), *flagship.cited[1:]))
    page = render_html(altered)
    assert "<script>alert" not in page
    assert summary in "".join(Page(page).words)
    pdf = PdfReader(io.BytesIO(render_pdf(altered)))
    assert "alert(1)" in without_spaces("".join(p.extract_text() for p in pdf.pages))


def test_pdf_is_accessible(flagship: Brief) -> None:
    """The PDF is tagged, and states its title and language."""
    pdf = PdfReader(io.BytesIO(render_pdf(flagship)))
    root: Any = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("en")
    assert pdf.metadata is not None
    assert pdf.metadata.title == flagship.question


def test_formats_contain_all_points(flagship: Brief) -> None:
    """HTML and Markdown contain every headline, sentence and limit, and the PDF every headline and recommendation."""
    pdf = without_spaces("".join(p.extract_text() for p in PdfReader(io.BytesIO(render_pdf(flagship))).pages))
    page, text = without_spaces("".join(Page(render_html(flagship)).words)), without_spaces(render_markdown(flagship))
    for point in (p for s in flagship.sections for p in s.points):
        assert without_spaces(point.headline) in text
        assert without_spaces(point.headline) in page
        for sentence in (*point.sentences, point.limits):
            assert without_spaces(sentence.text) in text
            assert without_spaces(sentence.text) in page
        # A printed line may end in a hyphen that is not in the headline.
        assert without_spaces(point.headline)[:30] in pdf
    for lever in flagship.levers:
        assert without_spaces(lever.title) in pdf
    assert without_spaces(flagship.provenance.sha256) in pdf


def test_brief_points_cite_examples(flagship: Brief) -> None:
    """Each of the nine claims has a point with a cited event."""
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


def test_brief_examples_are_unique(flagship: Brief) -> None:
    """No event is an example of two points."""
    shown = [i for s in flagship.sections for p in s.points for i in p.examples]
    assert len(shown) == len(set(shown))


def test_brief_pictures_are_described(flagship: Brief) -> None:
    """Every picture is drawn as vector graphics, and has an alternative text."""
    assert {p.key for p in flagship.pictures} == {"index", "map", "held", "fans", "strip"}
    for p in flagship.pictures:
        assert len(p.alt) > 60
        tags = [x.tag.rpartition("}")[2] for x in Tree.fromstring(p.svg).iter()]
        assert tags[0] == "svg"
        assert sum(tags.count(shape) for shape in ("path", "line", "rect", "circle")) > 10
        assert "image" not in tags


def test_pdf_is_reproducible(flagship: Brief) -> None:
    """The same brief gives the same PDF, byte for byte."""
    assert render_pdf(flagship) == render_pdf(flagship)


@pytest.mark.parametrize("day", [date(2021, 8, 15), date(2021, 9, 1), date(2022, 6, 1), date(2025, 10, 8)])
def test_brief_of_any_day_uses_no_later_knowledge(day: date) -> None:
    """A brief can be built and rendered on any day, and counts and cites nothing that became known later."""
    brief = brief_of_day(day)
    assert all(e.known_on <= day for e in brief.cited)
    data = json.loads(render_json(brief))
    used = {i for s in data["sections"] for p in s["points"] for m in p["numbers"] for i in m["events"]}
    assert all(i[3:11] <= f"{day:%Y%m%d}" for i in used)
    assert brief.provenance.events + brief.provenance.later + brief.provenance.set_aside == brief.provenance.rows
    pdf = without_spaces("".join(p.extract_text() for p in PdfReader(io.BytesIO(render_pdf(brief))).pages))
    for text in (without_spaces("".join(Page(render_html(brief)).words)), pdf):
        assert all(without_spaces(p.headline)[:30] in text for s in brief.sections for p in s.points)


def test_headline_without_enough_data_claims_nothing() -> None:
    """A headline of a claim with too little data says so, and has no number."""
    brief = build_brief(BriefRequest("pakistan-afghanistan", date(2021, 8, 20), checks=False))
    headlines = {p.headline for s in brief.sections for p in s.points if not p.enough}
    assert headlines
    for headline in headlines:
        assert re.match(r"Too (?:little|few)\b|(?:No|Not)\b", headline), headline
        assert not re.search(r"\d", headline)


def test_write_files_replaces_all_or_none(tmp_path: Path, flagship: Brief) -> None:
    """Files are written together; if one cannot be written, none is changed."""
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


def test_write_files_survives_failing_generator(tmp_path: Path) -> None:
    """A file whose content fails half-way leaves the old file in place."""
    (tmp_path / "events.csv").write_text("old")

    def pieces() -> Iterator[bytes]:
        yield b"new"
        raise ValueError("the record broke")

    with pytest.raises(ValueError, match="the record broke"):
        write_files({"events.csv": pieces()}, tmp_path)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("events.csv", "old")]
    write_files({"events.csv": iter([b"a", b"", b"b"])}, tmp_path)
    assert (tmp_path / "events.csv").read_bytes() == b"ab"
