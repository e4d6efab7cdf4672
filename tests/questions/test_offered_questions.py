"""Questions to try are those that the case can answer."""

from dataclasses import replace

import pytest

from detente.api.case import Case, open_case
from detente.api.offered_questions import suggest_case_example, suggest_questions
from detente.events.event import ReportedDeaths
from support.question_routing import ask
from support.workbench import change_record
from support.worlds import make_event, make_world, nth_day


@pytest.fixture(scope="module")
def attacks_only() -> Case:
    """Two attacks in 2022 told by UCDP, and no strike; less than a year is covered."""
    tolls = ReportedDeaths(1, 1, 1)
    events = [
        replace(make_event(nth_day(n), "TTP", "PAK", "ASSAULT", country="PAK", n=n, tolls=tolls), source="ucdp")
        for n in (20, 40)
    ]
    g = make_world(events, 90)
    case = g.case.model_copy(update={"chronology": "", "crossings": ()})
    return change_record(
        open_case(store=None), replace(g, case=case, background=None, release=replace(g.release, source="ucdp"))
    )


def test_offered_questions_fit_record(attacks_only: Case) -> None:
    """No strike, forecast or empty year is asked about where the record has none."""
    offered = suggest_questions(attacks_only)
    assert "How many attacks did the TTP carry out in 2022?" in offered
    assert not any("strike" in q or "Will " in q or "open" in q for q in offered[1:])
    assert len(offered) == 6
    for question in (q for q in offered[1:] if "mediation" not in q):
        result = ask(attacks_only, question)
        assert not isinstance(result, str)
        assert result.events


def test_example_fits_record(attacks_only: Case) -> None:
    """A refusal of a case without strikes offers a count, not attacks that bring strikes."""
    assert suggest_case_example(attacks_only) == "How many attacks did the TTP carry out in 2022?"


def test_flagship_offers_every_kind() -> None:
    """The questions of the shipped case stay: a count, the deadliest, a crossing, a forecast, what if, a term."""
    offered = suggest_questions(open_case(store=None))
    assert offered[1:3] == (
        "How many attacks did the TTP carry out in 2025?", "What was the deadliest strike by Pakistan in Afghanistan?",
    )  # fmt: skip
    assert len(offered) == 8
