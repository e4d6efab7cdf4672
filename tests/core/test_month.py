"""Calendar months: reading, shifting, listing."""

from datetime import date

import pytest

from detente.core.month import BadMonth, CalendarMonth, months_between, parse_month


@pytest.mark.parametrize("text", ["2025-13", "2025-00", "2025-1", "25-01", "2025-10-01", "", "١٢٣٤-٠١", "9999-01"])
def test_parse_month_rejects_other_texts(text: str) -> None:
    """A text that is no month is refused with its remedy."""
    with pytest.raises(BadMonth) as e:
        parse_month(text)
    assert e.value.text == text
    assert "2025-10" in str(e.value)


def test_month_shift_crosses_years() -> None:
    """Shifting there and back returns the same month, over years too."""
    for m in (CalendarMonth(2025, 1), CalendarMonth(2024, 12)):
        for n in (-25, -1, 0, 1, 13):
            assert m.shift(n).shift(-n) == m
    assert CalendarMonth(2024, 2).last == date(2024, 2, 29)


def test_months_between_are_all_days() -> None:
    """The months from one day to another hold every day between, each once."""
    found = months_between(date(2023, 11, 30), date(2024, 3, 1))
    assert sum(m.days for m in found) == (date(2024, 3, 31) - date(2023, 11, 1)).days + 1
    assert list(found) == sorted(set(found))
