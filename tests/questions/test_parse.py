"""Questions are cleaned, split into clauses and words, or rejected with a reason."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.questions.errors import UnreadableQuestion
from detente.questions.parse import MAX_QUESTION_LENGTH, clean_text, parse_question
from detente.questions.tokenize import find_phrase, parse_phrase, stem_word, tokenize


def asking_clauses(text: str) -> list[str]:
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
def test_parse_question_splits_at_asking_words(text: str, clauses: list[str]) -> None:
    """A new clause begins where another word asks."""
    assert asking_clauses(text)[-len(clauses) :] == clauses


@pytest.mark.parametrize("order", ["Discuss.", "Comment.", "Critically examine.", "Do you agree?", "Elucidate"])
def test_bare_instruction_asks_about_statement(order: str) -> None:
    """An instruction without an object asks about the statement before it."""
    (clause,) = [c for c in parse_question(f"Talks lower violence. {order}").clauses if c.asks]
    assert clause.bare


@pytest.mark.parametrize(
    ("text", "why", "remedy"),
    [
        ("", "empty", "English"),
        (" \n\t ", "empty", "English"),
        ("?!? 12", "no word", "English"),
        ("پاکستان اور افغانستان کے تعلقات کیوں خراب ہیں؟", "Arabic", "English"),
        ("Почему Кабул и Исламабад враждуют?", "Cyrillic", "English"),
        ("巴基斯坦和阿富汗为何冲突？", "Chinese", "English"),
        ("पाकिस्तान और अफ़ग़ानिस्तान के रिश्ते क्यों बिगड़े?", "Devanagari", "English"),
        ("How did trade\x1b[31m fall?", "character 14 is the control character U+001B", "plain text"),
        ("How did trade\x00 fall?", "U+0000", "plain text"),
        ("How did trade \udcff fall?", "UTF-8", "plain text"),
        ("How did trade fall? " * 500, f"{MAX_QUESTION_LENGTH:,}", "background"),
    ],
    ids=["empty", "white", "no word", "Urdu", "Russian", "Chinese", "Hindi", "escape", "nul", "bytes", "10,000"],
)  # fmt: skip
def test_unreadable_question_has_reason_and_remedy(text: str, why: str, remedy: str) -> None:
    """A question that cannot be read is rejected with a reason and a remedy, in a short printable message."""
    with pytest.raises(UnreadableQuestion) as error:
        parse_question(text)
    assert why in error.value.why
    assert remedy in error.value.remedy
    message = str(error.value)
    assert error.value.why in message and error.value.remedy in message
    assert message.isprintable()
    assert len(message) < 300


def test_clean_text_removes_invisible_characters() -> None:
    """Invisible characters are removed, and typographic marks stay."""
    assert clean_text("Why did\u00ad trade\u200b fall\u202e — “so” ’tis?\r\n ") == "Why did trade fall — “so” ’tis?"
    assert clean_text("Türkiye’s rôle, in Kabul (کابل)") == "Türkiye’s rôle, in Kabul (کابل)"


@settings(max_examples=200)
@given(st.text(max_size=400))
def test_parse_question_accepts_or_rejects_any_text(text: str) -> None:
    """Any text is split into clauses that quote it in order, or rejected."""
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
def test_spelling_variants_share_a_stem(one: str, other: str) -> None:
    """Two spellings of a word have the same stem."""
    assert [t.stem for t in tokenize(one)] == [t.stem for t in tokenize(other)]


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
def test_find_phrase_needs_nearby_words(text: str, wanted: str, there: bool) -> None:
    """A phrase is found where its words are near each other, in any order."""
    assert bool(find_phrase(tokenize(text), parse_phrase(wanted)[0])) is there


def test_find_phrase_respects_order_and_start() -> None:
    """An ordered phrase needs its order, and a phrase marked as first needs the start."""
    who_will, _ = parse_phrase("who will")
    assert find_phrase(tokenize("who then will win"), who_will, ordered=True)
    assert not find_phrase(tokenize("will those who win"), who_will, ordered=True)
    will, first = parse_phrase("^will")
    assert first
    assert not find_phrase(tokenize("a free will"), will, first=True)


def test_different_words_have_different_stems() -> None:
    """Similar words with different meanings keep different stems."""
    assert len({stem_word(w) for w in ("trade", "trust", "truce", "threat", "talk", "tie")}) == 6
