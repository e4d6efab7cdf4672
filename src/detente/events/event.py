"""The event record: one reported act with its actors, type, date, place, deaths and sources."""

from dataclasses import dataclass
from datetime import date

from detente.core.date_range import DateRange
from detente.core.place import Place
from detente.events.plover import Quad, event_types


@dataclass(frozen=True, slots=True)
class ReportedDeaths:
    """Reported deaths on all sides. None means *not reported*, which is never 0.

    `low` ≤ `best` ≤ `high` where known; `civilian` counts civilians only.
    """

    low: int | None = None
    best: int | None = None
    high: int | None = None
    civilian: int | None = None

    @property
    def range(self) -> tuple[int, int] | None:
        """Lowest and highest reported number, or None if deaths were not reported.

        If only `high` is known, the lower end is 0, which is a bound and not a report.

        Example:
            >>> ReportedDeaths(low=69, best=72, high=405).range, ReportedDeaths(high=133).range, ReportedDeaths().range
            ((69, 405), (0, 133), None)
        """
        numbers = [n for n in (self.low, self.best, self.high) if n is not None]
        if not numbers:
            return None
        return (0 if numbers == [self.high] else min(numbers)), max(numbers)


@dataclass(frozen=True, slots=True)
class Event:
    """One reported act, in the same format for all sources.

    Fields:
        id: unique within its source. source, release, row: its origin; row 1 is the header.
        known_on: first day on which it was certainly known; analyses as of an earlier day must not use it.
        span, place: date range and place, each with its precision.
        initiators, recipients: actor keys of the case, resolved from the raw names.
        type, mode, context: PLOVER. mode and context are empty if unknown.
        tolls: deaths. disputed: the parties' accounts contradict each other.
        confidence: high, medium or low by the source's codebook; empty if it has none.
        addresses: pages that report the event. summary: one sentence.
        intensity: Goldstein weight of the provider's code, -10 to +10; None if it has none.
        initiator_codes, recipient_codes: the provider's codes for the raw names, if any.
        provisional: the provider is still checking the row; None if unknown.
        reports: number of merged rows; None if the source has one row per event.
        doubts: caveats of the provider or the reader on single values.
        first_report: publisher and day of the first report that the provider names, `Kabul Now, 2026-01-08`; empty if it names
            none so. Its headline is left out, since it may name private persons.
    """

    id: str
    source: str
    release: str
    row: int
    known_on: date
    span: DateRange
    place: Place
    raw_initiators: tuple[str, ...]
    raw_recipients: tuple[str, ...]
    initiators: tuple[str, ...]
    recipients: tuple[str, ...]
    type: str
    mode: str
    context: str
    tolls: ReportedDeaths
    disputed: bool
    confidence: str
    addresses: tuple[str, ...]
    summary: str
    intensity: float | None = None
    initiator_codes: tuple[str, ...] = ()
    recipient_codes: tuple[str, ...] = ()
    provisional: bool | None = None
    reports: int | None = None
    doubts: tuple[str, ...] = ()
    first_report: str = ""

    @property
    def quad(self) -> Quad:
        """Quad class of the event's type."""
        return event_types()[self.type].quad

    @property
    def day(self) -> date:
        """Day on which the event is counted: its first."""
        return self.span.first

    @property
    def actors(self) -> frozenset[str]:
        """All initiators and recipients."""
        return frozenset(self.initiators) | frozenset(self.recipients)
