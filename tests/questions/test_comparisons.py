"""Questions that compare two periods, places, kinds or actors: both counts, covered days, and an answer only where these allow one."""

import pytest

from detente.api.case import Case, open_case
from detente.api.results.answers import AnswerResult
from detente.events.event import Event
from detente.questions.comparison import find_change, find_comparison
from detente.questions.event_kind import find_kinds
from detente.questions.mentions import Names
from detente.questions.period import find_periods, split_period
from support.question_routing import TODAY, ask
from support.workbench import change_record
from support.worlds import make_event, make_world, nth_day


def make_attack(day: int) -> Event:
    """An attack of the group on the target's soil."""
    return make_event(nth_day(day), "TTP", "PAK", "ASSAULT", "raid", country="PAK", n=day)


@pytest.fixture(scope="module")
def covered() -> Case:
    """Three attacks in March 2022 and one in April; January to June are covered."""
    g = make_world([make_attack(n) for n in (60, 65, 70, 95)], 170)
    return change_record(open_case(store=None), g)


def answer(case: Case, text: str) -> AnswerResult:
    result = ask(case, text)
    assert isinstance(result, AnswerResult), result
    return result


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Were there more attacks in March 2022 than in April 2022?", "Yes, on the record: 3 attacks in March 2022 and 1 attack in April 2022."),
        ("Were there fewer attacks in March 2022 than in April 2022?", "No, on the record: 3 attacks"),
        ("Did attacks rise from March 2022 to April 2022?", "No, on the record: 3 attacks"),
        ("Was there an increase in attacks from March 2022 to April 2022?", "No, on the record: 3 attacks"),
        ("Did attacks fall in April 2022 compared with March 2022?", "Yes, on the record: 3 attacks"),
        ("Were there more attacks in February 2022 than in May 2022?", "No, as many on the record: 0 attacks"),
        ("How did attacks change from March 2022 to April 2022?", "The record holds 3 attacks in March 2022 and 1 attack"),
        ("Which month had more attacks, March 2022 or April 2022?", "More in March 2022, on the record: 3 attacks"),
        ("Compare attacks in March 2022 and April 2022.", "The record holds 3 attacks in March 2022 and 1 attack"),
    ],
)  # fmt: skip
def test_covered_periods_are_compared(covered: Case, text: str, said: str) -> None:
    """Of two covered periods each count is given, and the answer follows from the counts; a tie is a tie."""
    result = answer(covered, text)
    assert said in result.text
    assert result.parts[0].understood.asks == "comparison"
    assert "Covered: 31 of 31 days of March" in result.text or "28 of 28 days" in result.text


@pytest.mark.parametrize(
    "text", ["Were there more attacks in March 2022 than in 2023?", "Did attacks rise from March 2022 to March 2023?"]
)
def test_uncovered_period_is_not_compared(covered: Case, text: str) -> None:
    """A smaller count of a period that is not covered decides nothing."""
    result = answer(covered, text)
    assert "The two cannot be compared: not all days of" in result.text
    assert "Covered: 31 of 31 days of March 2022 and 0 of" in result.text
    assert "Yes" not in result.text
    assert len(result.events) == 3


def test_whole_periods_are_compared_by_kind(covered: Case) -> None:
    """Without a kind, each kind with an event is counted in both periods."""
    result = answer(covered, "Compare March 2022 and April 2022.")
    assert "TTP attacks in Pakistan: 3 in March 2022 and 1 in April 2022" in result.text
    assert result.parts[0].understood.kind == "record"


@pytest.mark.parametrize(
    "text", ["Were there more attacks in Pakistan than before?", "Were there more attacks before or after March 2022?"]
)
def test_comparison_without_sides_is_refused(covered: Case, text: str) -> None:
    """A question that compares with something it does not name gets no yes."""
    result = answer(covered, text)
    assert not result.answered
    assert "does not name two periods" in result.text


@pytest.mark.parametrize("text", ["Did attacks rise since March 2022?", "Have attacks increased since March 2022?"])
def test_change_in_one_period_gets_no_yes(covered: Case, text: str) -> None:
    """Whether events rose takes two periods; a count of one is no yes."""
    result = answer(covered, text)
    assert result.text.count("Yes") == 0
    assert "takes two periods" in result.text


def test_number_of_attacks_is_no_death_toll(covered: Case) -> None:
    """ "More than two attacks" asks for a number of attacks, not for attacks with so many deaths."""
    result = answer(covered, "Were there more than 2 attacks in March 2022?")
    assert result.parts[0].understood.deaths_from is None
    assert len(result.events) == 3


@pytest.mark.parametrize(
    "text",
    ["do strikes cause more attacks than talks", "compare the two armies", "how do attacks in 2023 affect strikes in 2024"],
)  # fmt: skip
def test_questions_for_causes_compare_nothing(text: str) -> None:
    """A question for a cause, or of what is no event, is no comparison of counts."""
    periods = find_periods(text, TODAY, {})
    none = Names((), (), ())
    assert find_comparison(text, find_kinds(text), none, periods, lambda p: split_period(p, TODAY, {})) is None


def test_places_are_compared_and_deaths_need_figures(covered: Case) -> None:
    """Two places are compared on the same days; deaths only where each event has a figure."""
    places = answer(covered, "Were there more events in Pakistan than in Afghanistan in March 2022?")
    assert "3 events" in places.text or "3 in Pakistan" in places.text
    deaths = answer(covered, "Did more people die in March 2022 than in April 2022?")
    assert "cannot be compared: no report gives a figure of deaths for" in deaths.text


def test_places_in_uncovered_period_are_not_compared(covered: Case) -> None:
    """Two places are not put in order where days of the period were not collected."""
    result = answer(covered, "Were there more attacks in Punjab than in Khyber Pakhtunkhwa in 2022?")
    assert "cannot be compared: not all days of 2022 are covered" in result.text


@pytest.mark.parametrize(
    "text",
    [
        "were there attacks since the fall of kabul?",
        "were there attacks in the fall of 2023?",
        "did pakistan drop bombs in 2025?",
    ],
)
def test_other_meanings_of_fall_are_no_change(text: str) -> None:
    """The fall of a city, the season and dropped bombs are no fall of a number."""
    assert find_change(text) == ""
