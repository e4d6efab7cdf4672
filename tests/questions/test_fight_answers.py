"""Answers look beyond the kind that a case counts, and say which events are fights that nobody is said to have begun."""

import pytest

from detente.api.case import Case
from detente.api.results.answers import AnswerResult
from support.fight_world import make_fight_world
from support.question_routing import ask
from support.ucdp_world import open_world


@pytest.fixture(scope="module")
def case() -> Case:
    """A case of UCDP in which the host fights the group."""
    return open_world(make_fight_world())


def answer(case: Case, text: str) -> AnswerResult:
    result = ask(case, text)
    assert isinstance(result, AnswerResult), result
    return result


def test_attacks_elsewhere_are_not_denied(case: Case) -> None:
    """Attacks by the group in the host's country are no kind of the case, but the events that name it there are given."""
    result = answer(case, "How many attacks by the TTP were there in Afghanistan in 2022?")
    assert (result.value, len(result.events)) == (None, 4)
    assert "holds 4 attacks or fights that name the TTP in Afghanistan" in result.text
    assert "UCDP names both sides of 3 of them and does not say who began." in result.text
    assert "The record holds no attacks" not in result.text


def test_missing_strikes_name_fights_of_both(case: Case) -> None:
    """Where no strike is on record, the fights of the two are named, and neither yes nor no is said."""
    result = answer(case, "Did Pakistan attack the TTP in 2022?")
    assert (result.value, len(result.events)) == (None, 2)
    assert "2 fights that name Pakistan and the TTP" in result.text


def test_deaths_of_both_are_of_fights(case: Case) -> None:
    """Fights between two are not called attacks, and nobody is called the attacker."""
    result = answer(case, "How many people died in fighting between the Taliban and the TTP in 2022?")
    assert result.value == {"low": 3, "best": 3, "high": 6}
    assert "in 3 of 3 fights between" in result.text
    assert "by the best figures of UCDP" in result.text
    assert "attackers" not in result.text


@pytest.mark.parametrize("text", ["When did the first attack happen?", "How many attacks were there in Pakistan?"])
def test_attacks_without_actor_leave_initiator_open(case: Case, text: str) -> None:
    """A question about attacks that names no actor is told too how many of them are fights."""
    result = answer(case, text)
    assert "3 events of the kind “fights with and attacks by the TTP in Pakistan”" in result.text
    assert "UCDP names both sides of 2 of them and does not say who began." in result.text


def test_deadliest_attack_says_which_are_fights(case: Case) -> None:
    """The deadliest events may be fights, and may lie outside the kind that was asked for."""
    assert (
        "of these 5 events are fights: UCDP does not say who began."
        in answer(case, "What was the deadliest attack?").text
    )


def test_civilian_deaths_list_events_with_some(case: Case) -> None:
    """Only events with civilian deaths are listed, the most first, and zero is said to be zero."""
    result = answer(case, "How many civilians died?")
    assert [case.g.event(e).tolls.civilian for e in result.events] == [2, 1]
    assert "3 civilian deaths are reported, in 2 of 8 events; for 6 the figure is 0" in result.text


def test_answer_without_events_has_no_references(case: Case) -> None:
    """The heading of the references stands only above references."""
    assert "References" not in answer(case, "Is there trade between Pakistan and Afghanistan?").text.splitlines()


def test_understood_group_without_allies(case: Case) -> None:
    """Allies are named only where the case has some."""
    assert "allies" not in answer(case, "How many attacks by the TTP were there in Pakistan?").text


def test_whether_attacks_happened_is_open_for_fights(case: Case) -> None:
    """Where every event found is a fight, it is not said that there were attacks; a mixed selection holds some."""
    fights = answer(case, "Were there attacks in Pakistan in January 2022?")
    assert (len(fights.events), fights.value, "Yes." in fights.text) == (2, None, False)
    assert "Yes." in answer(case, "Were there attacks in Pakistan in 2022?").text
