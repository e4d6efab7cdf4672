"""Event filter: the conditions that select the events behind a number.

A filter is data, not code: a brief's JSON contains it, so a reader with the chronology and the channel table can select
the same events.
"""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from detente.cases.load import CaseData
from detente.events.event import Event


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Conditions that must all hold; an empty tuple or None sets no condition.

    `channels`, `types`, `modes`, `contexts`, `countries`, `confidence`: any of these.
    `initiators`, `recipients`, `actors`: at least one of these actor keys initiated, received, took part.
    `every`: all of these took part. `without`: none of these took part.
    `first`, `last`: bounds of the day the event began, both included.
    `deaths_from`: at least so many deaths by the lowest reported figure; events without a figure do not match.
    `civilians`: True for events with reported civilian deaths above 0; False for a reported 0.
    """

    channels: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    confidence: tuple[str, ...] = ()
    initiators: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    every: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    deaths_from: int | None = None
    civilians: bool | None = None

    def holds(self, event: Event, channel: str | None) -> bool:
        """Return whether the event meets all conditions."""
        return (
            (not self.channels or channel in self.channels)
            and (not self.types or event.type in self.types)
            and (not self.modes or event.mode in self.modes)
            and (not self.contexts or event.context in self.contexts)
            and (not self.countries or event.place.country in self.countries)
            and (not self.confidence or event.confidence in self.confidence)
            and (not self.initiators or not set(self.initiators).isdisjoint(event.initiators))
            and (not self.recipients or not set(self.recipients).isdisjoint(event.recipients))
            and (not self.actors or not event.actors.isdisjoint(self.actors))
            and event.actors.issuperset(self.every)
            and event.actors.isdisjoint(self.without)
            and (self.first is None or event.day >= self.first)
            and (self.last is None or event.day <= self.last)
            and self._matches_deaths(event)
        )

    def _matches_deaths(self, event: Event) -> bool:
        deaths = event.tolls.range
        if self.deaths_from is not None and (deaths is None or deaths[0] < self.deaths_from):
            return False
        if self.civilians is None:
            return True
        civilian = event.tolls.civilian
        return civilian is not None and (civilian > 0) == self.civilians

    def of(self, gathered: CaseData) -> tuple[Event, ...]:
        """Return the matching events of a case, in order."""
        return tuple(e for e in gathered.events if self.holds(e, gathered.channel(e)))

    def as_data(self) -> dict[str, Any]:
        """Return the conditions that are set, as JSON values."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {
            k: v.isoformat() if isinstance(v, date) else list(v) if isinstance(v, tuple) else v
            for k, v in values.items()
            if v is not None and v != ()
        }
