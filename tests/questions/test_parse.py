"""A question is read as it stands, taken apart where its demands divide, and refused with a reason where it cannot be read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.questions.errors import UnreadableQuestion
from detente.questions.parse import MAX_QUESTION_LENGTH, clean_text, parse_question
from detente.questions.tokenize import Token, find_phrase, parse_phrase, stem_word, tokenize


def asked(text: str) -> list[str]:
    return [c.text for c in parse_question(text).clauses if c.asks]


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("How do clashes hurt trade, and why did talks fail?", ["How do clashes hurt trade", "why did talks fail?"]),
        ("Why is it so? Suggest a way forward.", ["Suggest a way forward."]),
        ("Has it worked and does it last?", ["does it last?"]),
        ("It is shut. It has been so for long and is not reopened. Why?", ["Why?"]),
        ("Analyse (a) why trust fell, (b) what trade lost.", ["why trust fell,", "what trade lost."]),
        ("Explain, with examples, why trade fell.", ["Explain, with examples, why trade fell."]),
        ("When troops fire, what happens to trade?", ["what happens to trade?"]),
        ("The U.S. left, e.g. its embassy. How did trade fare?", ["How did trade fare?"]),
        ("Trade fell.\nDescribe the causes", ["Describe the causes"]),
        ("Relations: causes of tension", ["Relations: causes of tension"]),
        ("please tell me how is trade", ["please tell me how is trade"]),
        ("Answer with reference to trade. How did it fare?", ["How did it fare?"]),
    ],
)  # fmt: skip
def test_a_question_is_divided_where_another_word_asks(text: str, clauses: list[str]) -> None:
    got = asked(text)
    assert got[-len(clauses) :] == clauses


@pytest.mark.parametrize("order", ["Discuss.", "Comment.", "Critically examine.", "Do you agree?", "Elucidate"])
def test_an_order_without_an_object_asks_for_the_statement_before_it(order: str) -> None:
    (clause,) = [c for c in parse_question(f"Talks lower violence. {order}").clauses if c.asks]
    assert clause.bare


@pytest.mark.parametrize(
    ("text", "why", "remedy"),
    [
        ("", "it is empty", "Ask in English"),
        (" \n\t ", "it is empty", "Ask in English"),
        ("?!? 12", "it holds no word", "Ask in English"),
        ("پاکستان اور افغانستان کے تعلقات کیوں خراب ہیں؟", "written in Arabic letters", "Please ask in English"),
        ("Почему Кабул и Исламабад враждуют?", "written in Cyrillic letters", "Please ask in English"),
        ("巴基斯坦和阿富汗为何冲突？", "written in Chinese letters", "Please ask in English"),
        ("पाकिस्तान और अफ़ग़ानिस्तान के रिश्ते क्यों बिगड़े?", "written in Devanagari letters", "Please ask in English"),
        ("How did trade\x1b[31m fall?", "character 14 is the control character U+001B", "Type the question anew"),
        ("How did trade\x00 fall?", "U+0000", "Type the question anew"),
        ("How did trade \udcff fall?", "no UTF-8", "Type the question anew"),
        ("How did trade fall? " * 500, f"10,000 characters, and a question may have {MAX_QUESTION_LENGTH:,}", "Leave out the background"),
    ],
    ids=["empty", "white", "no word", "Urdu", "Russian", "Chinese", "Hindi", "escape", "nul", "bytes", "10,000"],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_reason_and_a_remedy(text: str, why: str, remedy: str) -> None:
    with pytest.raises(UnreadableQuestion) as refusal:
        parse_question(text)
    told = str(refusal.value)
    assert why in told
    assert remedy in told
    assert told.isprintable()
    assert len(told) < 300


def test_what_cannot_be_seen_is_left_out_and_typographic_marks_stay() -> None:
    assert clean_text("Why did\u00ad trade\u200b fall\u202e — “so” ’tis?\r\n ") == "Why did trade fall — “so” ’tis?"
    assert clean_text("Türkiye’s rôle, in Kabul (کابل)") == "Türkiye’s rôle, in Kabul (کابل)"


@settings(max_examples=200)
@given(st.text(max_size=400))
def test_any_text_is_taken_apart_in_its_own_words_or_refused(text: str) -> None:
    try:
        q = parse_question(text)
    except UnreadableQuestion:
        return
    at = 0
    for c in q.clauses:
        assert c.start >= at
        assert q.text[c.start : c.end] == c.text
        at = c.end
    assert any(c.asks for c in q.clauses)


@pytest.mark.parametrize(
    ("one", "other"),
    [("analyse", "analyze"), ("destabilising", "destabilizes"), ("neighbours", "neighbor"), ("sharing", "shared"),
     ("mediators", "mediation"), ("defence", "defense"), ("ceasefire", "cease-fire"), ("counterterrorism", "counter-terrorism")],
)  # fmt: skip
def test_two_ways_of_writing_one_word_have_one_stem(one: str, other: str) -> None:
    assert [t.stem for t in tokenize(one)] == [t.stem for t in tokenize(other)]


def words(text: str) -> tuple[Token, ...]:
    return tokenize(text)


@pytest.mark.parametrize(
    ("text", "wanted", "there"),
    [
        ("the sharing of intelligence", "share intelligence", True),
        ("intelligence was never in any way and by nobody in the two capitals shared", "share intelligence", False),
        ("joint work", "joint work|patrol terrorism", False),
        ("complicate", "=complicity", False),
        ("complicity", "=complicity", True),
        ("trade trade", "trade trade", True),
        ("trade", "trade trade", False),
    ],
)
def test_a_phrase_is_found_where_its_words_stand_near_each_other_in_any_order(
    text: str, wanted: str, there: bool
) -> None:
    assert bool(find_phrase(words(text), parse_phrase(wanted)[0])) is there


def test_an_ordered_phrase_wants_its_order_and_a_first_one_the_beginning() -> None:
    who_will, _ = parse_phrase("who will")
    assert find_phrase(words("who then will win"), who_will, ordered=True)
    assert not find_phrase(words("will those who win"), who_will, ordered=True)
    will, first = parse_phrase("^will")
    assert first
    assert not find_phrase(words("a free will"), will, first=True)


def test_stems_of_unlike_words_differ() -> None:
    assert len({stem_word(w) for w in ("trade", "trust", "truce", "threat", "talk", "tie")}) == 6
