"""Range of reported deaths over several events, with the number of events without a figure.

The low end adds the lowest reported figure of each event, the high end the highest. Events without a figure are
counted separately: their deaths are unknown, not zero.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from detente.events.event import Event


@dataclass(frozen=True, slots=True)
class DeathRange:
    """`low` to `high` deaths over `told` events with a figure; `untold` counts events without one."""

    low: int
    high: int
    told: int
    untold: int


def sum_deaths(events: Iterable[Event]) -> DeathRange:
    """Sum reported deaths as a range, all sides together."""
    ranges = [e.tolls.range for e in events]
    known = [r for r in ranges if r is not None]
    low, high = sum(r[0] for r in known), sum(r[1] for r in known)
    return DeathRange(low, high, len(known), len(ranges) - len(known))


def sum_civilian_deaths(events: Iterable[Event]) -> DeathRange:
    """Sum reported civilian deaths; events give one figure, so low and high are equal."""
    figures = [e.tolls.civilian for e in events]
    known = [n for n in figures if n is not None]
    return DeathRange(sum(known), sum(known), len(known), len(figures) - len(known))
