"""The age of a record: how long before the day of reading its systematic collection ends.

The day of reading is today, or the day of knowledge where somebody asked for one. Rates use covered days only;
statements of the present state use every event known, so both days stand side by side here.
"""

from dataclasses import dataclass
from datetime import date

from detente.cases.load import CaseData
from detente.core.clock import today
from detente.core.date_range import format_date


@dataclass(frozen=True, slots=True)
class RecordAge:
    """How old a record is on the day when it is read.

    Fields:
        covered_to: the last covered day: the end of the observation period.
        last_event: the day of the latest event known; None without events.
        read_on: the day of reading. is_today: whether that is today, and not a day of knowledge that was asked for.
        covered_from: the first day of the case. missing: days from there to the last covered one that were not collected.
    """

    covered_to: date
    last_event: date | None
    read_on: date
    is_today: bool = True
    covered_from: date | None = None
    missing: int = 0

    @property
    def days(self) -> int:
        """Days from the last covered day to the day of reading, 0 or more."""
        return max((self.read_on - self.covered_to).days, 0)

    @property
    def has_later_events(self) -> bool:
        """Whether single events are known of the days after systematic collection."""
        return self.last_event is not None and self.last_event > self.covered_to

    @property
    def sentence(self) -> str:
        """The age in one sentence for readers."""
        covered, gaps = format_date(self.covered_to), self._tell_gaps()
        if self.days == 0:
            return (
                f"Systematic collection ends on {covered}.{gaps}"
                if gaps
                else f"The record is collected systematically up to {covered}."
            )
        unit = "day" if self.days == 1 else "days"
        reading = "today" if self.is_today else format_date(self.read_on)
        later = "later events are single reports" if self.has_later_events else "no later event is in the record"
        return f"Systematic collection ends on {covered}, {self.days:,} {unit} before {reading}; {later}.{gaps}"

    def _tell_gaps(self) -> str:
        if self.covered_from is None or not self.missing:
            return ""
        every = (self.covered_to - self.covered_from).days + 1
        return (
            f" Of the {every:,} days since {format_date(self.covered_from)}, {self.missing:,} were not collected: "
            "what happened on them is unknown."
        )


def find_record_age(g: CaseData) -> RecordAge:
    """Return the age of a case's record on the day of reading.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> from detente.cases.load import load_case_data
        >>> age = find_record_age(load_case_data(load_case_file("pakistan-afghanistan"), date(2026, 5, 8)))
        >>> age.covered_to, age.days, age.has_later_events
        (datetime.date(2026, 4, 8), 30, True)
        >>> age.sentence
        'Systematic collection ends on 8 April 2026, 30 days before 8 May 2026; later events are single reports.'
    """
    last = max((e.day for e in g.events), default=None)
    first, read_on = g.coverage.first, g.as_of if g.as_of_given else today()
    missing = g.coverage.missing_days(first, g.watched_to)
    return RecordAge(g.watched_to, last, read_on, not g.as_of_given, first, missing)
