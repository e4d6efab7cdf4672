"""References, parsed by independent programs; unknown fields are left out."""

import re
from dataclasses import replace
from datetime import date

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from hypothesis import given
from hypothesis import strategies as st

from detente.api.case import Case
from detente.brief.render.bibliography import BibliographyEntry, build_entries
from detente.brief.render.references import format_bibtex, format_ris

ESCAPES = {r"\textbackslash{}": "\\", r"\textasciitilde{}": "~", r"\textasciicircum{}": "^"}
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), min_size=1).filter(
    lambda s: s == " ".join(s.split())
)
ENTRIES = st.builds(
    BibliographyEntry,
    key=st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True),
    kind=st.sampled_from(["brief", "dataset", "report"]),
    title=WORDS, by=WORDS, day=st.none() | st.dates(date(1000, 1, 1)), address=st.just("") | st.just("https://a.org/x_y?q=%20#z"),
    version=st.just(""), note=st.just("") | WORDS,
)  # fmt: skip


def unescape_tex(text: str) -> str:
    """Return the text that TeX would print."""
    long = "|".join(re.escape(k) for k in ESCAPES)
    return re.sub(rf"({long})|\\([{{}}&%$#_])", lambda m: ESCAPES.get(m.group(1) or "", m.group(2) or ""), text)


def strip_braces(text: str) -> str:
    return unescape_tex(text.removeprefix("{").removesuffix("}"))


@given(st.lists(ENTRIES, max_size=4, unique_by=lambda e: e.key))
def test_bibtex_round_trip_is_exact(entries: list[BibliographyEntry]) -> None:
    """bibtexparser reads back every field exactly."""
    library = parse_string(format_bibtex(entries))
    assert library.failed_blocks == []
    assert [e.key for e in library.entries] == [e.key for e in entries]
    for read, e in zip(library.entries, entries, strict=True):
        fields = {f.key: str(f.value) for f in read.fields}
        assert (strip_braces(fields["title"]), strip_braces(fields["author"])) == (e.title, e.by)
        assert unescape_tex(fields.get("note", "")) == e.note
        assert fields.get("url", "") == e.address
        assert ("year" in fields) == (e.day is not None)


@given(st.lists(ENTRIES, max_size=4, unique_by=lambda e: e.key))
def test_ris_round_trip_is_exact(entries: list[BibliographyEntry]) -> None:
    """rispy reads back every field exactly."""
    read = rispy.loads(format_ris(entries))
    assert [(r["id"], r["title"], r["authors"]) for r in read] == [(e.key, e.title, [e.by]) for e in entries]
    assert [r.get("urls", [""])[0] for r in read] == [e.address for e in entries]
    assert [r.get("date", "") for r in read] == [f"{e.day:%Y/%m/%d}" if e.day else "" for e in entries]


def test_bibliography_cites_each_work_once(flagship: Case) -> None:
    """The brief, its datasets and each report that it names are cited once."""
    entries = build_entries(flagship.document, "https://desk.example.org/pakistan-afghanistan/brief")
    named = {a for e in flagship.document.cited for a in e.addresses}
    reports = [e.address for e in entries if e.kind == "report"]
    assert (len(reports), set(reports)) == (len(named), named)
    assert len({e.key for e in entries}) == len(entries)
    (own,) = (e for e in entries if e.kind == "brief")
    assert flagship.document.provenance.as_of in own.title
    assert flagship.document.provenance.sha256 in own.note
    assert [e.title for e in entries if e.kind == "dataset"] == [d.name for d in flagship.document.datasets]


def test_report_entries_have_no_invented_fields(flagship: Case) -> None:
    """A report's entry has no date, and its title is a description in square brackets."""
    for e in build_entries(flagship.document):
        if e.kind == "report":
            assert e.day is None
            assert e.title.startswith("[") and e.title.endswith("]")


def test_first_report_without_address_is_cited(flagship: Case) -> None:
    """A first report that the source names by publisher and day is cited with both, and with no title of its own."""
    e = replace(flagship.document.cited[0], addresses=(), source="ucdp", first_report="Kabul Now, 2026-01-08")
    others = (replace(e, id="2", first_report=""), replace(e, id="3", addresses=("https://example.org/1",)))
    reports = [x for x in build_entries(replace(flagship.document, cited=(e, *others))) if x.kind == "report"]
    assert [(x.by, x.day, x.address) for x in reports] == [
        ("example.org", None, "https://example.org/1"), ("Kabul Now", date(2026, 1, 8), ""),
    ]  # fmt: skip
    assert reports[1].title.startswith("[")
    assert e.id in reports[1].note
    (shown,) = rispy.loads(format_ris(reports[1:]))
    assert shown["type_of_reference"] == "GEN"
    assert "howpublished" not in format_bibtex(reports[1:])


@pytest.mark.parametrize("address", ["https://a.org/{x}", "https://a.org/a b", "https://a.org/\\x"])
def test_bibtex_escapes_addresses(address: str) -> None:
    """An address with a brace, a space or a backslash does not break its field."""
    library = parse_string(format_bibtex([BibliographyEntry("k", "report", "t", "b", None, address, "", "")]))
    assert library.failed_blocks == []
    (entry,) = library.entries
    assert "%" in entry["url"]
