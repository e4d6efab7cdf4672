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

from detente.api.events.table import KINDS, Bools, Columns
from detente.core.errors import DetenteError, nearest, quoted_choices
from detente.core.place import GEO_PRECISIONS

Sort = Literal["newest", "oldest", "deaths"]
SORTS: tuple[Sort, ...] = ("newest", "oldest", "deaths")
MOST_TEXT = 200
QUERY: Mapping[str, str] = {
    "channel": "of this channel, or unassigned; may be given again, as may the next four",
    "actor": "with this actor, by its key",
    "type": "of this PLOVER type",
    "place": "within this place, written from the country down: PAK/Balochistan/Chaman",
    "precision": f"the place is known to this: {', '.join(GEO_PRECISIONS)}",
    "from": "began on this day or later",
    "to": "began on this day or earlier",
    "disputed": "yes or no: the parties' accounts contradict each other",
    "text": "all these words stand in its summary, place, actors or id",
    "sort": ", ".join(SORTS),
}
"""What an address may ask, word by word."""


class BadQuestion(DetenteError):
    """An address asks the record for something that it cannot be asked."""

    exit_code = 2

    def __init__(self, name: str, value: str, why: str, remedy: str) -> None:
        self.name, self.value, self.why, self.remedy = name, value, why, remedy
        super().__init__(f"{name}={value!r}: {why}. {remedy}")


@dataclass(frozen=True, slots=True)
class Query:
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
    sort: Sort = "newest"

    @property
    def asks(self) -> bool:
        """Does any filter ask something?"""
        return replace(self, sort="newest") != Query()


def read(params: Sequence[tuple[str, str]], columns: Columns) -> Query:
    """The question of an address; names that are no filter are left to others.

    Raises:
        BadQuestion: a value that the record cannot be asked, with the nearest that it can.
    """
    told = [(k, v.strip()) for k, v in params if v.strip()]
    first, last = _day(told, "from"), _day(told, "to")
    if first and last and last < first:
        raise BadQuestion("to", str(last), f"it is before from={first}", "Swap the two days.")
    text = _last(told, "text")
    if len(text) > MOST_TEXT:
        why = f"it is longer than {MOST_TEXT} characters"
        raise BadQuestion("text", text[:40] + "…", why, "Look for fewer words.")
    disputed = _known(_last(told, "disputed"), "disputed", ("yes", "no"))
    sort = _known(_last(told, "sort"), "sort", SORTS)
    return Query(
        channel=_each(told, "channel", KINDS),
        actor=_each(told, "actor", columns.actors),
        type=_each(told, "type", columns.types),
        place=_places(told, columns),
        precision=_each(told, "precision", GEO_PRECISIONS),
        first=first,
        last=last,
        disputed=None if not disputed else disputed == "yes",
        text=" ".join(text.split()),
        sort=next((s for s in SORTS if s == sort), "newest"),
    )


