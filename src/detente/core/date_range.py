"""Date ranges with their precision.

A source may know only the week or the month of an event. Counting such events on the recorded day
would create false peaks, so a range covers every day on which the event may have happened.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

DatePrecision = Literal["day", "week", "month"]
DATE_PRECISIONS: tuple[str, ...] = get_args(DatePrecision)

# The codebook defines "week" as within three days either way, and "month" as within the named month.
PRECISION_MARGIN_DAYS = {"day": 0, "week": 3, "month": 15}


@dataclass(frozen=True, slots=True, order=True)
class DateRange:
    """Days from `first` to `last`, both included, each known to within `precision`."""

    first: date
    last: date
    precision: DatePrecision = "day"

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"date range ends on {self.last}, before it starts on {self.first}")

    @property
    def days(self) -> int:
        """Number of days, at least 1."""
        return (self.last - self.first).days + 1

    @property
    def latest(self) -> date:
        """Last day on which the event may have happened; by then it was certainly known.

        Example:
            >>> DateRange(date(2022, 2, 13), date(2022, 2, 13), "week").latest
            datetime.date(2022, 2, 16)
        """
        return self.last + min(timedelta(days=PRECISION_MARGIN_DAYS[self.precision]), date.max - self.last)

    @property
    def earliest(self) -> date:
        """First day on which the event may have happened."""
        return self.first - min(timedelta(days=PRECISION_MARGIN_DAYS[self.precision]), self.first - date.min)


def format_date(day: date) -> str:
    """Format a day with the month's name.

    Example:
        >>> format_date(date(2025, 10, 9))
        '9 October 2025'
    """
    return f"{day.day} {day:%B %Y}"


def format_date_range(span: DateRange) -> str:
    """Format a range; `about` marks imprecise dates.

    Example:
        >>> format_date_range(DateRange(date(2025, 10, 25), date(2025, 10, 30)))
        '25–30 October 2025'
        >>> format_date_range(DateRange(date(2022, 9, 10), date(2022, 9, 10), "month"))
        'about September 2022'
    """
    a, b = span.first, span.last
    if span.precision == "month":
        if (a.year, a.month) == (b.year, b.month):
            return f"about {a:%B %Y}"
        return f"about {a:%B}{'' if a.year == b.year else f' {a.year}'} – {b:%B %Y}"
    if a == b:
        text = format_date(a)
    elif (a.year, a.month) == (b.year, b.month):
        text = f"{a.day}–{format_date(b)}"
    elif a.year == b.year:
        text = f"{a.day} {a:%B} – {format_date(b)}"
    else:
        text = f"{format_date(a)} – {format_date(b)}"
    return f"about {text}" if span.precision == "week" else text


def join_spans(spans: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """Join spans of days that overlap or follow each other; sorted.

    Example:
        >>> days = [date(2026, 1, d) for d in (1, 2, 3, 5)]
        >>> [(a.day, b.day) for a, b in join_spans([(days[3], days[3]), (days[0], days[1]), (days[2], days[2])])]
        [(1, 3), (5, 5)]
    """
    out: list[tuple[date, date]] = []
    for a, b in sorted(spans):
        if out and a <= out[-1][1] + timedelta(days=1):
            out[-1] = (out[-1][0], max(b, out[-1][1]))
        else:
            out.append((a, b))
    return out
