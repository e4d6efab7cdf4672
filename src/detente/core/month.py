"""A calendar month."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from detente.core.errors import DetenteError

FIRST_YEAR, LAST_YEAR = 1900, 2200


class BadMonth(DetenteError):
    """A text is no month."""

    exit_code = 2

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f"{text[:40]!r} is not a month. Write it as 2025-10.")


@dataclass(frozen=True, slots=True, order=True)
class CalendarMonth:
    """A calendar month: year and month from 1 to 12.

    Example:
        >>> m = CalendarMonth(2025, 12)
        >>> str(m), m.words, m.last, str(m.shift(1)), str(m.shift(-12))
        ('2025-12', 'December 2025', datetime.date(2025, 12, 31), '2026-01', '2024-12')
    """

    year: int
    month: int

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """The last day."""
        return date(self.year, self.month, self.days)

    @property
    def days(self) -> int:
        """The number of days."""
        return calendar.monthrange(self.year, self.month)[1]

    @property
    def words(self) -> str:
        """The month with its name."""
        return f"{self.first:%B %Y}"

    def shift(self, months: int) -> "CalendarMonth":
        """Return the month some months later, or earlier if negative."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return CalendarMonth(year, month + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


def month_of(day: date) -> CalendarMonth:
    """Return the month of a day."""
    return CalendarMonth(day.year, day.month)


def parse_month(text: str) -> CalendarMonth:
    """Read a month such as 2025-10.

    Raises:
        BadMonth: the text is no month between 1900 and 2200.

    Example:
        >>> parse_month("2025-10").words
        'October 2025'
        >>> parse_month("2025-13")
        Traceback (most recent call last):
        detente.core.month.BadMonth: '2025-13' is not a month. Write it as 2025-10.
    """
    found = re.fullmatch(r"(\d{4})-(\d{2})", text, re.ASCII)
    if not found or not 1 <= int(found[2]) <= 12 or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise BadMonth(text)
    return CalendarMonth(int(found[1]), int(found[2]))


def months_between(first: date, last: date) -> tuple[CalendarMonth, ...]:
    """List the months from that of one day to that of another, both included.

    Example:
        >>> [str(m) for m in months_between(date(2025, 11, 30), date(2026, 1, 1))]
        ['2025-11', '2025-12', '2026-01']
    """
    out, m = [], month_of(first)
    while m.first <= last:
        out.append(m)
        m = month_of(m.last + timedelta(days=1))
    return tuple(out)
