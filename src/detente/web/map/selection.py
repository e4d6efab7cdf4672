"""A small map of a selection of events: one sign for each place, with the events of all kinds there."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detente.api.case import Case
from detente.api.case_cache import cached_per_case
from detente.api.events.event_row import format_event_place
from detente.api.events.filters import EventQuery, build_query_address
from detente.api.events.selection import SelectionCount, build_count, count_selection
from detente.api.events.table import CHANNEL_OPTIONS, get_event_columns
from detente.web.map.locations import LocationKind
from detente.web.map.markers import COUNTRY_MARKER_OFFSET, compute_radius, get_event_locations
from detente.web.map.page import get_basemap

MAX_SIGNS = 400  # the places with the most events; more would make the page heavy
SIGN_SCALE = 1.9  # the map is drawn small, so that signs must be larger in its units


@dataclass(frozen=True, slots=True)
class SelectionSign:
    """The events of a selection at one place. `channel` is the kind of most of them, or `mixed`; `r` the sign's radius."""

    name: str
    kind: LocationKind
    channel: str
    x: float
    y: float
    r: float
    count: SelectionCount
    address: str


@dataclass(frozen=True, slots=True)
class SelectionMap:
    """Signs, large ones first. `at_place`, `vague`, `outside`, `crowded` count the events drawn at a place, drawn in the
    middle of a province or country, outside the map, and left out because there are more than `MAX_SIGNS` places. `large` is the map of the same kinds and days."""

    signs: tuple[SelectionSign, ...]
    at_place: int
    vague: int
    outside: int
    crowded: int
    large: str


@cached_per_case()
def _place_codes(prepared: Case) -> NDArray[np.int64]:
    """Return for each event the position of its place among the case's places, -1 outside the map."""
    columns, ground = get_event_columns(prepared), get_basemap(prepared)
    assert ground is not None
    out = np.full(len(columns.events), -1, np.int64)
    for i, place in enumerate(get_event_locations(prepared, ground).places):
        for held in place.held:
            out[[columns.at[k] for k in held.ids]] = i
    return out


def build_selection_map(prepared: Case, query: EventQuery, at: NDArray[np.int64], here: str) -> SelectionMap | None:
    """Place the events at the positions `at`, which are those of the query; None if the case has no geometry."""
    columns, ground = get_event_columns(prepared), get_basemap(prepared)
    if ground is None:
        return None
    places = get_event_locations(prepared, ground).places
    codes = _place_codes(prepared)[at]
    on_map = codes >= 0
    counts = count_selection(columns, at[on_map], codes[on_map], len(places))
    kinds = np.zeros((len(places), len(CHANNEL_OPTIONS)), np.int64)
    np.add.at(kinds, (codes[on_map], columns.kind[at[on_map]]), 1)
    order = [int(i) for i in np.argsort(-counts[0], kind="stable") if counts[0][i]]
    signs, drawn = [], {"place": 0, "vague": 0}
    for i in order[:MAX_SIGNS]:
        p, count = places[i], build_count(*(int(c[i]) for c in counts))
        x, y = ground.frame.xy(p.lon, p.lat)
        single = int((kinds[i] > 0).sum()) == 1
        key = p.key.split("@")[0]
        # The list of a province also holds its towns, which have signs of their own.
        precision = () if p.kind == "place" else tuple(sorted({k for h in p.held for k in h.precisions}))
        asked = tuple(k for k in precision if k in query.precision) if query.precision else precision
        inside = replace(query, place=(key,) if key else (), precision=asked or query.precision)
        drawn["place" if p.kind == "place" else "vague"] += count.events
        signs.append(
            SelectionSign(
                name=format_event_place(prepared, p.one),
                kind=p.kind,
                channel=CHANNEL_OPTIONS[int(kinds[i].argmax())] if single else "mixed",
                x=x,
                y=round(y + COUNTRY_MARKER_OFFSET, 1) if p.kind == "country" else y,
                r=round(SIGN_SCALE * compute_radius("", count.events, 0), 1),
                count=count,
                address=build_query_address(here, inside),
            )
        )
    return SelectionMap(
        tuple(signs),
        drawn["place"],
        drawn["vague"],
        int((~on_map).sum()),
        sum(int(counts[0][i]) for i in order[MAX_SIGNS:]),
        build_query_address(
            f"/{prepared.id}/map", EventQuery(channel=query.channel, first=query.first, last=query.last)
        ),
    )
