"""Deaths over several events: a range, and how many events nobody gave a figure for.

The low end adds the lowest figure that anybody gave for each event, the high end the highest. Events
without any figure are counted apart: they add deaths of unknown number, not none.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from detente.events.event import Event


@dataclass(frozen=True, slots=True)
class DeathRange:
    """`low` to `high` deaths over `told` events; `untold` events gave no figure."""

    low: int
    high: int
    told: int
    untold: int


def sum_deaths(events: Iterable[Event]) -> DeathRange:
    """The range of deaths, all sides together."""
    ranges = [e.tolls.range for e in events]
    told = [r for r in ranges if r is not None]
    return DeathRange(
        low=sum(r[0] for r in told),
        high=sum(r[1] for r in told),
        told=len(told),
        untold=len(ranges) - len(told),
    )


def sum_civilian_deaths(events: Iterable[Event]) -> DeathRange:
    """Civilian deaths told; one figure an event, so low and high are the same."""
    figures = [e.tolls.civilian for e in events]
    told = [n for n in figures if n is not None]
    return DeathRange(sum(told), sum(told), len(told), len(figures) - len(told))
