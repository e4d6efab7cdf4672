"""References read back by other programs' parsers, to the letter; what is not known is left out."""

import re
from datetime import date

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from hypothesis import given
from hypothesis import strategies as st

from detente.api.case import PreparedCase
from detente.brief.render.bibliography import BibliographyEntry, build_entries
from detente.brief.render.references import format_bibtex, format_ris

ESCAPES = {r"\textbackslash{}": "\\", r"\textasciitilde{}": "~", r"\textasciicircum{}": "^"}
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), min_size=1).filter(
    lambda s: s == " ".join(s.split())
)
TOLD = st.builds(
    BibliographyEntry,
    key=st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True),
    kind=st.sampled_from(["brief", "dataset", "report"]),
    title=WORDS, by=WORDS, day=st.none() | st.dates(date(1000, 1, 1)), address=st.just("") | st.just("https://a.org/x_y?q=%20#z"),
    version=st.just(""), note=st.just("") | WORDS,
)  # fmt: skip


def untexed(text: str) -> str:
    """What TeX would set."""
    long = "|".join(re.escape(k) for k in ESCAPES)
    return re.sub(rf"({long})|\\([{{}}&%$#_])", lambda m: ESCAPES.get(m.group(1) or "", m.group(2) or ""), text)


def bare(text: str) -> str:
    return untexed(text.removeprefix("{").removesuffix("}"))


@given(st.lists(TOLD, max_size=4, unique_by=lambda e: e.key))
def test_what_is_written_as_bibtex_is_read_back_to_the_letter(told: list[BibliographyEntry]) -> None:
    library = parse_string(format_bibtex(told))
    assert library.failed_blocks == []
    assert [e.key for e in library.entries] == [e.key for e in told]
    for read, e in zip(library.entries, told, strict=True):
        fields = {f.key: str(f.value) for f in read.fields}
        assert (bare(fields["title"]), bare(fields["author"])) == (e.title, e.by)
        assert untexed(fields.get("note", "")) == e.note
        assert fields.get("url", "") == e.address
        assert ("year" in fields) == (e.day is not None)


@given(st.lists(TOLD, max_size=4, unique_by=lambda e: e.key))
def test_what_is_written_as_ris_is_read_back_to_the_letter(told: list[BibliographyEntry]) -> None:
    read = rispy.loads(format_ris(told))
    assert [(r["id"], r["title"], r["authors"]) for r in read] == [(e.key, e.title, [e.by]) for e in told]
    assert [r.get("urls", [""])[0] for r in read] == [e.address for e in told]
    assert [r.get("date", "") for r in read] == [f"{e.day:%Y/%m/%d}" if e.day else "" for e in told]


def test_the_brief_its_datasets_and_each_report_that_it_names_are_cited_once(flagship: PreparedCase) -> None:
    told = build_entries(flagship.brief, "https://desk.example.org/pakistan-afghanistan/brief")
    named = {a for e in flagship.brief.cited for a in e.addresses}
    reports = [e.address for e in told if e.kind == "report"]
    assert (len(reports), set(reports)) == (len(named), named)
    assert len({e.key for e in told}) == len(told)
    (own,) = (e for e in told if e.kind == "brief")
    assert flagship.brief.provenance.as_of in own.title
    assert flagship.brief.provenance.sha256 in own.note
    assert [e.title for e in told if e.kind == "dataset"] == [d.name for d in flagship.brief.datasets]


def test_no_day_and_no_title_is_made_up_for_a_report(flagship: PreparedCase) -> None:
    for e in build_entries(flagship.brief):
        if e.kind == "report":
            assert e.day is None
            assert e.title.startswith("[") and e.title.endswith("]")


@pytest.mark.parametrize("address", ["https://a.org/{x}", "https://a.org/a b", "https://a.org/\\x"])
def test_an_address_cannot_end_its_field(address: str) -> None:
    library = parse_string(format_bibtex([BibliographyEntry("k", "report", "t", "b", None, address, "", "")]))
    assert library.failed_blocks == []
    (entry,) = library.entries
    assert "%" in entry["url"]
