"""Small counts read as English: one death, and nothing said of nothing."""

import pytest

from detente.measures.quantity import Quantity
from detente.text.numbers import format_by_chance, range_text


@pytest.mark.parametrize(
    ("low", "high", "told"), [(1, 1, "1 civilian death"), (1, 2, "1–2 civilian deaths"), (0, 0, "no civilian deaths")]
)
def test_range_of_one_is_singular(low: int, high: int, told: str) -> None:
    """One death is no plural."""
    m = Quantity("toll", None, "deaths", "made for a test", {}, (), low, high)
    assert range_text(m, "civilian deaths").text == told


def test_expected_number_never_rounds_to_zero() -> None:
    """An expected number that rounds to 0 is told as fewer than one."""
    assert (format_by_chance(0.3), format_by_chance(4.9)) == ("fewer than one", "about 5")
