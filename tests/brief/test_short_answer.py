"""The short answer stays within its word limit, whatever the question, and every point keeps its evidence."""

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
from detente.questions.catalogue import load_catalogue
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
def demands_of(text: str) -> tuple[Demand, ...]:
    question = parse_question(text)
    return extract_demands(question, match_case(question.text), flagship().g.as_of)


@cache
def material_of(text: str) -> AnswerMaterial:
    return build_question_material(flagship(), REQUEST, text, demands_of(text))


@cache
def own() -> AnswerMaterial:
    return case_material(flagship(), REQUEST)


def answer(text: str, words: int | None = None) -> ShortAnswer:
    return fit_to_length(material_of(text), words)


@cache
def answerable() -> tuple[str, ...]:
    questions = [q for name in ("held_out", "tuning") for q in load_questions(name)]
    texts = [q["text"] for q in questions if q["case"] == "pakistan-afghanistan"]
    return tuple(t for t in texts if any(not d.why for d in demands_of(t)))


def words_needed() -> int:
    with pytest.raises(WordLimitTooLow) as error:
        fit_to_length(own(), 1)
    return error.value.needed


def title_of(claim: str) -> str:
    return load_catalogue().claim(claim).title


@settings(max_examples=100)
@given(st.integers(1, 1200))
def test_case_answer_respects_word_limit(words: int) -> None:
    """The answer to the case's own question never exceeds the limit."""
    try:
        result = fit_to_length(own(), words)
    except WordLimitTooLow as error:
        assert words < error.needed
        return
    assert result.words == count_words(render_answer_text(result)) <= words


@settings(max_examples=150)
@given(st.data(), st.integers(1, 900))
def test_question_answer_respects_word_limit(data: st.DataObject, words: int) -> None:
    """The answer to any question of the test sets never exceeds the limit."""
    text = data.draw(st.sampled_from(answerable()))
    try:
        result = answer(text, words)
    except WordLimitTooLow as error:
        assert words < error.needed
        return
    assert result.words == count_words(render_answer_text(result)) <= words


@pytest.mark.parametrize("text", ["How do clashes between Kabul and Islamabad hurt trade, and who will win?", None])
def test_word_limit_error_names_exact_minimum(text: str | None) -> None:
    """The number of words that the error names is enough, and one less is not."""

    def fit(words: int) -> ShortAnswer:
        return answer(text, words) if text else fit_to_length(own(), words)

    with pytest.raises(WordLimitTooLow) as error:
        fit(1)
    needed = error.value.needed
    assert fit(needed).words == needed
    with pytest.raises(WordLimitTooLow):
        fit(needed - 1)


def test_answer_without_limit_fits_required_parts() -> None:
    """Without a limit, an answer has the default number of words, or as many as its demands need."""
    assert answer("How do border closures hurt Afghan and Pakistani traders?").limit == DEFAULT_WORD_LIMIT
    crowded = (
        "Discuss trade, civilians, mediation, intelligence sharing, sovereignty, mistrust, safe havens, ideology and threat "
        "perception in Pakistan–Afghanistan ties."
    )
    result = answer(crowded)
    assert result.words == result.limit > DEFAULT_WORD_LIMIT
    assert len(result.points) == 8  # trade and civilians are one point


def test_more_words_give_more_points() -> None:
    """A higher limit never gives fewer points, and a high one gives all nine."""
    sizes = [len(fit_to_length(own(), w).points) for w in range(words_needed(), 800, 10)]
    assert sizes == sorted(sizes)
    assert sizes[0] == 2
    assert sizes[-1] == 9


@pytest.mark.parametrize("words", [160, 180, 250, 400, 1000])
def test_answer_points_keep_number_and_example(words: int) -> None:
    """At any limit, every point has a number and a dated, cited example."""
    result = fit_to_length(own(), words)
    text = render_answer_text(result)
    for _, points in result.parts:
        assert points
        for p in points:
            (line,) = [ln for ln in text.splitlines() if ln.startswith(f"- **{p.headline}")]
            assert re.search(r"\d", line)
            assert re.search(r"[eE]\.g\. .+ \d{4}, .+DL-\d{8}-\d\d\)", line)


def test_answer_points_are_ordered_by_strength() -> None:
    """The strongest evidence comes first, and points with too little data have strength 0."""
    for part in own().parts:
        weights = [rank_strength(p.finding) for p in part.points if p.finding]
        assert weights == sorted(weights, reverse=True)
    early = build_claim_context(BriefRequest("pakistan-afghanistan", date(2021, 9, 20)))
    weak = [p for part in case_material(early, REQUEST).parts for p in part.points if not p.enough]
    assert weak
    assert {rank_strength(p.finding) for p in weak if p.finding} == {0.0}


