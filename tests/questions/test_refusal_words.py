"""What refusals and notes say in words that a reader knows."""

from dataclasses import replace

from detente.api.case import open_case
from detente.api.results.answers import AnswerResult
from support.question_routing import ask
from support.workbench import change_record
from support.worlds import make_event, make_world, nth_day


def test_note_on_kinds_names_no_codebook() -> None:
    """Where a case has no chronology, the answer names its source and no codebook."""
    g = make_world([replace(make_event(nth_day(3), "TTP", "PAK", "ASSAULT", country="PAK"), source="ucdp")])
    case = g.case.model_copy(update={"chronology": ""})
    made = change_record(open_case(store=None), replace(g, case=case, release=replace(g.release, source="ucdp")))
    result = ask(made, "How many events were there in 2022?")
    assert isinstance(result, AnswerResult)
    assert "UCDP records deadly violence only." in result.text
    assert "codebook" not in result.text


def test_unmeasured_topic_is_refused_in_plain_words() -> None:
    """A topic without a finding is refused as that, not as a claim that measures nothing."""
    result = ask(open_case(store=None), "How do strikes in Paktika affect the price of oil?")
    assert isinstance(result, AnswerResult)
    assert "no finding of this case is about" in result.text
    assert "claim measures" not in result.text
