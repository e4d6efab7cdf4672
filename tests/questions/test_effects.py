"""Questions for an effect, a motive or shelter are answered in the direction asked, or refused by name."""

from dataclasses import replace

import pytest

from detente.api import ask_effect
from detente.api.case import Case, open_case
from detente.api.results.answers import AnswerResult
from detente.model.responses_table import ResponseRow
from detente.questions.effect import EffectQuestion, parse_effect
from support.question_routing import ask
from support.workbench import change_record
from support.worlds import make_event, make_world, nth_day


@pytest.fixture(scope="module")
def attacks_only() -> Case:
    """Two attacks of the group and no strike; the case has no background."""
    events = [make_event(nth_day(n), "TTP", "PAK", "ASSAULT", "raid", country="PAK", n=n) for n in (20, 40)]
    return change_record(open_case(store=None), replace(make_world(events, 90), background=None))


@pytest.fixture(scope="module")
def both() -> Case:
    """An attack and a strike."""
    attack = make_event(nth_day(20), "TTP", "PAK", "ASSAULT", "raid", country="PAK")
    strike = make_event(nth_day(30), "PAK", "TTP", "ASSAULT", "airstrike", n=2)
    return change_record(open_case(store=None), make_world([attack, strike], 90))


def answer(case: Case, text: str) -> AnswerResult:
    result = ask(case, text)
    assert isinstance(result, AnswerResult), result
    return result


@pytest.mark.parametrize(
    ("text", "cause", "effect"),
    [
        ("Do strikes lead to more attacks?", "strikes", "more attacks"),
        ("Do attacks follow strikes?", "strikes", "attacks"),
        ("Are attacks caused by strikes?", "strikes", "attacks"),
        ("Are strikes followed by attacks?", "strikes", "attacks"),
    ],
)
def test_effect_is_read_in_direction_asked(text: str, cause: str, effect: str) -> None:
    """The cause is the kind that the question makes the cause, wherever it stands."""
    assert parse_effect(text) == EffectQuestion(cause, effect)


@pytest.mark.parametrize(
    "text", ["Do Pakistani strikes cause more attacks?", "Do attacks by the TTP lead to Pakistani strikes?"]
)
def test_effect_of_absent_kind_is_refused(attacks_only: Case, text: str) -> None:
    """Neither an effect of strikes nor one on strikes is answered, where no strike is on record."""
    result = answer(attacks_only, text)
    assert not result.answered
    assert "holds no Pakistani strikes in Afghanistan, so this effect is not estimated" in result.text


def test_effect_outside_model_is_named(attacks_only: Case) -> None:
    """A pair that the model does not hold is refused with the words of the question."""
    result = answer(attacks_only, "Does fighting between the Taliban and ISKP lead to attacks in Pakistan?")
    assert not result.answered
    assert "“fighting between the Taliban and ISKP”" in result.text


@pytest.mark.parametrize("text", ["Why does the TTP attack Pakistan?", "Does Afghanistan shelter the TTP?"])
def test_motive_without_background_is_refused(attacks_only: Case, text: str) -> None:
    """The record holds acts: motives and shelter are refused, with what can be asked."""
    result = answer(attacks_only, text)
    assert not result.answered
    assert "You can ask, for example:" in result.text
    assert "strike" not in result.text


def test_motive_is_answered_from_background() -> None:
    """Where the background says what the group wants, the question why it attacks is answered by that."""
    part = answer(open_case(store=None), "Why does the TTP attack Pakistan?").parts[0]
    assert "wants an emirate" in part.sentences[0]
    assert part.understood.words[0] == "background"
    assert part.events


def test_effect_is_answered_by_its_response(monkeypatch: pytest.MonkeyPatch, both: Case) -> None:
    """The effect of strikes on attacks is the model's response of attacks, and no other pair's."""

    def find_row(_: Case, cause: str, effect: str) -> ResponseRow:
        return ResponseRow(cause, effect, -0.1, -0.3, 0.1, 0.2, "held", 0.4, "not run", "not run", "not supported", "")

    monkeypatch.setattr(ask_effect, "_find_row", find_row)
    part = answer(both, "Do Pakistani strikes lead to more TTP attacks?").parts[0]
    assert part.understood.kind == "analysis"
    assert next(x.address for x in part.links) == f"/{both.id}/responses/strike/attack"
    assert "Pakistani strikes in Afghanistan are followed by more or fewer TTP attacks" in part.sentences[0]
