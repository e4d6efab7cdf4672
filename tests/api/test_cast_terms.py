"""Questions about an actor where the case gives no background text."""

from dataclasses import replace

import pytest

from detente.api.ask import answer_question
from detente.api.case import Case
from detente.api.cast_terms import NO_BACKGROUND, list_cast_terms
from detente.api.results.answers import PartialAnswer
from support.ucdp_world import make_ucdp_world, open_world
from support.worlds import make_event, nth_day


def _ask(case: Case, question: str) -> PartialAnswer:
    (part,) = answer_question(case, question).parts
    return part


@pytest.fixture(scope="module")
def bare() -> Case:
    """The flagship's cast in a record of UCDP alone, without background."""
    return open_world(replace(make_ucdp_world(), background=None))


@pytest.mark.parametrize(
    "question", ["Who is the TTP?", "What is Tehreek-e-Taliban Pakistan?", "Tell me about the TTP"]
)
def test_actor_without_background_is_described(bare: Case, question: str) -> None:
    """The role in the case file, the events of the record and what its source records are said, and that no more is known."""
    part = _ask(bare, question)
    assert (part.understood.kind, part.understood.actors) == ("definition", ("TTP",))
    role, events, source, end = part.sentences
    assert role.endswith("in the case file, an armed group that fights Pakistan and shelters in Afghanistan.")
    assert events == "The record holds 3 events that name it, dated from 21 May 2022 to 2 June 2022."
    assert source.startswith("The record is read from UCDP. UCDP does not record operations")
    assert end == NO_BACKGROUND


def test_host_without_events_is_described(bare: Case) -> None:
    """A state that no event names is described by its role and the events on its soil."""
    part = _ask(bare, f"Who are {bare.case.names.host_government}?")
    assert part.understood.actors == (bare.case.keys("host")[0],)
    assert part.sentences[1:3] == ("No event of the record names it.", "The record places 2 events in Afghanistan.")


def test_one_event_is_named_with_its_day() -> None:
    """One event is said to be one, with its day."""
    g = make_ucdp_world()
    event = make_event(nth_day(9), "TTP", "", "ASSAULT", "raid", country="PAK")
    part = _ask(open_world(replace(g, background=None, events=(event,))), "Who is the TTP?")
    assert part.sentences[1] == "The record holds 1 event that names it, on 10 January 2022."


def test_background_keeps_its_own_definitions() -> None:
    """A case with background answers from it."""
    assert NO_BACKGROUND not in _ask(open_world(make_ucdp_world()), "Who is the TTP?").sentences


def test_cast_terms_leave_limited_names_out(bare: Case) -> None:
    """A name that a source uses for an actor in one country or for some days only is no name to ask by."""
    names = {n for t in list_cast_terms(bare.case) for n in (t.name, *t.aliases)}
    assert "Civilians" not in names
    assert "Government of Pakistan" in names
