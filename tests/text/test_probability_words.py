"""Probability words of ICD 203 and probabilities in per cent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.text.probability_words import InvalidProbability, format_percent, probability_word


@pytest.mark.parametrize(
    ("p", "word"),
    [
        (0.0, "almost no chance"), (0.044, "almost no chance"), (0.05, "very unlikely"), (0.194, "very unlikely"),
        (0.2, "unlikely"), (0.444, "unlikely"), (0.45, "roughly even"), (0.544, "roughly even"), (0.55, "likely"),
        (0.794, "likely"), (0.8, "very likely"), (0.944, "very likely"), (0.95, "almost certain"), (1.0, "almost certain"),
    ],
)  # fmt: skip
def test_probability_word_takes_band_above_edge(p: float, word: str) -> None:
    """A value on the edge of a band takes the word of the band above."""
    assert probability_word(p) == word


@given(st.floats(0.01, 0.99), st.floats(-0.005, 0.005))
def test_equal_percents_have_equal_words(p: float, step: float) -> None:
    """Two probabilities that are printed alike have the same word."""
    if format_percent(p) == format_percent(p + step):
        assert probability_word(p) == probability_word(p + step)


@given(st.floats(0, 1))
def test_format_percent_avoids_0_and_100(p: float) -> None:
    """No probability is written as 0 or 100 %."""
    assert format_percent(p) not in ("0\u00a0%", "100\u00a0%")


@pytest.mark.parametrize("p", [-0.01, 1.01, float("nan")])
def test_probability_word_rejects_invalid_values(p: float) -> None:
    """Values outside 0 to 1 raise an error that carries the value."""
    with pytest.raises(InvalidProbability) as caught:
        probability_word(p)
    assert caught.value.value is p
    with pytest.raises(InvalidProbability):
        format_percent(p)
