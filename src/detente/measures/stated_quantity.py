"""Traced numbers of stated responses: how many acts their sources present as reactions."""

from collections.abc import Sequence
from typing import Any

from detente.measures.event_filter import EventFilter
from detente.measures.quantity import Quantity, tally_quantity
from detente.measures.stated_responses import StatedResponse


def stated_recipe(what: str, causes: Sequence[str], of: EventFilter) -> dict[str, Any]:
    """The recipe of a number from stated links.

    Args:
        what: which number. causes: kinds of the trigger. of: the acts.

    Example:
        >>> stated_recipe("reactions", ["attack"], EventFilter(channels=("strike",)))
        {'kind': 'stated reactions', 'causes': ['attack'], 'of': {'channels': ['strike']}}
    """
    return {"kind": f"stated {what}", "causes": list(causes), "of": of.as_data()}


def stated_quantity(key: str, r: StatedResponse, of: EventFilter) -> Quantity:
    """The number of acts that their sources present, in so many words, as reactions to one of the causes.

    It is a lower limit: a report names a motive only where it knows one.

    Args:
        key: name of the quantity. r: the measured response. of: the acts that it was measured on.
    """
    how = f"events whose sources present them, in so many words, as a reaction to: {', '.join(r.causes)}"
    return tally_quantity(key, r.stated, "events", how, stated_recipe("reactions", r.causes, of), r.stated_events)
