"""Likelihood words are those of ICD 203, and nothing is certain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.text.probability_words import InvalidProbability, format_percent, probability_word


@pytest.mark.parametrize(
    ("p", "told"),
    [
        (0.0, "almost no chance"), (0.049, "almost no chance"), (0.05, "very unlikely"), (0.199, "very unlikely"),
        (0.2, "unlikely"), (0.449, "unlikely"), (0.45, "roughly even"), (0.549, "roughly even"), (0.55, "likely"),
        (0.799, "likely"), (0.8, "very likely"), (0.949, "very likely"), (0.95, "almost certain"), (1.0, "almost certain"),
    ],
)  # fmt: skip
def test_each_edge_of_the_bands_takes_the_word_above_it(p: float, told: str) -> None:
    assert probability_word(p) == told


@given(st.floats(0, 1))
def test_no_probability_is_written_as_nought_or_a_hundred(p: float) -> None:
    assert format_percent(p) not in ("0\u00a0%", "100\u00a0%")


@pytest.mark.parametrize("p", [-0.01, 1.01, float("nan")])
def test_what_is_no_probability_gets_no_word(p: float) -> None:
    with pytest.raises(InvalidProbability, match="between 0 and 1"):
        probability_word(p)
    with pytest.raises(InvalidProbability):
        format_percent(p)
