"""A brief from any text: characters that a file cannot show become a sign, and the method says so."""

import io
import zipfile
from dataclasses import replace
from xml.etree import ElementTree as Tree

import pytest
from pypdf import PdfReader

from detente.brief.document import Brief
from detente.brief.render.docx import render_docx
from detente.brief.render.font_coverage import KNOWN, MAX_PROBES, can_display, find_missing
from detente.brief.render.html import render_html
from detente.brief.render.json import render_json
from detente.brief.render.pdf import render_pdf
from detente.brief.render.printable import NOTE_HEADING, REPLACEMENT_SIGN, make_printable
from support.shared_artifacts import flagship_brief

HOSTILE = {
    "control": "ab\x01cd\x7f\x85",
    "noncharacter": "ab\uffffcd\U0001ffff",
    "half pair": "ab\ud83dcd",
    "reordering": "ab\u202ecd\u2066ef",
    "emoji": "ab \N{GRINNING FACE} 👩\u200d👩\u200d👧 🇵🇰 cd",
    "cjk": "ab 中国 日本 한국 cd",
    "pashto": "ab پښتو ټ ډ ې ۍ ﷺ cd",
    "private": "ab\ue000\U000e0041cd",
    "marks": "ab" + "e\u0301\u0302\u0303" * 50 + "cd",
}


@pytest.fixture(scope="module")
def flagship() -> Brief:
    return flagship_brief()


def _with_text(brief: Brief, text: str) -> Brief:
    """Return the brief whose first cited event has this text in its summary."""
    first, *rest = brief.cited
    return replace(brief, cited=(replace(first, summary=f"Zqx {text} xqz."), *rest))


def _docx_text(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as z:
        return "".join(Tree.fromstring(z.read("word/document.xml")).itertext())


def test_any_text_gives_pdf_and_word_file(flagship: Brief) -> None:
    """A PDF and a Word file come out, and the Latin text around the characters of each kind is in both."""
    # Short words, which no line breaks.
    text = " ".join(f"zq{chr(97 + i)} {characters} qz{chr(97 + i)}" for i, characters in enumerate(HOSTILE.values()))
    brief = _with_text(flagship, text)
    pdf = "".join(page.extract_text() for page in PdfReader(io.BytesIO(render_pdf(brief))).pages)
    word = _docx_text(render_docx(brief))
    for i in range(len(HOSTILE)):
        for shown in (pdf, word):
            assert f"zq{chr(97 + i)}" in shown
            assert f"qz{chr(97 + i)}" in shown


def test_word_shows_controls_as_sign(flagship: Brief) -> None:
    """Each control character is one sign; letters of all scripts stay; the method has the note once."""
    word = _docx_text(render_docx(_with_text(flagship, "a\x01b\x02c\ud83d 中\N{GRINNING FACE}ې")))
    assert f"a{REPLACEMENT_SIGN}b{REPLACEMENT_SIGN}c{REPLACEMENT_SIGN} 中\N{GRINNING FACE}ې" in word
    assert word.count(NOTE_HEADING) == 1


def test_pdf_brief_replaces_only_missing_characters(flagship: Brief) -> None:
    """What the fonts have stays, among it Arabic and Cyrillic; what they lack is a sign."""
    cleaned = make_printable(_with_text(flagship, "سلام Привет 中 \N{GRINNING FACE}"), find_missing)
    assert cleaned.cited[0].summary == f"Zqx سلام Привет {REPLACEMENT_SIGN} {REPLACEMENT_SIGN} xqz."
    assert cleaned.method[-1][0] == NOTE_HEADING


def test_printable_brief_is_unchanged(flagship: Brief) -> None:
    """The flagship brief needs no sign and no note."""
    assert make_printable(flagship, find_missing) is flagship


def test_json_keeps_every_character(flagship: Brief) -> None:
    """The JSON file holds the characters that other files cannot show, and the page can be made."""
    brief = _with_text(flagship, HOSTILE["reordering"])
    assert HOSTILE["reordering"] in render_json(brief)
    assert "Zqx" in render_html(_with_text(flagship, HOSTILE["control"]))


def test_known_characters_can_be_displayed() -> None:
    """Characters that are never probed are in the fonts."""
    assert can_display("".join(sorted(KNOWN)))
    assert find_missing(KNOWN | {"\n", "\N{GRINNING FACE}"}) == {"\N{GRINNING FACE}"}


def test_probing_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text with thousands of different characters is probed a bounded number of times; the rest count as missing."""
    probes: list[str] = []

    def refuse(characters: str) -> bool:
        probes.append(characters)
        return False

    monkeypatch.setattr("detente.brief.render.font_coverage.can_display", refuse)
    many = frozenset(map(chr, range(0x4E00, 0x4E00 + 3000)))
    assert find_missing(many) == many
    assert len(probes) <= MAX_PROBES + 1
