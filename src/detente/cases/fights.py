"""Fights of which the source names two sides and does not say who began."""

from collections.abc import Collection, Iterable

from detente.cases.load import CaseData
from detente.cases.testimony import tells_initiator
from detente.events.event import Event
from detente.sources.testimony import format_source_name


def is_fight(event: Event) -> bool:
    """Return whether an event is force of which the source names two sides and not who began."""
    return event.type == "ASSAULT" and not tells_initiator(event)


def find_fights(g: CaseData, one: Collection[str], other: Collection[str]) -> tuple[Event, ...]:
    """Find the fights that name an actor of one side and an actor of the other, in order.

    Args:
        one, other: keys of actors.
    """
    return tuple(
        e
        for e in g.events
        if is_fight(e) and not e.actors.isdisjoint(one) and not e.actors.isdisjoint(other)
    )  # fmt: skip


def name_fight_sources(events: Iterable[Event]) -> tuple[str, ...]:
    """Name the sources of those events that do not say who began, in alphabetical order."""
    return tuple(sorted({format_source_name(e.source) for e in events if not tells_initiator(e)}))


def say_untold_initiator(names: Collection[str]) -> str:
    """Say that sources do not state who began a fight, as a clause.

    Example:
        >>> say_untold_initiator(["UCDP"]), say_untold_initiator(["ACLED", "UCDP"])
        ('UCDP does not say who began', 'ACLED and UCDP do not say who began')
    """
    return f"{' and '.join(names)} {'does' if len(names) == 1 else 'do'} not say who began"
