"""The short form keeps within its words, whatever is asked, and keeps its evidence."""

import re
from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.brief.build import BriefRequest, build_claim_context
from detente.brief.errors import WordLimitTooLow
from detente.brief.ranking import rank_strength
from detente.brief.short_answer import (
    CLOSING_SENTENCE,
    DEFAULT_WORD_LIMIT,
    AnswerMaterial,
    ShortAnswer,
    build_question_material,
    case_material,
    count_words,
    fit_to_length,
    render_answer_text,
)
from detente.claims.context import ClaimContext
from detente.questions.case_match import match_case
from detente.questions.demands import extract_demands
from detente.questions.errors import NoAnswerableDemand
from detente.questions.parse import parse_question
from detente.questions.phrase_match import Demand
from support.question_sets import load_questions

REQUEST = BriefRequest("pakistan-afghanistan")


@cache
def flagship() -> ClaimContext:
    return build_claim_context(REQUEST)


@cache
def demanded(text: str) -> tuple[Demand, ...]:
    asked = parse_question(text)
    return extract_demands(asked, match_case(asked.text), flagship().g.as_of)


@cache
def of(text: str) -> AnswerMaterial:
    return build_question_material(flagship(), REQUEST, text, demanded(text))


@cache
def own() -> AnswerMaterial:
    return case_material(flagship(), REQUEST)


def answered(text: str, words: int | None = None) -> ShortAnswer:
    return fit_to_length(of(text), words)


@cache
def answerable() -> tuple[str, ...]:
    told = [
        q["text"]
        for name in ("held_out", "tuning")
        for q in load_questions(name)
        if q["case"] == "pakistan-afghanistan"
    ]
    return tuple(t for t in told if any(not d.why for d in demanded(t)))


def least() -> int:
    with pytest.raises(WordLimitTooLow) as refusal:
        fit_to_length(own(), 1)
    return refusal.value.needed


@settings(max_examples=100)
@given(st.integers(1, 1200))
def test_the_cases_own_answer_never_has_more_words_than_were_asked_for(words: int) -> None:
    try:
        made = fit_to_length(own(), words)
    except WordLimitTooLow as refusal:
        assert words < refusal.needed
        return
    assert made.words == count_words(render_answer_text(made)) <= words


@settings(max_examples=150)
@given(st.data(), st.integers(1, 900))
def test_no_answer_to_any_question_has_more_words_than_were_asked_for(data: st.DataObject, words: int) -> None:
    text = data.draw(st.sampled_from(answerable()))
    try:
        made = answered(text, words)
    except WordLimitTooLow as refusal:
        assert words < refusal.needed
        return
    assert made.words == count_words(render_answer_text(made)) <= words


@pytest.mark.parametrize("text", ["How do clashes between Kabul and Islamabad hurt trade, and who will win?", None])
def test_the_words_that_a_refusal_names_are_enough_and_one_less_is_not(text: str | None) -> None:
    def make(words: int) -> ShortAnswer:
        return answered(text, words) if text else fit_to_length(own(), words)

    with pytest.raises(WordLimitTooLow) as refusal:
        make(1)
    needed = refusal.value.needed
    assert make(needed).words == needed
    with pytest.raises(WordLimitTooLow):
        make(needed - 1)


def test_without_a_limit_an_answer_has_the_usual_words_or_what_its_demands_need() -> None:
    assert answered("How do border closures hurt Afghan and Pakistani traders?").limit == DEFAULT_WORD_LIMIT
    crowded = (
        "Discuss trade, civilians, mediation, intelligence sharing, sovereignty, mistrust, safe havens, ideology and threat "
        "perception in Pakistan–Afghanistan ties."
    )
    made = answered(crowded)
    assert made.words == made.limit > DEFAULT_WORD_LIMIT
    assert len(made.points) == 8  # trade and civilians are one point


def test_more_words_never_give_fewer_points_and_enough_words_give_all_nine() -> None:
    sizes = [len(fit_to_length(own(), w).points) for w in range(least(), 800, 10)]
    assert sizes == sorted(sizes)
    assert sizes[0] == 2
    assert sizes[-1] == 9


@pytest.mark.parametrize("words", [160, 180, 250, 400, 1000])
def test_every_point_keeps_its_number_and_a_dated_and_cited_example(words: int) -> None:
    made = fit_to_length(own(), words)
    text = render_answer_text(made)
    for _, points in made.parts:
        assert points
        for p in points:
            (line,) = [ln for ln in text.splitlines() if ln.startswith(f"- **{p.headline}")]
            assert re.search(r"\d", line)
            assert re.search(r"[eE]\.g\. .+ \d{4}, .+DL-\d{8}-\d\d\)", line)


