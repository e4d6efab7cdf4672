"""The first page: at most eight sentences beside the fighting, marks that match verdicts, and plain words."""

import pytest

from detente.brief.document import Brief
from detente.brief.first_page import FIGHTING, OUTLOOK, WAY_FORWARD
from detente.claims.evidence_line import list_evidence
from detente.claims.reader_text import MARK_WORDS, ON_RECORD
from detente.claims.verdict import decide_part_verdict
from support.shared_artifacts import flagship_brief

LONGEST = 32


@pytest.fixture(scope="module")
def flagship() -> Brief:
    return flagship_brief()


def test_answer_has_all_parts(flagship: Brief) -> None:
    """The page holds the fighting, each demand, the way forward and the outlook, in eight sentences or fewer."""
    headings = list(dict.fromkeys(a.heading for a in flagship.answer))
    assert headings == [FIGHTING, *(s.title for s in flagship.sections), WAY_FORWARD, OUTLOOK]
    assert 5 <= sum(a.heading != FIGHTING for a in flagship.answer) <= 8


def test_answer_marks_come_from_points(flagship: Brief) -> None:
    """A sentence of the first page is one of its point, with the same mark."""
    points = {p.claim: p for s in flagship.sections for p in s.points}
    told = [a for a in flagship.answer if a.claim]
    assert told
    for a in told:
        reader = points[a.claim].reader
        assert reader is not None
        assert (a.mark, a.sentence) in {(m.mark, m.sentence) for m in reader.sentences}
    assert set(flagship.marks) <= set(MARK_WORDS)


def test_plain_sentences_are_short_with_few_numbers(flagship: Brief) -> None:
    """A reader's sentence holds at most two measured numbers, no interval, and few words."""
    sentences = [m.sentence for s in flagship.sections for p in s.points if p.reader for m in p.reader.sentences]
    assert 18 <= len(sentences) <= 40
    for s in sentences:
        assert len(s.measured) <= 3, s.text
        assert "interval" not in s.text
        assert "limits" not in s.text
        assert len(s.text.split()) <= LONGEST
    assert sum(len(s.text.split()) for s in sentences) / len(sentences) <= 20


def test_marks_of_parts_are_their_verdicts(flagship: Brief) -> None:
    """A sentence is marked supported or leaning only if a necessary part has that verdict."""
    for p in (p for s in flagship.sections for p in s.points):
        verdicts = {decide_part_verdict(e, p.outcomes) for e in p.estimates if e.necessary}
        marks = {m.mark for m in (p.reader.sentences if p.reader else ())} - {ON_RECORD}
        assert marks & {"supported", "leaning", "contradicted"} <= verdicts


def test_evidence_line_has_every_necessary_part(flagship: Brief) -> None:
    """Each necessary part has one line with its verdict, and its number where it was estimated."""
    for p in (p for s in flagship.sections for p in s.points):
        needed = [e for e in p.estimates if e.necessary]
        lines = list_evidence(p)
        tested = [x.mark for x in lines if x.mark != ON_RECORD]
    assert tested == [decide_part_verdict(e, p.outcomes) for e in needed]
        for e, x in zip(needed, lines, strict=True):
            keys = {m.key for m in x.sentence.measured}
            assert keys == ({m.key for m in e.numbers} if e.enough else set())


def test_arguments_and_options_have_sources(flagship: Brief) -> None:
    """Every argument names who holds it and its sources, and every option its own."""
    for s in flagship.sections:
        assert set(s.arguments) == {p.claim for p in s.points}
        assert all(a.held_by and a.sources for a in s.arguments.values())
    assert len(flagship.levers) == 5
    assert all(w.sources and w.expectation.text for w in flagship.levers)
    cited = {e.id for e in flagship.cited}
    named = {x for w in flagship.levers for x in (*w.sources, *w.precedent_events) if x.startswith("DL-")}
    assert named <= cited
