"""A question to the record: filters read from an address, and what they find.

All filters hold together. Within one filter any of its words will do, but of a text every word must be there. An event
counts on its first day, as in `detente events` and in every measure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from typing import Any, Literal
from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray

from detente.api.events.table import CHANNEL_OPTIONS, BoolArray, EventColumns
from detente.core.errors import DetenteError, nearest, quoted_choices
from detente.core.place import GEO_PRECISIONS

SortOrder = Literal["newest", "oldest", "deaths"]
SORT_ORDERS: tuple[SortOrder, ...] = ("newest", "oldest", "deaths")
MAX_TEXT_LENGTH = 200
FILTER_DESCRIPTIONS: Mapping[str, str] = {
    "channel": "of this channel, or unassigned; may be given again, as may the next four",
    "actor": "with this actor, by its key",
    "type": "of this PLOVER type",
    "place": "within this place, written from the country down: PAK/Balochistan/Chaman",
    "precision": f"the place is known to this: {', '.join(GEO_PRECISIONS)}",
    "from": "began on this day or later",
    "to": "began on this day or earlier",
    "disputed": "yes or no: the parties' accounts contradict each other",
    "text": "all these words stand in its summary, place, actors or id",
    "sort": ", ".join(SORT_ORDERS),
}
"""What an address may ask, word by word."""


class BadEventQuery(DetenteError):
    """An address asks the record for something that it cannot be asked."""

    exit_code = 2

    def __init__(self, name: str, value: str, why: str, remedy: str) -> None:
        self.name, self.value, self.why, self.remedy = name, value, why, remedy
        super().__init__(f"{name}={value!r}: {why}. {remedy}")


@dataclass(frozen=True, slots=True)
class EventQuery:
    """What is asked; an empty tuple, an empty text and None ask nothing.

    `channel` may hold `unassigned`. `place` holds addresses from the country down: `PAK`, `PAK/Khyber Pakhtunkhwa`,
    `PAK/Khyber Pakhtunkhwa/Bannu`; each finds what lies within. `first` and `last` are the days between which an
    event began, both included. `precision`: how well the place is known, `place`, `district`, `province` or `country`. `disputed`: do the parties' accounts contradict each other? `text`: words that must
    all stand in the summary, place, actors or id.
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

    @property
    def asks(self) -> bool:
        """Does any filter ask something?"""
        return replace(self, sort="newest") != EventQuery()


def parse_event_query(params: Sequence[tuple[str, str]], columns: EventColumns) -> EventQuery:
    """The question of an address; names that are no filter are left to others.

    Raises:
        BadQuestion: a value that the record cannot be asked, with the nearest that it can.
    """
    told = [(k, v.strip()) for k, v in params if v.strip()]
    first, last = _parse_day(told, "from"), _parse_day(told, "to")
    if first and last and last < first:
        raise BadEventQuery("to", str(last), f"it is before from={first}", "Swap the two days.")
    text = _get_last_value(told, "text")
    if len(text) > MAX_TEXT_LENGTH:
        why = f"it is longer than {MAX_TEXT_LENGTH} characters"
        raise BadEventQuery("text", text[:40] + "…", why, "Look for fewer words.")
    disputed = _check_known_value(_get_last_value(told, "disputed"), "disputed", ("yes", "no"))
    sort = _check_known_value(_get_last_value(told, "sort"), "sort", SORT_ORDERS)
    return EventQuery(
        channel=_parse_values(told, "channel", CHANNEL_OPTIONS),
        actor=_parse_values(told, "actor", columns.actors),
        type=_parse_values(told, "type", columns.types),
        place=_parse_places(told, columns),
        precision=_parse_values(told, "precision", GEO_PRECISIONS),
        first=first,
        last=last,
        disputed=None if not disputed else disputed == "yes",
        text=" ".join(text.split()),
        sort=next((s for s in SORT_ORDERS if s == sort), "newest"),
    )


def format_query_string(query: EventQuery, **more: Any) -> str:
    """The question as a query string, the same for the same question; `more` is added at the end.

    Example:
        >>> format_query_string(EventQuery(channel=("strike",), first=date(2025, 10, 9)), page=2)
        'channel=strike&from=2025-10-09&page=2'
    """
    parts: list[tuple[str, str]] = []
    for name in ("channel", "actor", "type", "place", "precision"):
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
    """Where a list or a file of what is asked stands; the first page goes without saying.

    Example:
        >>> build_query_address("/case/events", EventQuery(), page=1), build_query_address("/case/events.csv", EventQuery(channel=("strike",)))
        ('/case/events', '/case/events.csv?channel=strike')
    """
    asked = format_query_string(query, **{k: v for k, v in more.items() if (k, v) != ("page", 1)})
    return f"{here}?{asked}" if asked else here


