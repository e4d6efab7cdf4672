"""Facets: the values of each event filter with the number of events that each would find."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.api.case import Case
from detente.api.case_cache import cached_per_case
from detente.api.events.filter_text import format_place_name
from detente.api.events.filters import EventQuery, combine_masks
from detente.api.events.table import CHANNEL_OPTIONS, NO_ACTOR, BoolArray, EventColumns
from detente.cases.channel_rule import COUNTED_CHANNELS
from detente.cases.testimony import find_gaps, find_missing_kinds
from detente.core.place import GEO_PRECISIONS
from detente.events.plover import event_types


@dataclass(frozen=True, slots=True)
class FacetChoice:
    """A value of a filter: events that it would find with all other filters unchanged, and whether it is chosen.

    `events` is None instead of zero where no source of the case records the kind or type.
    """

    value: str
    name: str
    events: int | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """Choices under one heading, such as the provinces of a country."""

    name: str
    choices: tuple[FacetChoice, ...]


@cached_per_case()
def find_unrecorded_choices(prepared: Case) -> frozenset[str]:
    """Return the kinds and the event types that no source of the case records and of which no event is known."""
    g = prepared.g
    types = (t for t in event_types() if find_gaps(g, {"types": (t,)}))
    known = {e.type for e in g.events} | {g.channel(e) for e in g.events}
    return frozenset({*find_missing_kinds(g, COUNTED_CHANNELS), *types} - known)


def count_channels(
    prepared: Case, columns: EventColumns, query: EventQuery, masks: Mapping[str, BoolArray]
) -> tuple[FacetChoice, ...]:
    """Count the events of each kind, and those of none."""
    count = _count_codes(columns.kind, combine_masks(masks, len(columns.events), but="channel"), len(CHANNEL_OPTIONS))
    unknown = find_unrecorded_choices(prepared)
    return tuple(
        FacetChoice(k, k, None if k in unknown else int(n), k in query.channel)
        for k, n in zip(CHANNEL_OPTIONS, count, strict=True)
    )


def count_types(
    prepared: Case, columns: EventColumns, query: EventQuery, masks: Mapping[str, BoolArray]
) -> tuple[FacetChoice, ...]:
    """Count the events of each type of act."""
    count = _count_codes(columns.type, combine_masks(masks, len(columns.events), but="type"), len(columns.types))
    names, unknown = event_types(), find_unrecorded_choices(prepared)
    return tuple(
        FacetChoice(t, f"{t.lower()}: {names[t].meaning}", None if t in unknown else int(n), t in query.type)
        for t, n in zip(columns.types, count, strict=True)
    )


def count_actors(
    prepared: Case, columns: EventColumns, query: EventQuery, masks: Mapping[str, BoolArray]
) -> tuple[FacetChoice, ...]:
    count = columns.took_part[combine_masks(masks, len(columns.events), but="actor")].sum(axis=0)
    return tuple(
        FacetChoice(a.key, a.name, int(n), a.key in query.actor)
        for a, n, ever in zip(prepared.case.cast, count, np.any(columns.took_part, axis=0).tolist(), strict=True)
        if ever
    )


def count_sides(
    prepared: Case, columns: EventColumns, query: EventQuery, masks: Mapping[str, BoolArray], side: str
) -> tuple[FacetChoice, ...]:
    """Count the actors of one side, `initiator` or `recipient`, and last the events whose source names none there."""
    marks = columns.started if side == "initiator" else columns.received
    count = marks[combine_masks(masks, len(columns.events), but=side)].sum(axis=0)
    ever, names = marks.sum(axis=0), {a.key: a.short or a.name for a in prepared.case.cast}
    chosen = getattr(query, side)
    return tuple(
        FacetChoice(k, names.get(k, "not named"), int(n), k in chosen)
        for k, n, occurs in zip((*columns.actors, NO_ACTOR), count, ever, strict=True)
        if occurs
    )


def count_places(
    prepared: Case, columns: EventColumns, query: EventQuery, masks: Mapping[str, BoolArray]
) -> tuple[FacetGroup, ...]:
    """Count countries with their provinces, the two states first; a chosen province lists its places too."""
    count = _count_codes(columns.place, combine_masks(masks, len(columns.events), but="place"), len(columns.places))
    sums: dict[str, int] = {}
    opened = {"/".join(q.split("/")[:2]) for q in query.place if q.count("/")}
    for key, n in zip(columns.places, count, strict=True):
        country, province, *_ = (*key.split("/"), "", "")
        inside = [country, *([f"{country}/{province}"] if province else [])]
        if "/".join(key.split("/")[:2]) in opened or key in query.place:
            inside.append(key)
        for k in dict.fromkeys(inside):
            sums[k] = sums.get(k, 0) + int(n)
    own = list(prepared.case.countries.values())
    countries = sorted(
        {k.split("/")[0] for k in sums},
        key=lambda c: (c not in own, own.index(c) if c in own else 0, format_place_name(prepared, c or "unknown")),
    )
    return tuple(
        FacetGroup(
            format_place_name(prepared, c) if c else "country not reported",
            tuple(
                FacetChoice(k, ("all of " if k == c else "") + format_place_name(prepared, k), n, k in query.place)
                for k, n in sorted(sums.items())
                if k.split("/")[0] == c
            ),
        )
        for c in countries
        if c
    )


def count_precisions(
    columns: EventColumns, query: EventQuery, masks: Mapping[str, BoolArray]
) -> tuple[FacetChoice, ...]:
    mask = combine_masks(masks, len(columns.events), but="precision")
    count = _count_codes(columns.precision, mask, len(GEO_PRECISIONS))
    return tuple(FacetChoice(p, p, int(n), p in query.precision) for p, n in zip(GEO_PRECISIONS, count, strict=True))


def _count_codes(codes: NDArray[np.int32], mask: BoolArray, n: int) -> NDArray[np.int64]:
    return np.bincount(codes[mask], minlength=n)
