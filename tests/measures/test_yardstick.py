"""Another source's figures beside the record's: the right months, the right conflicts, None where nothing compares."""

from datetime import date

import pytest

from detente.measures.yardstick import find_yardstick
from support.worlds import FLAGSHIP as G


def test_yardstick_compares_the_same_months() -> None:
    """Only whole months of the period count, and the record's events are those of the same days."""
    y = find_yardstick(G, "attack", date(2023, 1, 15), date(2023, 4, 10))
    assert y is not None
    assert (y.first, y.last, y.months) == (date(2023, 2, 1), date(2023, 3, 31), 2)
    assert (y.events, y.record_events) == (27 + 26, sum(y.first <= e.day <= y.last for e in G.of("attack")))


def test_short_period_takes_the_months_it_touches() -> None:
    """A period without a whole month is compared over the months that it touches."""
    y = find_yardstick(G, "attack", date(2023, 2, 20), date(2023, 3, 10))
    assert y is not None
    assert (y.first, y.last) == (date(2023, 2, 1), date(2023, 3, 31))


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2023, 2, 1), date(2023, 2, 28), "February 2023"),
        (date(2023, 2, 1), date(2023, 4, 30), "February to April 2023"),
        (date(2022, 11, 1), date(2023, 1, 31), "November 2022 to January 2023"),
        (date(2022, 2, 1), date(2023, 2, 28), "February 2022 to February 2023"),
    ],
)
def test_period_names_each_year_once(first: date, last: date, words: str) -> None:
    """A period names its months, and the year once where it is the same."""
    y = find_yardstick(G, "attack", first, last)
    assert y is not None
    assert y.period == words


@pytest.mark.parametrize("channel", ["pressure", "defiance", "dialogue", "concession", "truce", "outside"])
def test_kinds_without_deaths_have_no_yardstick(channel: str) -> None:
    """A source of deaths counts nothing that compares with talks and statements."""
    assert find_yardstick(G, channel) is None


def test_months_without_figures_give_none() -> None:
    """After the last month with figures there is no yardstick, and none is made of zero."""
    assert find_yardstick(G, "strike", date(2026, 3, 1), date(2026, 3, 31)) is None


def test_finest_count_is_taken_of_equal_ones() -> None:
    """In 2025 the group's conflict is at hand; before, only every conflict together."""
    late, early = (find_yardstick(G, "attack", date(y, 1, 1), date(y, 12, 31)) for y in (2025, 2024))
    assert late is not None
    assert early is not None
    assert late.events < 1132
    assert (early.events, early.deaths, early.provisional_from) == (687, 1885, None)


def test_unknown_deaths_stay_unknown() -> None:
    """Where a month's deaths are not at hand, the sum is None."""
    y = find_yardstick(G, "restraint", date(2023, 1, 1), date(2023, 12, 31))
    assert y is not None
    assert (y.events, y.deaths) == (100, None)


def test_case_without_figures_has_no_yardstick() -> None:
    """A case file without a longer view gives None."""
    from dataclasses import replace

    assert find_yardstick(replace(G, case=G.case.model_copy(update={"longer_view": None})), "attack") is None