def build_filter_masks(columns: EventColumns, query: EventQuery) -> dict[str, BoolArray]:
    """For each filter that asks something, which events it lets through, shape (event,)."""
    out: dict[str, BoolArray] = {}
    if query.channel:
        out["channel"] = _match_codes(
            columns.kind, [CHANNEL_OPTIONS.index(c) for c in query.channel], len(CHANNEL_OPTIONS)
        )
    if query.actor:
        out["actor"] = np.any(columns.took_part[:, [columns.actors.index(a) for a in query.actor]], axis=1)
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
    """Does a place lie in the one that was asked for?

    Example:
        >>> is_within_place("PAK/Balochistan/Chaman", "PAK/Balochistan"), is_within_place("PAK/Baloch", "PAK/Bal")
        (True, False)
    """
    return place == asked or place.startswith(f"{asked}/")


def combine_masks(all_masks: Mapping[str, BoolArray], n: int, *, but: str = "") -> BoolArray:
    """Events that every filter lets through, one filter perhaps left out."""
    kept = [m for name, m in all_masks.items() if name != but]
    return reduce(np.logical_and, kept, np.ones(n, bool))


def find_event_positions(
    columns: EventColumns, query: EventQuery, all_masks: Mapping[str, BoolArray]
) -> NDArray[np.int64]:
    """Positions of the events that are found, in the order asked for."""
    order = columns.orders[query.sort]
    return order[combine_masks(all_masks, len(columns.events))[order]]


@dataclass(frozen=True, slots=True)
class FilterEffect:
    """A filter of a question that finds nothing: how many events it lets through alone, and how many are found without it."""

    filter: str
    alone: int
    without: int


def measure_filter_effects(columns: EventColumns, all_masks: Mapping[str, BoolArray]) -> tuple[FilterEffect, ...]:
    """Each filter with what it does, those whose removal finds most first."""
    n = len(columns.events)
    told = [
        FilterEffect(name, int(m.sum()), int(combine_masks(all_masks, n, but=name).sum()))
        for name, m in all_masks.items()
    ]
    return tuple(sorted(told, key=lambda e: -e.without))


def _match_codes(codes: NDArray[np.int32], wanted: Sequence[int], n: int) -> BoolArray:
    let_through = np.zeros(n, bool)
    let_through[list(wanted)] = True
    return let_through[codes]


def _get_last_value(told: Sequence[tuple[str, str]], name: str) -> str:
    return next((v for k, v in reversed(told) if k == name), "")


def _parse_day(told: Sequence[tuple[str, str]], name: str) -> date | None:
    text = _get_last_value(told, name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadEventQuery(name, text, "it is no day of the calendar", "Write it as 2025-10-09.") from None


def _check_known_value(word: str, name: str, known: Sequence[str]) -> str:
    if word and word not in known:
        near = quoted_choices(nearest(word, list(known)))
        raise BadEventQuery(name, word, "it is unknown", f"Nearest: {near}. Known: {', '.join(known)}.")
    return word


def _parse_values(told: Sequence[tuple[str, str]], name: str, known: Sequence[str]) -> tuple[str, ...]:
    given = {_check_known_value(v, name, known) for k, v in told if k == name}
    return tuple(w for w in known if w in given)


def _parse_places(told: Sequence[tuple[str, str]], columns: EventColumns) -> tuple[str, ...]:
    given = tuple(dict.fromkeys(v for k, v in told if k == "place"))
    for g in given:
        if not any(is_within_place(p, g) for p in columns.places):
            # Comparing with every village of a large record would take seconds.
            provinces = {"/".join(p.split("/")[:2]) for p in columns.places}
            near = quoted_choices(nearest(g[:MAX_TEXT_LENGTH], sorted(provinces)))
            remedy = f"Nearest: {near}. Places are written from the country down, as PAK/Balochistan/Chaman."
            raise BadEventQuery("place", g[:MAX_TEXT_LENGTH], "no event of this case names it", remedy)
    return given
