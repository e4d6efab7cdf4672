"""Answers by kind: what each says of names that it cannot follow, and numbers that the record does not hold."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from detente.api.case import Case
from detente.api.results.answers import AnswerResult
from detente.core.date_range import DateRange
from detente.questions.period import find_periods
from support.question_routing import TODAY, ask
from support.workbench import change_record


def answer(case: Case, text: str) -> AnswerResult:
    result = ask(case, text)
    assert isinstance(result, AnswerResult), result
    return result


def unused_words(result: AnswerResult) -> set[str]:
    return {n.words for p in result.parts for n in p.unused}


def test_count_of_people_is_unknown(flagship: Case) -> None:
    """A number of people is not the number of events: it is unknown, and the events are listed."""
    result = answer(flagship, "How many Afghans were deported in 2025?")
    assert result.kind == "record"
    assert result.value is None
    assert result.events


def test_soldiers_are_named_as_not_counted(flagship: Case) -> None:
    """Deaths are those of all sides, so a side in the question is named as not used."""
    result = answer(flagship, "How many soldiers died in TTP attacks in 2024?")
    assert "soldiers" in unused_words(result)
    assert isinstance(result.value, dict)
    assert result.value["low"] <= result.value["best"] <= result.value["high"]  # type: ignore[operator]


def test_mediated_rounds_involve_both_governments(flagship: Case) -> None:
    """A meeting of one government with a third party is no mediated round."""
    result = answer(flagship, "Who mediated in 2025?")
    by_id = {e.id: e for e in flagship.g.events}
    assert result.events
    assert all({"PAK", "AFG"} <= set(by_id[e].actors) for e in result.events)


@pytest.mark.parametrize(
    "text", ["Will the TTP attack in Pakistan in 2027?", "Will the Taliban and the TTP split next year?"]
)
def test_forecast_refuses_what_it_does_not_count(flagship: Case, text: str) -> None:
    """A period mostly beyond the forecast, or an act that it does not count, gets no probability."""
    result = answer(flagship, text)
    assert (result.kind, result.answered) == ("refused", False)


@pytest.mark.parametrize(
    "text",
    [
        "Will the leader of the TTP be killed this year?",
        "Is the TTP chief likely to be captured?",
        "What is the risk that the Taliban defence minister dies in Kabul?",
    ],
)
def test_fate_of_a_person_is_refused(flagship: Case, text: str) -> None:
    """No probability is given of what may come of a person, named or not."""
    result = answer(flagship, text)
    assert (result.kind, result.answered, result.value) == ("refused", False, None)


def test_analysis_lists_events_of_third_party(flagship: Case) -> None:
    """Findings about all third parties come after what the record holds of the one that is named."""
    result = answer(flagship, "Assess China's role in mediation between Pakistan and Afghanistan in 2025")
    (part,) = result.parts
    assert part.kind == "analysis"
    assert {"China's", "in 2025"} <= unused_words(result)
    by_id = {e.id: e for e in flagship.g.events}
    named = [e for e in part.events if f"({e})" in part.sentences[0]]
    assert named
    assert all("CHN" in by_id[e].actors and by_id[e].day.year == 2025 for e in named)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Do strikes in Ramadan provoke attacks by the TTP?", "in Ramadan"),
        ("How did Wagner affect trade between Pakistan and Afghanistan?", "Wagner"),
        ("What does China want in Torkham?", "Torkham"),
    ],
)
def test_analysis_refuses_names_it_cannot_follow(flagship: Case, text: str, words: str) -> None:
    """A name that neither the findings nor the record can follow is named, and nothing is answered without it."""
    result = answer(flagship, text)
    assert result.kind == "refused"
    assert words in unused_words(result)


def test_right_now_is_no_judgement(flagship: Case) -> None:
    """ "Right" in "right now" says when; the state of the crossing is given for the last covered day."""
    now, today = (answer(flagship, f"Is Torkham open {x}?") for x in ("right now", "today"))
    assert now.kind == today.kind == "status"
    assert now.parts[0].sentences == today.parts[0].sentences


def test_scene_names_are_not_dropped(flagship: Case) -> None:
    """A name in a sentence that asks nothing is used or named as not used."""
    result = answer(flagship, "India wooed Kabul in 2024. How many strikes did Pakistan carry out in 2025?")
    assert result.parts[-1].understood.first == date(2025, 1, 1)
    assert {"India", "in 2024"} <= unused_words(result)


def test_fall_in_year_is_no_season() -> None:
    """ "Fall in 2024" is a verb and a year; "fall 2024" and "fall of 2024" are a season."""
    assert [p.text for p in find_periods("why did trade fall in 2024", TODAY, {})] == ["2024"]
    assert [p.text for p in find_periods("attacks in fall 2024", TODAY, {})] == ["1 September – 30 November 2024"]


def test_every_answer_begins_with_what_was_understood(flagship: Case) -> None:
    """The text of each part begins with its kind, actors, kind of event, place and period."""
    for text in ("How many attacks did the TTP carry out in Bannu in 2024?", "Is Torkham open now?", "What is UNAMA?"):
        for part in answer(flagship, text).parts:
            assert part.text.startswith(f"Understood: {' · '.join(part.understood.words)}.")
            assert part.understood.words


def test_later_truce_is_told_as_report(flagship: Case) -> None:
    """A truce reported after systematic collection is told, and nothing says that no truce is known."""
    asked = "Is a truce in force between Pakistan and the Taliban?"
    before = answer(flagship, asked)
    known = next(e for e in flagship.g.events if e.mode == "ceasefire")
    day = flagship.g.watched_to + timedelta(days=30)
    later = replace(known, id="N-1", span=DateRange(day, day), known_on=day)
    result = answer(change_record(flagship, replace(flagship.g, events=(*flagship.g.events, later))), asked)
    assert "N-1" in result.events
    assert "No truce is known" in before.text
    assert "No truce is known" not in result.text
