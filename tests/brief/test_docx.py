"""The Word file, taken apart as what it is: a zip archive of XML."""

import io
import re
import zipfile
from xml.etree import ElementTree as Tree

import pytest

from detente.api.case import PreparedCase
from detente.brief.render.docx import render_docx

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


@pytest.fixture(scope="module")
def parts(flagship: PreparedCase) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(render_docx(flagship.brief))) as z:
        return {n: z.read(n) for n in z.namelist()}


@pytest.fixture(scope="module")
def body(parts: dict[str, bytes]) -> Tree.Element:
    return Tree.fromstring(parts["word/document.xml"])


def text_of(x: Tree.Element) -> str:
    return "".join(t.text or "" for t in x.iter(f"{W}t"))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_it_says_every_headline_sentence_test_and_limit(flagship: PreparedCase, body: Tree.Element) -> None:
    text = squeezed(text_of(body))
    for p in (p for s in flagship.brief.sections for p in s.points):
        for told in (p.headline, *(s.text for s in (*p.sentences, *p.tests, p.limits))):
            assert squeezed(told) in text
    o = flagship.brief.outlook
    assert o.lines
    cells = [c.text for line in o.lines for c in line.cells]
    for told in (*(s.text for s in (*o.notes, *o.score)), *cells):
        assert squeezed(told) in text
    assert [text_of(p) for p in body.iter(f"{W}p")].count("What may come") == 1
    for w in flagship.brief.levers:
        for told in (w.title, w.proposal, w.record.text, *(x.text for x in w.effect)):
            assert squeezed(told) in text


def test_points_are_headings_numbered_through(flagship: PreparedCase, body: Tree.Element) -> None:
    heads = [
        text_of(p) for p in body.iter(f"{W}p") if (s := p.find(f"{W}pPr/{W}pStyle")) is not None and s.get(f"{W}val") == "Heading2"
    ]  # fmt: skip
    points = [p.headline for s in flagship.brief.sections for p in s.points]
    assert heads == [f"{n}\u2002{h}" for n, h in enumerate(points, 1)]


def test_every_report_is_linked_and_every_inner_link_leads_somewhere(
    flagship: PreparedCase, body: Tree.Element, parts: dict[str, bytes]
) -> None:
    known = {r.get("Id"): r.get("Target") for r in Tree.fromstring(parts["word/_rels/document.xml.rels"])}
    links = list(body.iter(f"{W}hyperlink"))
    out = [str(known[x.get(f"{R}id")]) for x in links if x.get(f"{R}id")]
    assert sorted(out) == sorted(a for e in flagship.brief.cited for a in e.addresses)
    names = [x.get(f"{W}name") for x in body.iter(f"{W}bookmarkStart")]
    assert len(names) == len(set(names))
    anchors = {x.get(f"{W}anchor") for x in links} - {None}
    assert anchors
    assert anchors <= set(names)


def test_its_pictures_carry_words_and_are_all_there(
    flagship: PreparedCase, body: Tree.Element, parts: dict[str, bytes]
) -> None:
    told = {x.get("descr") for x in body.iter() if x.tag.endswith("}docPr")}
    assert told == {p.alt for p in flagship.brief.pictures}
    assert len([n for n in parts if n.endswith(".png")]) == len(flagship.brief.pictures)


def test_its_foot_says_the_day_and_counts_the_pages(parts: dict[str, bytes]) -> None:
    (foot,) = (Tree.fromstring(v) for n, v in parts.items() if n.startswith("word/footer"))
    assert "what was known on" in text_of(foot)
    assert [x.text for x in foot.iter(f"{W}instrText")] == [" PAGE ", " NUMPAGES "]


def test_the_same_brief_is_the_same_file(flagship: PreparedCase) -> None:
    assert render_docx(flagship.brief) == render_docx(flagship.brief)
