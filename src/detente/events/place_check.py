"""Check of events' coordinates against the country that their row names.

Coordinates more than 50 km outside it (500 km where the row knows no more than the country), 0/0, and coordinates that the
row itself contradicts are not used: the event keeps its country and names of places, loses latitude and longitude, and
says why among its doubts. Nothing is moved: that the two may be exchanged is said, not assumed.
"""

import re
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from detente.core.arrays import FloatArray
from detente.events.countries import load_country_names
from detente.events.country_outlines import MAX_KM_OUTSIDE, find_outside, has_outline, lies_within

FAULT_COLUMN = "_place_fault"
MAX_KM_OUTSIDE_ROUGH = 500.0  # where only the country is known


def drop_implausible_places(events: pa.Table) -> tuple[pa.Table, int]:
    """Drop implausible coordinates from translated events; return the events and the number of those without them now."""
    if "latitude" not in events.column_names or not events.num_rows:
        return events, 0
    latitude, longitude = (events[c].to_numpy().astype(float) for c in ("latitude", "longitude"))
    dropped, kept = _find_reasons(events, latitude, longitude)
    if dropped:
        at = np.zeros(events.num_rows, dtype=bool)
        at[list(dropped)] = True
        for name in ("latitude", "longitude"):
            values = pc.if_else(pa.array(at), pa.scalar(None, pa.float64()), events[name])
            events = events.set_column(events.schema.get_field_index(name), name, values)
    if not dropped and not kept:
        return events, 0
    # Few rows change: their lists are put behind the others and taken from there.
    new = {i: f"coordinates not used: {why}" for i, why in dropped.items()} | kept
    rows = sorted(new)
    doubts = events["doubts"].combine_chunks()
    doubts = doubts.combine_chunks() if isinstance(doubts, pa.ChunkedArray) else doubts
    earlier = doubts.take(pa.array(rows)).to_pylist()
    added = [[*(d or []), new[i]] for i, d in zip(rows, earlier, strict=True)]
    order = np.arange(events.num_rows)
    order[rows] = events.num_rows + np.arange(len(rows))
    column = pa.concat_arrays([doubts, pa.array(added, doubts.type)]).take(pa.array(order))
    return events.set_column(events.schema.get_field_index("doubts"), "doubts", column), len(dropped)


def _find_reasons(
    events: pa.Table, latitude: FloatArray, longitude: FloatArray
) -> tuple[dict[int, str], dict[int, str]]:
    """Find the rows whose coordinates are not used, with the reason, and those that keep doubtful ones, with the doubt."""
    given = np.isfinite(latitude) & np.isfinite(longitude)
    zero = given & (latitude == 0) & (longitude == 0)
    # The point of a whole country may be at sea or rounded to degrees.
    rough = pc.equal(events["geo_precision"], "country").to_numpy()
    limit = np.where(rough, MAX_KM_OUTSIDE_ROUGH, MAX_KM_OUTSIDE)
    dropped = {int(i): "0, 0 stands for missing" for i in np.flatnonzero(zero)}
    for i, iso3, km in _find_far(events["country"], latitude, longitude, given & ~zero, limit):
        dropped[i] = _describe(iso3, float(latitude[i]), float(longitude[i]), km)
    kept: dict[int, str] = {}
    if FAULT_COLUMN in events.column_names and events[FAULT_COLUMN].null_count < events.num_rows:
        faults = events[FAULT_COLUMN].to_pylist()
        countries = events["country"].to_pylist()
        for i in np.flatnonzero(given & ~zero).tolist():
            if faults[i] and i not in dropped:
                why = f"latitude {latitude[i]:g}, longitude {longitude[i]:g}; geom_wkt gives another place: {faults[i]}"
                if _lies_outside(faults[i], countries[i]):
                    # Of two places, one in the country that the row names: that one holds.
                    kept[i] = f"geom_wkt gives another place, outside the country: {faults[i]}"
                else:
                    dropped[i] = why
    return dropped, kept


def _lies_outside(wkt: str, iso3: str | None) -> bool:
    found = re.search(r"\(([-0-9.]+) ([-0-9.]+)\)", wkt)
    if found is None or iso3 is None or not has_outline(iso3):
        return False
    km = find_outside(iso3, np.array([float(found[2])]), np.array([float(found[1])]))[0]
    return bool(km > MAX_KM_OUTSIDE)


def _find_far(
    countries: pa.ChunkedArray, latitude: FloatArray, longitude: FloatArray, which: NDArray[np.bool_], limit: FloatArray
) -> list[tuple[int, str, float]]:
    """Find rows too far outside their country, with the country and the kilometres; each distinct point is measured once."""
    codes = pc.dictionary_encode(countries.combine_chunks())
    codes = codes.combine_chunks() if isinstance(codes, pa.ChunkedArray) else codes
    index = pc.fill_null(codes.indices, -1).to_numpy().astype(np.int64)
    names = codes.dictionary.to_pylist()
    known = np.array([name is not None and has_outline(name) for name in names] + [False], dtype=bool)
    rows = np.flatnonzero(which & known[index])
    # A point to 10 m and its country in one number.
    key = (index[rows] << 44) + (np.round((latitude[rows] + 90) * 1e4).astype(np.int64) << 22)
    key += np.round((longitude[rows] + 180) * 1e4).astype(np.int64)
    points = pc.dictionary_encode(pa.array(key))
    which_point = points.indices.to_numpy()
    _, first = np.unique(which_point, return_index=True)
    example = rows[first]
    km = np.zeros(len(example))
    for k in np.unique(index[example]):
        mine = np.flatnonzero(index[example] == k)
        km[mine] = find_outside(names[k], latitude[example[mine]], longitude[example[mine]])
    if not (km > MAX_KM_OUTSIDE).any():
        return []
    far = np.flatnonzero(km[which_point] > limit[rows])
    return [(int(rows[i]), names[index[rows[i]]], float(km[which_point[i]])) for i in far]


@lru_cache(maxsize=100_000)
def _describe(iso3: str, latitude: float, longitude: float, km: float) -> str:
    name = load_country_names().get(iso3, iso3)
    why = f"latitude {latitude:g}, longitude {longitude:g}; about {km:,.0f} km outside {name}, which the row names"
    # The distance of the exchanged point does not matter, only whether it is far.
    if abs(longitude) <= 90 and lies_within(iso3, longitude, latitude, MAX_KM_OUTSIDE):
        why += "; exchanged they would lie in it"
    return why
