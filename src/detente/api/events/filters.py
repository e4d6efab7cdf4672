"""Event filters: parsed from a URL's query, and applied to the record.

Filters are combined with AND. Within one filter any of its values matches, but every word of a text must occur. An event
counts on its first day, as in `detente events` and in every measure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from typing import Any
from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray

from detente.api.events.sorting import SORT_ORDERS, SortOrder, order_events
from detente.api.events.table import CHANNEL_OPTIONS, NO_ACTOR, BoolArray, EventColumns
from detente.cases.actors import find_actor_key
from detente.core.errors import DetenteError, nearest, quoted_choices
from detente.core.place import GEO_PRECISIONS

MAX_TEXT_LENGTH = 200
FILTER_DESCRIPTIONS: Mapping[str, str] = {
    "channel": "channel, or unassigned; repeatable, as are actor, type, place and precision",
    "actor": "key or name of a participating actor",
    "initiator": f"key or name of an actor who acts, or {NO_ACTOR} for events whose source names none; repeatable",
    "recipient": f"key or name of an actor towards whom others act, or {NO_ACTOR}; repeatable",
    "type": "PLOVER type",
    "place": "place that contains the event, from the country down: PAK/Balochistan/Chaman",
    "precision": f"precision of the place: {', '.join(GEO_PRECISIONS)}",
    "from": "earliest first day, YYYY-MM-DD",
    "to": "latest first day, YYYY-MM-DD",
    "disputed": "yes or no: whether the parties' accounts contradict each other",
    "text": "words that all occur in the summary, place, actors or id",
    "sort": f"order: {', '.join(SORT_ORDERS)}",
}
"""Query parameters and their descriptions."""


FILTER_NAMES = {
    "channel": "Kind of event", "actor": "Actor", "initiator": "Initiator", "recipient": "Recipient", "type": "Type of act", "place": "Place", "precision": "Location precision",
    "from": "Start date", "to": "End date", "disputed": "Disputed", "text": "Search text", "sort": "Order",
}  # fmt: skip


class BadEventQuery(DetenteError):
    """A query parameter has a value that the record cannot be filtered by."""

    exit_code = 2

    def __init__(self, name: str, value: str, why: str, remedy: str) -> None:
        self.name, self.value, self.why, self.remedy = name, value, why, remedy
        super().__init__(f"{FILTER_NAMES.get(name, name)} {value!r} {why}. {remedy}")


@dataclass(frozen=True, slots=True)
class EventQuery:
    """Filters and order of a list of events; an empty tuple, an empty text and None do not filter.

    `channel` may hold `unassigned`. `place` holds paths from the country down: `PAK`, `PAK/Khyber Pakhtunkhwa`,
    `PAK/Khyber Pakhtunkhwa/Bannu`; each matches the places within. `first` and `last` limit the first day of an event,
    both included. `precision`: of the place, `place`, `district`, `province` or `country`. `disputed`: True if the parties'
    accounts contradict each other. `text`: words that must all occur in the summary, place, actors or id.
    `initiator`, `recipient`: actors of that side; `none` finds the events whose source names nobody there.
    """

    channel: tuple[str, ...] = ()
    actor: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    precision: tuple[str, ...] = ()
    disputed: bool | None = None
    text: str = ""
    sort: SortOrder = "newest"
    initiator: tuple[str, ...] = ()
    recipient: tuple[str, ...] = ()

    @property
    def asks(self) -> bool:
        """True if any filter is set."""
        return replace(self, sort="newest") != EventQuery()


def parse_event_query(params: Sequence[tuple[str, str]], columns: EventColumns) -> EventQuery:
    """Parse the filters of a URL's query; other parameters are ignored.

    Raises:
        BadEventQuery: an unknown or invalid value, with the nearest valid ones.
    """
    given = [(k, v.strip()) for k, v in params if v.strip()]
    first, last = _parse_day(given, "from"), _parse_day(given, "to")
    if first and last and last < first:
        raise BadEventQuery("to", str(last), f"is before the start date {first}", "Swap the two dates.")
    text = _get_last_value(given, "text")
    if len(text) > MAX_TEXT_LENGTH:
        why = f"is longer than {MAX_TEXT_LENGTH} characters"
        raise BadEventQuery("text", text[:40] + "…", why, "Search for fewer words.")
    disputed = _check_known_value(_get_last_value(given, "disputed"), "disputed", ("yes", "no"))
    sort = _check_known_value(_get_last_value(given, "sort"), "sort", SORT_ORDERS)
    return EventQuery(
        channel=_parse_values(given, "channel", CHANNEL_OPTIONS),
        actor=_parse_actors(given, "actor", columns),
        type=_parse_values(given, "type", columns.types),
        place=_parse_places(given, columns),
        precision=_parse_values(given, "precision", GEO_PRECISIONS),
        first=first,
        last=last,
        disputed=None if not disputed else disputed == "yes",
        text=" ".join(text.split()),
        sort=sort or "newest",
        initiator=_parse_actors(given, "initiator", columns, NO_ACTOR),
        recipient=_parse_actors(given, "recipient", columns, NO_ACTOR),
    )


def format_query_string(query: EventQuery, **more: Any) -> str:
    """Write a query as a query string, the same for equal queries; `more` is appended.

    Example:
        >>> format_query_string(EventQuery(channel=("strike",), first=date(2025, 10, 9)), page=2)
        'channel=strike&from=2025-10-09&page=2'
    """
    parts: list[tuple[str, str]] = []
    for name in ("channel", "actor", "initiator", "recipient", "type", "place", "precision"):
        parts += [(name, v) for v in getattr(query, name)]
    if query.first:
        parts.append(("from", str(query.first)))
    if query.last:
        parts.append(("to", str(query.last)))
    if query.disputed is not None:
        parts.append(("disputed", "yes" if query.disputed else "no"))
    if query.text:
        parts.append(("text", query.text))
    if query.sort != "newest":
        parts.append(("sort", query.sort))
    return urlencode([*parts, *((k, str(v)) for k, v in more.items())])


def build_query_address(here: str, query: EventQuery, **more: Any) -> str:
    """Write the address of a list or file of a query; page 1 is left out.

    Example:
        >>> build_query_address("/case/events", EventQuery(), page=1), build_query_address("/case/events.csv", EventQuery(channel=("strike",)))
        ('/case/events', '/case/events.csv?channel=strike')
    """
    text = format_query_string(query, **{k: v for k, v in more.items() if (k, v) != ("page", 1)})
    return f"{here}?{text}" if text else here


def build_filter_masks(columns: EventColumns, query: EventQuery) -> dict[str, BoolArray]:
    """Build a mask of matching events for each filter that is set, shape (event,)."""
    out: dict[str, BoolArray] = {}
    if query.channel:
        codes = [CHANNEL_OPTIONS.index(c) for c in query.channel]
        out["channel"] = _match_codes(columns.kind, codes, len(CHANNEL_OPTIONS))
    if query.actor:
        out["actor"] = np.any(columns.took_part[:, [columns.actors.index(a) for a in query.actor]], axis=1)
    for name, marks in (("initiator", columns.started), ("recipient", columns.received)):
        if asked := getattr(query, name):
            sides = (*columns.actors, NO_ACTOR)
            out[name] = np.any(marks[:, [sides.index(a) for a in asked]], axis=1)
    if query.type:
        out["type"] = _match_codes(columns.type, [columns.types.index(t) for t in query.type], len(columns.types))
    if query.place:
        inside = [i for i, p in enumerate(columns.places) if any(is_within_place(p, q) for q in query.place)]
        out["place"] = _match_codes(columns.place, inside, len(columns.places))
    if query.precision:
        wanted = [GEO_PRECISIONS.index(p) for p in query.precision]
        out["precision"] = _match_codes(columns.precision, wanted, len(GEO_PRECISIONS))
    if query.first:
        out["from"] = columns.day >= query.first.toordinal()
    if query.last:
        out["to"] = columns.day <= query.last.toordinal()
    if query.disputed is not None:
        out["disputed"] = columns.disputed == query.disputed
    if query.text:
        out["text"] = reduce(np.logical_and, [columns.words.hold(w) for w in query.text.casefold().split()])
    return out


def is_within_place(place: str, asked: str) -> bool:
    """Test whether a place lies within another.

    Example:
        >>> is_within_place("PAK/Balochistan/Chaman", "PAK/Balochistan"), is_within_place("PAK/Baloch", "PAK/Bal")
        (True, False)
    """
    return place == asked or place.startswith(f"{asked}/")


def combine_masks(all_masks: Mapping[str, BoolArray], n: int, *, but: str = "") -> BoolArray:
    """Combine the masks of all filters except `but`."""
    used = [m for name, m in all_masks.items() if name != but]
    return reduce(np.logical_and, used, np.ones(n, bool))


def find_event_positions(
    columns: EventColumns, query: EventQuery, all_masks: Mapping[str, BoolArray]
) -> NDArray[np.int64]:
    """Return the positions of the matching events in the requested order."""
    order = order_events(columns, query.sort)
    return order[combine_masks(all_masks, len(columns.events))[order]]


@dataclass(frozen=True, slots=True)
class FilterEffect:
    """A filter of a query without results: how many events match it alone, and how many match the query without it."""

    filter: str
    alone: int
    without: int


def measure_filter_effects(columns: EventColumns, all_masks: Mapping[str, BoolArray]) -> tuple[FilterEffect, ...]:
    """Count the effect of each filter, largest number of events without it first."""
    n = len(columns.events)
    effects = [
        FilterEffect(name, int(m.sum()), int(combine_masks(all_masks, n, but=name).sum()))
        for name, m in all_masks.items()
    ]
    return tuple(sorted(effects, key=lambda e: -e.without))


def _match_codes(codes: NDArray[np.int32], wanted: Sequence[int], n: int) -> BoolArray:
    is_wanted = np.zeros(n, bool)
    is_wanted[list(wanted)] = True
    return is_wanted[codes]


def _get_last_value(given: Sequence[tuple[str, str]], name: str) -> str:
    return next((v for k, v in reversed(given) if k == name), "")


def _parse_day(given: Sequence[tuple[str, str]], name: str) -> date | None:
    text = _get_last_value(given, name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadEventQuery(name, text, "is not a date", "Write it as YYYY-MM-DD.") from None


def _check_known_value(word: str, name: str, known: Sequence[str]) -> str:
    if word and word not in known:
        near = quoted_choices(nearest(word, list(known)))
        raise BadEventQuery(name, word, "is unknown", f"Nearest: {near}. Known: {', '.join(known)}.")
    return word


def _parse_values(given: Sequence[tuple[str, str]], name: str, known: Sequence[str]) -> tuple[str, ...]:
    chosen = {_check_known_value(v, name, known) for k, v in given if k == name}
    return tuple(w for w in known if w in chosen)


def _parse_actors(given: Sequence[tuple[str, str]], name: str, columns: EventColumns, *more: str) -> tuple[str, ...]:
    """Parse actors by key or name; a name that nobody or several have is an error with the nearest keys and names."""
    known = (*columns.actors, *more)
    chosen = set()
    for word in (v for k, v in given if k == name):
        key = word if word in known else find_actor_key(columns.case, word)
        if key not in known:
            names = [a.name for a in columns.case.cast if a.key in known]
            near = quoted_choices(nearest(word, list(dict.fromkeys((*known, *names)))))
            raise BadEventQuery(name, word, "is unknown", f"Nearest: {near}. Known: {', '.join(known)}.")
        chosen.add(key)
    return tuple(w for w in known if w in chosen)


def _parse_places(given: Sequence[tuple[str, str]], columns: EventColumns) -> tuple[str, ...]:
    places = tuple(dict.fromkeys(v for k, v in given if k == "place"))
    for place in (p for p in places if not any(is_within_place(q, p) for q in columns.places)):
        # Comparing with every village of a large record would take seconds.
        provinces = {"/".join(q.split("/")[:2]) for q in columns.places}
        near = quoted_choices(nearest(place[:MAX_TEXT_LENGTH], sorted(provinces)))
        remedy = f"Nearest: {near}. Write places from the country down, as PAK/Balochistan/Chaman."
        raise BadEventQuery("place", place[:MAX_TEXT_LENGTH], "has no event in this case", remedy)
    return places
