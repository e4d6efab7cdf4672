"""Which events a number is made from, said so that anybody can select them again.

A selection is data, not code: it prints into the JSON twin of a brief, and a reader with the
chronology and the channel table arrives at the same events.
"""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from detente.cases.load import CaseData
from detente.events.event import Event


@dataclass(frozen=True, slots=True)
class EventFilter:
    """All conditions hold together; an empty tuple or None asks nothing.

    `channels`, `types`, `modes`, `contexts`, `countries`, `confidence`: any of these.
    `initiators`, `recipients`, `actors`: at least one of these actor keys acted, was acted on, took part.
    `every`: all of these took part. `without`: none of these took part.
    `first`, `last`: the day the event began, both included.
    `deaths_from`: at least so many deaths by the lowest figure told; unknown tolls do not count.
    `civilians`: True for events with civilian deaths told and above 0; False for those told to be 0.
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
        """Is the event one of these?"""
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
        told = event.tolls.range
        if self.deaths_from is not None and (told is None or told[0] < self.deaths_from):
            return False
        if self.civilians is None:
            return True
        civilian = event.tolls.civilian
        return civilian is not None and (civilian > 0) == self.civilians

    def of(self, gathered: CaseData) -> tuple[Event, ...]:
        """The events of a case that it selects, in order."""
        return tuple(e for e in gathered.events if self.holds(e, gathered.channel(e)))

    def as_data(self) -> dict[str, Any]:
        """The conditions that ask something, as JSON writes them."""
        out: dict[str, Any] = {}
        for f in fields(self):
            value = getattr(self, f.name)
            if value is not None and value != ():
                out[f.name] = value.isoformat() if isinstance(value, date) else value
        return {k: list(v) if isinstance(v, tuple) else v for k, v in out.items()}
