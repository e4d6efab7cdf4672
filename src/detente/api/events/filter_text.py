"""Event filters in words."""

from detente.api.case import Case
from detente.api.events.event_row import format_country_name
from detente.api.events.filters import EventQuery
from detente.cases.channel_names import channel_name
from detente.core.date_range import format_date


def describe_filters(prepared: Case, query: EventQuery) -> dict[str, str]:
    """Describe each filter that is set, such as `Pakistani strikes in Afghanistan` or `from 9 October 2025`."""
    actors = {a.key: a.short or a.name for a in prepared.case.cast}
    out: dict[str, str] = {}
    if query.channel:
        out["channel"] = " or ".join(channel_name(prepared.case, c) for c in query.channel)
    if query.actor:
        out["actor"] = "with " + " or ".join(actors[a] for a in query.actor)
    if query.initiator:
        out["initiator"] = "by " + " or ".join(actors.get(a, "an actor not named") for a in query.initiator)
    if query.recipient:
        out["recipient"] = "towards " + " or ".join(actors.get(a, "nobody named") for a in query.recipient)
    if query.type:
        out["type"] = "type " + " or ".join(t.lower() for t in query.type)
    if query.place:
        out["place"] = "in " + " or ".join(format_place_name(prepared, p) for p in query.place)
    if query.precision:
        out["precision"] = "located to the " + " or ".join(query.precision)
    if query.first:
        out["from"] = f"from {format_date(query.first)}"
    if query.last:
        out["to"] = f"to {format_date(query.last)}"
    if query.disputed is not None:
        out["disputed"] = "disputed" if query.disputed else "not disputed"
    if query.text:
        out["text"] = f"“{query.text}”"
    return out


def format_place_name(prepared: Case, key: str) -> str:
    """Return the last part of a place key, or the name of a country."""
    parts = [p for p in key.split("/") if p]
    return format_country_name(prepared.case, parts[0]) if len(parts) == 1 else parts[-1]
