"""The events of a case in columns, so that a filter over many events takes a few array operations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from detente.cases.case_file import CaseFile
from detente.cases.channel_rule import COUNTED_CHANNELS
from detente.cases.load import CaseData
from detente.core.place import GEO_PRECISIONS
from detente.events import countries
from detente.events.event import Event
from detente.events.plover import event_types

if TYPE_CHECKING:
    from detente.api.case import Case
    from detente.api.events.text_index import TextIndex

UNASSIGNED = "unassigned"
NO_ACTOR = "none"
"""Value of the filters `initiator` and `recipient` for events whose source names none."""
CHANNEL_OPTIONS = (*COUNTED_CHANNELS, UNASSIGNED)
"""Channels that an event can be listed under: the ten channels of the model, restraint, or unassigned."""

IntArray = NDArray[np.int32]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class EventColumns:
    """Columns with one entry for each event, in the record's order (day, then id).

    Fields:
        events: the record. at: an event's position by its id.
        day: first day as a proleptic ordinal. kind: position in `CHANNEL_OPTIONS`. type: position in `types`.
        place: position in `places`, which are `PAK`, `PAK/Khyber Pakhtunkhwa` or `PAK/Khyber Pakhtunkhwa/Bannu`.
        took_part: shape (event, actor), actors as in `actors`. started, received: the same for initiators and recipients,
            with one more column for events whose source names none.
        deaths, deaths_low: the highest and the lowest reported figure, NaN if none.
        precision: position in `GEO_PRECISIONS`. case: names of its actors.
    """

    events: tuple[Event, ...]
    at: Mapping[str, int]
    day: IntArray
    kind: IntArray
    type: IntArray
    types: tuple[str, ...]
    place: IntArray
    places: tuple[str, ...]
    took_part: BoolArray
    started: BoolArray
    received: BoolArray
    actors: tuple[str, ...]
    disputed: BoolArray
    deaths: NDArray[np.float64]
    deaths_low: NDArray[np.float64]
    precision: IntArray
    case: CaseFile

    @cached_property
    def orders(self) -> Mapping[str, NDArray[np.int64]]:
        """Positions in each sort order; events without reported deaths come last."""
        forward = np.arange(len(self.events), dtype=np.int64)
        newest = forward[::-1]
        deaths = np.where(np.isnan(self.deaths), -1.0, self.deaths)
        return {"newest": newest, "oldest": forward, "deaths": newest[np.argsort(-deaths[newest], kind="stable")]}

    @cached_property
    def words(self) -> "TextIndex":
        """Index of the searchable text, case folded; built for the first search."""
        from detente.api.events.text_index import (
            build_text_index,  # imports pyarrow, which a list without a search does not need
        )

        names = {a.key: f"{a.name} {a.short}" for a in self.case.cast}
        states = countries.load_country_names() | self.case.country_names
        return build_text_index([_build_search_text(e, names, states) for e in self.events])

    @cached_property
    def column_orders(self) -> dict[str, NDArray[np.int64]]:
        """Positions in the orders of `sorting.py`, each computed at first use."""
        return {}


_COLUMNS_CACHE: dict[str, EventColumns] = {}
_CACHE_LOCK = Lock()


def get_event_columns(prepared: "Case") -> EventColumns:
    """Return the events of a case in columns, built at first use and cached for the life of the process."""
    with _CACHE_LOCK:
        if prepared.key not in _COLUMNS_CACHE:
            _COLUMNS_CACHE[prepared.key] = build_event_columns(prepared.g)
        return _COLUMNS_CACHE[prepared.key]


def build_event_columns(g: CaseData) -> EventColumns:
    """Put the events of a case into columns."""
    actors = tuple(a.key for a in g.case.cast)
    places, place = _encode_values([build_place_key(e) for e in g.events])
    types = tuple(event_types())
    started = _mark_actors([e.initiators for e in g.events], actors)
    received = _mark_actors([e.recipients for e in g.events], actors)
    return EventColumns(
        events=g.events,
        at={e.id: i for i, e in enumerate(g.events)},
        day=np.fromiter((e.day.toordinal() for e in g.events), np.int32, len(g.events)),
        kind=_encode_positions([g.channel(e) or UNASSIGNED for e in g.events], CHANNEL_OPTIONS),
        type=_encode_positions([e.type for e in g.events], types),
        types=types,
        place=place,
        places=places,
        took_part=started[:, :-1] | received[:, :-1],
        started=started,
        received=received,
        actors=actors,
        disputed=np.fromiter((e.disputed for e in g.events), bool, len(g.events)),
        deaths=np.fromiter((_get_deaths(e, 1) for e in g.events), float, len(g.events)),
        deaths_low=np.fromiter((_get_deaths(e, 0) for e in g.events), float, len(g.events)),
        precision=_encode_positions([e.place.precision for e in g.events], GEO_PRECISIONS),
        case=g.case,
    )


def build_place_key(event: Event) -> str:
    """Join country, province and place into one key; an unknown province is left empty.

    Example:
        >>> from types import SimpleNamespace as N
        >>> from detente.core.place import Place
        >>> build_place_key(N(place=Place("PAK", "Khyber Pakhtunkhwa", "Bannu"))), build_place_key(N(place=Place("USA", "", "New York")))
        ('PAK/Khyber Pakhtunkhwa/Bannu', 'USA//New York')
    """
    p = event.place
    return f"{p.country}/{p.province}/{p.name}".rstrip("/")


def _build_search_text(e: Event, names: Mapping[str, str], states: Mapping[str, str]) -> str:
    p = e.place
    who = (names[a] for a in (*e.initiators, *e.recipients))
    country = states.get(p.country, p.country)
    texts = (e.id, e.summary, p.name, p.province, country, *who, *e.raw_initiators, *e.raw_recipients)
    return " ".join(texts).casefold()


def _mark_actors(keys: Sequence[Sequence[str]], actors: Sequence[str]) -> BoolArray:
    """Mark the actors of each event, and in a last column the events without any; shape (event, actor + 1)."""
    column = {a: i for i, a in enumerate(actors)}
    out = np.zeros((len(keys), len(actors) + 1), bool)
    for row, own in enumerate(keys):
        out[row, [column[a] for a in own] or [len(actors)]] = True
    return out


def _get_deaths(e: Event, end: int) -> float:
    return float(e.tolls.range[end]) if e.tolls.range else float("nan")


def _encode_positions(words: Sequence[str], known: Sequence[str]) -> IntArray:
    index = {w: i for i, w in enumerate(known)}
    return np.fromiter((index[w] for w in words), np.int32, len(words))


def _encode_values(words: Sequence[str]) -> tuple[tuple[str, ...], IntArray]:
    known = tuple(sorted(set(words)))
    return known, _encode_positions(words, known)


def decode_day(ordinal: Any) -> date:
    """The day of an entry of `day`."""
    return date.fromordinal(int(ordinal))
