"""An event: one reported act. Who did what to whom, when, where, with how many deaths, and who says so."""

from dataclasses import dataclass
from datetime import date

from detente.core.date_range import DateRange
from detente.core.place import Place
from detente.events.plover import Quad, event_types


@dataclass(frozen=True, slots=True)
class ReportedDeaths:
    """Deaths on all sides as reported. None is *not reported*, which is never 0.

    `low`, `best` and `high` are in that order where known; `civilian` counts civilians alone.
    """

    low: int | None = None
    best: int | None = None
    high: int | None = None
    civilian: int | None = None

    @property
    def range(self) -> tuple[int, int] | None:
        """The lowest and highest figure that anybody reported, or None if nobody gave one.

        Where only a highest claim was made the low end is 0: a bound, not a report that nobody died.

        Example:
            >>> ReportedDeaths(low=69, best=72, high=405).range, ReportedDeaths(high=133).range, ReportedDeaths().range
            ((69, 405), (0, 133), None)
        """
        told = [n for n in (self.low, self.best, self.high) if n is not None]
        if not told:
            return None
        return (0 if told == [self.high] else min(told)), max(told)

    @property
    def known(self) -> bool:
        """Did anybody give a figure?"""
        return self.range is not None


@dataclass(frozen=True, slots=True)
class Event:
    """One reported act, in the same shape whoever reported it.

    Fields:
        id: unique within its source. source, release, row: where it stands there; row 1 is the header.
        known_on: the first day on which it was surely known; nothing may be read before.
        span, place: when and where, each with its precision.
        initiators, recipients: actor keys of the case, resolved from the raw names, which are kept.
        type, mode, context: PLOVER. mode and context are empty where unknown.
        tolls: deaths. disputed: the parties' accounts contradict each other.
        confidence: high, medium or low, as the source's codebook defines them; empty if it has none.
        addresses: pages that state the event. summary: one sentence.
        intensity: of the provider's code on Goldstein's scale; None where it has none.
        initiator_codes, recipient_codes: the provider's own codes for the raw names, where it has any.
        provisional: the provider still checks this row; None where it does not say.
        reports: how many rows of the release tell this event; None where it is one row an event.
        doubts: what the provider or the reader holds against single values of the row.
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

    @property
    def quad(self) -> Quad:
        """Verbal or material, cooperation or conflict."""
        return event_types()[self.type].quad

    @property
    def day(self) -> date:
        """The day it is counted on: its first."""
        return self.span.first

    @property
    def actors(self) -> frozenset[str]:
        """Everybody who took part, on either side."""
        return frozenset(self.initiators) | frozenset(self.recipients)