def test_of_two_points_the_one_with_limits_comes_first_and_one_with_too_little_last() -> None:
    for part in own().parts:
        weights = [rank_strength(p.finding) for p in part.points if p.finding]
        assert weights == sorted(weights, reverse=True)
    early = build_claim_context(BriefRequest("pakistan-afghanistan", date(2021, 9, 20)))
    weak = [p for part in case_material(early, REQUEST).parts for p in part.points if not p.enough]
    assert weak
    assert {rank_strength(p.finding) for p in weak if p.finding} == {0.0}


def test_the_parts_are_the_questions_demands_in_its_order_and_what_cannot_be_answered_is_named() -> None:
    made = answered("Has mediation between Kabul and Islamabad held, who will win, and how much trade was lost?")
    assert [part.title for part, _ in made.parts] == ["Mediators and outsiders", "Trade, crossings and civilians"]
    text = render_answer_text(made)
    assert text.index("**1. Mediators and outsiders**") < text.index("**2. Trade, crossings and civilians**")
    assert "“who will win”: it asks what will or would happen" in text
    assert "(1) “Has mediation between Kabul and Islamabad held”; (2) “how much trade was lost”." in text
    assert text.rstrip().endswith(CLOSING_SENTENCE)


def test_a_point_that_answers_two_demands_is_told_once() -> None:
    made = answered("How do clashes strain Pakistan–Afghanistan relations, and how do they hurt trade?", 800)
    (first, _), (second, points) = made.parts
    assert "spillover" in {p.key for p in first.points}
    assert points == ()
    assert [n for n, _ in second.earlier] == [1]
    assert render_answer_text(made).count("Trade could not pass") == 1
    assert "- As under 1: trade, civilians" in render_answer_text(made)


def test_a_claim_on_several_things_is_told_by_the_sentence_and_the_example_that_fit_what_was_asked() -> None:
    (trade,) = answered("How long was Torkham shut to trade?", 100).points
    (deaths,) = answered("How many civilians died in clashes between Kabul and Islamabad?", 110).points
    assert trade.key == deaths.key == "spillover"
    assert "Trade could not pass Torkham" in trade.text.text
    assert "civilian deaths in strikes" in deaths.text.text
    assert trade.example != deaths.example
    both = answered("Describe for Pakistan and Afghanistan (a) closed crossings, (b) civilian deaths.", 900)
    text = render_answer_text(both)
    for p in (trade, deaths):
        assert text.count(p.text.text.removesuffix(".")) == 1


@settings(max_examples=60)
@given(st.data(), st.integers(200, 2000))
def test_no_answer_says_a_sentence_twice(data: st.DataObject, words: int) -> None:
    try:
        made = answered(data.draw(st.sampled_from(answerable())), words)
    except WordLimitTooLow:
        return
    told = [s.text for p in made.points for s in made.said(p)]
    assert len(told) == len(set(told))


def test_room_that_is_left_is_filled_with_all_that_is_told_and_then_with_what_it_cannot_show() -> None:
    asked = "Has mediation between Kabul and Islamabad held?"
    short, full, whole = (answered(asked, w) for w in (75, 140, 250))
    assert "truces" not in render_answer_text(short)
    assert "truces" in render_answer_text(full)
    assert "What this cannot show" not in render_answer_text(full)
    assert "What this cannot show" in render_answer_text(whole)


def test_steps_that_touch_what_else_was_asked_come_first_and_each_rests_on_the_record() -> None:
    made = answered("How do border closures hurt trade between Pakistan and Afghanistan? Suggest a way forward.", 600)
    part, steps = made.parts[1]
    assert part.title == "Way forward"
    assert steps[0].key == "border_control"
    assert len(steps) == 5
    assert all(re.search(r"\d", p.text.text) or "No mediated" in p.text.text for p in steps)


def test_ways_forward_are_told_only_where_they_are_asked_for() -> None:
    assert "Way" not in render_answer_text(
        answered("How do border closures hurt trade between Pakistan and Afghanistan?")
    )


def test_a_question_of_which_nothing_can_be_answered_is_refused_with_every_reason_and_what_can_be() -> None:
    with pytest.raises(NoAnswerableDemand) as refusal:
        answered("Will the TTP win, and how is inflation in Pakistan and Afghanistan?")
    assert [why.split(";")[0] for _, why in refusal.value.refused] == [
        "it asks what will or would happen",
        "no claim measures the economy at large (output, prices, budgets, debt)",
    ]
    assert "trade, crossings and civilians" in str(refusal.value)


def test_a_demand_of_many_words_is_repeated_by_its_first() -> None:
    long = "How do clashes between Kabul and Islamabad hurt trade " + "and trade " * 100 + "?"
    assert answered(long).words <= DEFAULT_WORD_LIMIT


def test_an_early_answer_says_that_too_little_is_known() -> None:
    request = BriefRequest("pakistan-afghanistan", date(2021, 8, 20))
    made = fit_to_length(case_material(build_claim_context(request), request), 400)
    assert made.words <= 400
    assert "Too little is on record" in render_answer_text(made) or all(p.enough for p in made.points)
