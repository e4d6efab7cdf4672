"""The Word file, read as a zip archive of XML."""

import io
import re
import zipfile
from datetime import date
from xml.etree import ElementTree as Tree

import pytest

from detente.api.case import Case
from detente.brief.render.docx import render_docx
from detente.core.date_range import format_date

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


@pytest.fixture(scope="module")
def parts(flagship: Case) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(render_docx(flagship.document))) as z:
        return {n: z.read(n) for n in z.namelist()}


@pytest.fixture(scope="module")
def body(parts: dict[str, bytes]) -> Tree.Element:
    return Tree.fromstring(parts["word/document.xml"])


def text_of(x: Tree.Element) -> str:
    return "".join(t.text or "" for t in x.iter(f"{W}t"))


def without_spaces(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_docx_contains_all_texts(flagship: Case, body: Tree.Element) -> None:
    """The file contains every headline, sentence, test, limit, forecast cell and recommendation."""
    text, o = without_spaces(text_of(body)), flagship.document.outlook
    assert o.lines
    expected = [s.text for s in (*o.notes, *o.score)] + [c.text for line in o.lines for c in line.cells]
    for p in (p for s in flagship.document.sections for p in s.points):
        expected += [p.headline, *(s.text for s in (*p.sentences, *p.tests, p.limits))]
    for w in flagship.document.levers:
        expected += [w.title, w.proposal, w.record.text, *(x.text for x in w.effect)]
    for sentence in expected:
        assert without_spaces(sentence) in text
    styled = [
        text_of(p) for p in body.iter(f"{W}p") if (s := p.find(f"{W}pPr/{W}pStyle")) is not None and s.get(f"{W}val", "").startswith("Heading")
    ]  # fmt: skip
    assert styled.count("What may come") == 1


def test_docx_numbers_points_consecutively(flagship: Case, body: Tree.Element) -> None:
    """Points are level-two headings, numbered through all sections."""
    headings = [
        text_of(p) for p in body.iter(f"{W}p") if (s := p.find(f"{W}pPr/{W}pStyle")) is not None and s.get(f"{W}val") == "Heading2"
    ]  # fmt: skip
    points = [p.headline for s in flagship.document.sections for p in s.points]
    assert headings == [f"{n}\u2002{h}" for n, h in enumerate(points, 1)]


def test_docx_links_reach_their_targets(flagship: Case, body: Tree.Element, parts: dict[str, bytes]) -> None:
    """Every report is linked, and every internal link points to a unique bookmark."""
    known = {r.get("Id"): r.get("Target") for r in Tree.fromstring(parts["word/_rels/document.xml.rels"])}
    links = list(body.iter(f"{W}hyperlink"))
    out = [str(known[x.get(f"{R}id")]) for x in links if x.get(f"{R}id")]
    assert set(out) >= {a for e in flagship.document.cited for a in e.addresses}
    assert all(a.startswith(("http://", "https://")) for a in out)
    names = [x.get(f"{W}name") for x in body.iter(f"{W}bookmarkStart")]
    assert len(names) == len(set(names))
    anchors = {x.get(f"{W}anchor") for x in links} - {None}
    assert anchors
    assert anchors <= set(names)


def test_docx_pictures_have_alternative_texts(flagship: Case, body: Tree.Element, parts: dict[str, bytes]) -> None:
    """All pictures of the brief are in the file, each with its alternative text."""
    alternatives = {x.get("descr") for x in body.iter() if x.tag.endswith("}docPr")}
    assert alternatives == {p.alt for p in flagship.document.pictures}
    assert len([n for n in parts if n.endswith(".png")]) == len(flagship.document.pictures)


def test_docx_footer_has_date_and_page_numbers(flagship: Case, parts: dict[str, bytes]) -> None:
    """The footer states the knowledge date, the page and the number of pages."""
    (footer,) = (Tree.fromstring(v) for n, v in parts.items() if n.startswith("word/footer"))
    assert format_date(date.fromisoformat(flagship.document.provenance.as_of)) in text_of(footer)
    assert [x.text for x in footer.iter(f"{W}instrText")] == [" PAGE ", " NUMPAGES "]


def test_docx_is_reproducible(flagship: Case) -> None:
    """The same brief gives the same bytes."""
    assert render_docx(flagship.document) == render_docx(flagship.document)