def test_answer_parts_follow_demands() -> None:
    """The parts are the demands in the question's order, and an unanswerable demand is named with its reason."""
    result = answer("Has mediation between Kabul and Islamabad held, who will win, and how much trade was lost?")
    first, second = (part for part, _ in result.parts)
    assert (first.title, second.title) == (title_of("third_parties"), title_of("spillover"))
    assert first.asked == "Has mediation between Kabul and Islamabad held"
    assert second.asked == "how much trade was lost"
    (refused,) = result.material.refused
    assert (refused.asked, refused.why) == ("who will win", "forecast")
    text = render_answer_text(result)
    assert text.index(f"**1. {first.title}**") < text.index(f"**2. {second.title}**") < text.index(refused.told)
    assert f"(1) “{first.asked}”; (2) “{second.asked}”" in text
    assert text.rstrip().endswith(CLOSING_SENTENCE)


def test_answer_gives_shared_point_once() -> None:
    """A point that answers two demands is given with the first; the second refers to it by its headline."""
    result = answer("How do clashes strain Pakistan–Afghanistan relations, and how do they hurt trade?", 800)
    (first, first_points), (second, second_points) = result.parts
    assert "spillover" in {p.key for p in first.points}
    assert second_points == ()
    ((number, headline),) = second.earlier
    assert number == 1
    text = render_answer_text(result)
    (point,) = (p for p in first_points if p.key == "spillover")
    assert text.count(result.said(point)[0].text.removesuffix(".")) == 1
    assert f"{headline[1:]}." in text.split(f"**2. {second.title}**")[1]


def test_answer_chooses_sentence_and_example_for_question() -> None:
    """A claim on several topics is answered by the sentence and the example that fit the question."""
    (trade,) = answer("How long was Torkham shut to trade?", 100).points
    (deaths,) = answer("How many civilians died in clashes between Kabul and Islamabad?", 110).points
    assert trade.key == deaths.key == "spillover"
    assert "Torkham" in trade.text.text
    assert "civilian deaths" in deaths.text.text
    assert trade.example != deaths.example
    both = answer("Describe for Pakistan and Afghanistan (a) closed crossings, (b) civilian deaths.", 900)
    text = render_answer_text(both)
    assert text.count(deaths.text.text.removesuffix(".")) == 1
    assert text.count("Trade could not pass ") == 1


@settings(max_examples=60)
@given(st.data(), st.integers(200, 2000))
def test_answer_has_no_repeated_sentence(data: st.DataObject, words: int) -> None:
    """No sentence appears twice in an answer."""
    try:
        result = answer(data.draw(st.sampled_from(answerable())), words)
    except WordLimitTooLow:
        return
    sentences = [s.text for p in result.points for s in result.said(p)]
    assert len(sentences) == len(set(sentences))


def test_answer_room_goes_to_full_text_then_limits() -> None:
    """Remaining words are filled with the full text of a point, and then with its limits."""
    question = "Has mediation between Kabul and Islamabad held?"
    short, full, whole = (answer(question, w) for w in (75, 180, 250))
    (point,) = short.points
    assert [list(a.full) for a in (short, full, whole)] == [[], [point.key], [point.key]]
    assert [list(a.limits) for a in (short, full, whole)] == [[], [], [point.key]]
    assert point.limits is not None
    assert [point.full.text in render_answer_text(a) for a in (short, full, whole)] == [False, True, True]
    assert [point.limits.text in render_answer_text(a) for a in (short, full, whole)] == [False, False, True]


def test_recommendations_related_to_question_come_first() -> None:
    """Recommendations related to the other demands come first, and each rests on the record."""
    result = answer("How do border closures hurt trade between Pakistan and Afghanistan? Suggest a way forward.", 600)
    part, steps = result.parts[1]
    assert part.title == load_catalogue().way_forward.title
    assert steps[0].key == "border_control"
    assert len(steps) == 5
    assert all(re.search(r"\d", p.text.text) or "No mediated" in p.text.text for p in steps)


def test_recommendations_need_a_demand() -> None:
    """Recommendations are given only where the question asks for them."""
    result = answer("How do border closures hurt trade between Pakistan and Afghanistan?", 600)
    assert all(p.finding for p in result.points)
    assert load_catalogue().way_forward.title not in render_answer_text(result)


def test_unanswerable_question_is_rejected_with_reasons() -> None:
    """A question without an answerable demand is rejected with a reason for each, and with what can be asked."""
    text = "Will the TTP win, and how is inflation in Pakistan and Afghanistan?"
    with pytest.raises(NoAnswerableDemand) as error:
        answer(text)
    assert [d.why for d in demands_of(text)] == ["forecast", "unmeasured"]
    assert error.value.refused == [(d.asked, d.told) for d in demands_of(text)]
    assert title_of("spillover").lower() in error.value.answered


def test_long_demand_is_truncated() -> None:
    """A demand of many words is quoted by its first words only."""
    long = "How do clashes between Kabul and Islamabad hurt trade " + "and trade " * 100 + "?"
    assert answer(long).words <= DEFAULT_WORD_LIMIT


def test_early_answer_reports_too_little_data() -> None:
    """Five days into the case, the points with enough data are given, and one point that reports too little."""
    request = BriefRequest("pakistan-afghanistan", date(2021, 8, 20))
    result = fit_to_length(case_material(build_claim_context(request), request), 400)
    assert result.words <= 400
    (thin,) = (p for p in result.points if not p.enough)
    assert thin.headline.startswith("Too little")
    assert f"**{thin.headline}.**" in render_answer_text(result)
