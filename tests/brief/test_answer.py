"""The short form keeps within its words, whatever they are, and keeps its evidence."""

import re
from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.brief.answer import answer, as_text, count
from detente.brief.document import Brief
from detente.brief.outline import Request, brief
from detente.ground.errors import TooFewWords


@cache
def flagship() -> Brief:
    return brief(Request("pakistan-afghanistan"))


def least() -> int:
    with pytest.raises(TooFewWords) as refusal:
        answer(flagship(), 1)
    return refusal.value.needed


@settings(max_examples=60)
@given(st.integers(1, 1200))
def test_an_answer_never_has_more_words_than_were_asked_for(words: int) -> None:
    try:
        made = answer(flagship(), words)
    except TooFewWords as refusal:
        assert words < refusal.needed
        return
    assert made.words == count(as_text(made)) <= words


def test_the_words_that_a_refusal_names_are_enough_and_one_less_is_not() -> None:
    needed = least()
    assert answer(flagship(), needed).words == needed
    with pytest.raises(TooFewWords):
        answer(flagship(), needed - 1)


def test_more_words_never_give_fewer_points_and_enough_words_give_all_nine() -> None:
    sizes = [sum(len(p) for _, p in answer(flagship(), w).points) for w in range(least(), 700, 25)]
    assert sizes == sorted(sizes)
    assert sizes[0] == 2
    assert sizes[-1] == 9


@pytest.mark.parametrize("words", [150, 250, 400, 1000])
def test_every_point_keeps_its_number_and_a_dated_and_cited_example(words: int) -> None:
    made = answer(flagship(), words)
    text = as_text(made)
    for _, points in made.points:
        assert points
        for p in points:
            assert p.headline in text
            (line,) = [ln for ln in text.splitlines() if p.headline in ln]
            assert re.search(r"\d", line)
            assert re.search(r"e\.g\. .+ \d{4}, .+DL-\d{8}-\d\d\)", line)


def test_an_early_answer_says_that_too_little_is_known() -> None:
    made = answer(brief(Request("pakistan-afghanistan", date(2021, 8, 20))), 400)
    assert made.words <= 400
    assert "Too little is on record" in as_text(made) or all(p.enough for _, ps in made.points for p in ps)
