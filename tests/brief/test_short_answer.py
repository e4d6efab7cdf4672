"""The short answer stays within its word limit, whatever the question, and every point keeps its evidence."""

import re
from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.brief.build import BriefRequest, build_claim_context
from detente.brief.errors import WordLimitTooLow
from detente.brief.first_page import rank_reader_text
from detente.brief.short_answer import (
    DEFAULT_WORD_LIMIT,
    AnswerMaterial,
    ShortAnswer,
    build_question_material,
    case_material,
    count_words,
    fit_to_length,
    render_answer_body,
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


@settings(max_examples=40)
@given(st.integers(1, 1200))
def test_case_answer_respects_word_limit(words: int) -> None:
    """The answer to the case's own question never exceeds the limit."""
    try:
        result = fit_to_length(own(), words)
    except WordLimitTooLow as error:
        assert words < error.needed
        return
    assert result.words == count_words(render_answer_body(result)) <= words


@settings(max_examples=50)
@given(st.data(), st.integers(1, 900))
def test_question_answer_respects_word_limit(data: st.DataObject, words: int) -> None:
    """The answer to any question of the test sets never exceeds the limit."""
    text = data.draw(st.sampled_from(answerable()))
    try:
        result = answer(text, words)
    except WordLimitTooLow as error:
        assert words < error.needed
        return
    assert result.words == count_words(render_answer_body(result)) <= words


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
    assert result.words <= result.limit
    assert result.limit >= DEFAULT_WORD_LIMIT
    assert len(result.points) == 8  # trade and civilians are one point


def test_more_words_keep_all_points() -> None:
    """At 250 words there are six points or more and a way forward; at 350 words all nine."""
    assert len(fit_to_length(own(), words_needed()).points) == 2
    for words, least in ((250, 6), (350, 9), (900, 9)):
        result = fit_to_length(own(), words)
        assert len(result.points) >= least
        assert result.conclusion[-1] in own().closing


@pytest.mark.parametrize("words", [160, 250, 400, 1000])
def test_answer_points_are_plain_and_referenced(words: int) -> None:
    """Every point is its plain sentence; an example has a day, and its number leads to the reference."""
    result = fit_to_length(own(), words)
    text = render_answer_text(result)
    assert not re.search(r"[*_`]", render_answer_body(result))
    for p in result.points:
        (line,) = [ln for ln in text.splitlines() if ln.startswith(f"- {p.text.text}")]
        if p.key in result.shown:
            found = re.search(r"Example: .*\d{4}.*\[(\d+)\]", line)
            assert found
            assert f"[{found[1]}] {p.example}, " in text
    assert len(result.shown) >= {160: 0, 250: 3, 400: 6, 1000: 9}[words]


def test_answer_examples_show_what_is_said() -> None:
    """The example of a point is an event behind its sentence, and no event is the example of two points."""
    points = [p for part in own().parts for p in part.points]
    for p in points:
        assert p.finding and p.finding.reader
        assert p.example in p.finding.reader.examples
    assert len({p.example for p in points}) == len(points)


def test_references_do_not_count_as_words() -> None:
    """The list of references comes after the answer, one line for each number in the text, and is not counted."""
    result = fit_to_length(own(), 250)
    body, text = render_answer_body(result), render_answer_text(result)
    numbers = sorted({int(n) for n in re.findall(r"\[(\d+)\]", body)})
    assert numbers == list(range(1, len(result.references) + 1))
    assert text.startswith(body)
    assert result.words == count_words(body) < count_words(text)


def test_answer_points_are_ordered_by_strength() -> None:
    """The strongest sentence comes first, and claims without enough data come last."""
    for part in own().parts:
        ranks = [rank_reader_text(p.finding.reader) for p in part.points if p.finding and p.finding.reader]
        assert ranks == sorted(ranks, reverse=True)
    early = build_claim_context(BriefRequest("pakistan-afghanistan", date(2021, 9, 20)))
    assert any(not p.enough for part in case_material(early, REQUEST).parts for p in part.points)


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
    assert text.index(f"\n1. {first.title}\n") < text.index(f"\n2. {second.title}\n") < text.index(refused.told)
    assert f"(1) “{first.asked}”; (2) “{second.asked}”" in text


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
    assert f"{headline[1:]}." in text.split(f"2. {second.title}")[1]


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
    assert text.count("closures of crossings") == 1


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
    short, full, whole = (answer(question, w) for w in (75, 130, 250))
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
    assert thin.text.text in render_answer_text(result)
