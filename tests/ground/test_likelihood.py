"""Likelihood words agree with their probabilities over the whole range."""

import numpy as np
import pytest

from detente.ground.likelihood import likelihood

# As the directive prints them, in percent: from, to.
DIRECTIVE = {
    "almost no chance": (1, 5), "very unlikely": (5, 20), "unlikely": (20, 45), "roughly even": (45, 55),
    "likely": (55, 80), "very likely": (80, 95), "almost certain": (95, 99),
}  # fmt: skip


def test_every_probability_gets_the_word_in_whose_band_it_lies() -> None:
    for p in np.linspace(0, 1, 10_001):
        low, high = DIRECTIVE[likelihood(float(p))]
        assert low <= 100 * p <= high or (p < 0.01 and low == 1) or (p > 0.99 and high == 99)


def test_words_rise_with_the_probability() -> None:
    words = [likelihood(float(p)) for p in np.linspace(0, 1, 1001)]
    assert list(dict.fromkeys(words)) == list(DIRECTIVE)


@pytest.mark.parametrize("p", [-0.01, 1.01, float("nan")])
def test_what_is_no_probability_gets_no_word(p: float) -> None:
    with pytest.raises(ValueError, match="no probability"):
        likelihood(p)