def address(query: Query, **more: Any) -> str:
    """The question as a query string, the same for the same question; `more` is added at the end.

    Example:
        >>> address(Query(channel=("strike",), first=date(2025, 10, 9)), page=2)
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


def at(here: str, query: Query, **more: Any) -> str:
    """Where a list or a file of what is asked stands; the first page goes without saying.

    Example:
        >>> at("/case/events", Query(), page=1), at("/case/events.csv", Query(channel=("strike",)))
        ('/case/events', '/case/events.csv?channel=strike')
    """
    asked = address(query, **{k: v for k, v in more.items() if (k, v) != ("page", 1)})
    return f"{here}?{asked}" if asked else here


def masks(columns: Columns, query: Query) -> dict[str, Bools]:
    """For each filter that asks something, which events it lets through, shape (event,)."""
    out: dict[str, Bools] = {}
    if query.channel:
        out["channel"] = _among(columns.kind, [KINDS.index(c) for c in query.channel], len(KINDS))
    if query.actor:
        out["actor"] = np.any(columns.took_part[:, [columns.actors.index(a) for a in query.actor]], axis=1)
    if query.type:
        out["type"] = _among(columns.type, [columns.types.index(t) for t in query.type], len(columns.types))
    if query.place:
        inside = [i for i, p in enumerate(columns.places) if any(within(p, q) for q in query.place)]
        out["place"] = _among(columns.place, inside, len(columns.places))
    if query.precision:
        wanted = [GEO_PRECISIONS.index(p) for p in query.precision]
        out["precision"] = _among(columns.precision, wanted, len(GEO_PRECISIONS))
    if query.first:
        out["from"] = columns.day >= query.first.toordinal()
    if query.last:
        out["to"] = columns.day <= query.last.toordinal()
    if query.disputed is not None:
        out["disputed"] = columns.disputed == query.disputed
    if query.text:
        out["text"] = reduce(np.logical_and, [columns.words.hold(w) for w in query.text.casefold().split()])
    return out


def within(place: str, asked: str) -> bool:
    """Does a place lie in the one that was asked for?

    Example:
        >>> within("PAK/Balochistan/Chaman", "PAK/Balochistan"), within("PAK/Baloch", "PAK/Bal")
        (True, False)
    """
    return place == asked or place.startswith(f"{asked}/")


def both(all_masks: Mapping[str, Bools], n: int, *, but: str = "") -> Bools:
    """Events that every filter lets through, one filter perhaps left out."""
    kept = [m for name, m in all_masks.items() if name != but]
    return reduce(np.logical_and, kept, np.ones(n, bool))


def found(columns: Columns, query: Query, all_masks: Mapping[str, Bools]) -> NDArray[np.int64]:
    """Positions of the events that are found, in the order asked for."""
    order = columns.orders[query.sort]
    return order[both(all_masks, len(columns.events))[order]]


@dataclass(frozen=True, slots=True)
class Emptied:
    """A filter of a question that finds nothing: how many events it lets through alone, and how many are found without it."""

    filter: str
    alone: int
    without: int


def emptied(columns: Columns, all_masks: Mapping[str, Bools]) -> tuple[Emptied, ...]:
    """Each filter with what it does, those whose removal finds most first."""
    n = len(columns.events)
    told = [Emptied(name, int(m.sum()), int(both(all_masks, n, but=name).sum())) for name, m in all_masks.items()]
    return tuple(sorted(told, key=lambda e: -e.without))


def _among(codes: NDArray[np.int32], wanted: Sequence[int], n: int) -> Bools:
    let_through = np.zeros(n, bool)
    let_through[list(wanted)] = True
    return let_through[codes]


def _last(told: Sequence[tuple[str, str]], name: str) -> str:
    return next((v for k, v in reversed(told) if k == name), "")


def _day(told: Sequence[tuple[str, str]], name: str) -> date | None:
    text = _last(told, name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadQuestion(name, text, "it is no day of the calendar", "Write it as 2025-10-09.") from None


def _known(word: str, name: str, known: Sequence[str]) -> str:
    if word and word not in known:
        near = quoted_choices(nearest(word, list(known)))
        raise BadQuestion(name, word, "it is unknown", f"Nearest: {near}. Known: {', '.join(known)}.")
    return word


def _each(told: Sequence[tuple[str, str]], name: str, known: Sequence[str]) -> tuple[str, ...]:
    given = {_known(v, name, known) for k, v in told if k == name}
    return tuple(w for w in known if w in given)


def _places(told: Sequence[tuple[str, str]], columns: Columns) -> tuple[str, ...]:
    given = tuple(dict.fromkeys(v for k, v in told if k == "place"))
    for g in given:
        if not any(within(p, g) for p in columns.places):
            # Comparing with every village of a large record would take seconds.
            provinces = {"/".join(p.split("/")[:2]) for p in columns.places}
            near = quoted_choices(nearest(g[:MOST_TEXT], sorted(provinces)))
            remedy = f"Nearest: {near}. Places are written from the country down, as PAK/Balochistan/Chaman."
            raise BadQuestion("place", g[:MOST_TEXT], "no event of this case names it", remedy)
    return given
