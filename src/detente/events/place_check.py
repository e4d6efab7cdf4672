"""Check of events' coordinates against the country that their row names.

Coordinates more than 50 km outside it (500 km where the row knows no more than the country), 0/0, and coordinates that the
row itself contradicts are not used: the event keeps its country and names of places, loses latitude and longitude, and
says why among its doubts. Nothing is moved: that the two may be exchanged is said, not assumed.
"""

from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from detente.core.arrays import FloatArray
from detente.events.countries import load_country_names
from detente.events.country_outlines import MAX_KM_OUTSIDE, find_outside, has_outline

FAULT_COLUMN = "_place_fault"
MAX_KM_OUTSIDE_ROUGH = 500.0  # where only the country is known


def drop_implausible_places(events: pa.Table) -> tuple[pa.Table, int]:
    """Drop implausible coordinates from translated events; return the events and the number of those without them now."""
    if "latitude" not in events.column_names or not events.num_rows:
        return events, 0
    latitude, longitude = (events[c].to_numpy().astype(float) for c in ("latitude", "longitude"))
    reasons = _find_reasons(events, latitude, longitude)
    if not reasons:
        return events, 0
    at = np.zeros(events.num_rows, dtype=bool)
    at[list(reasons)] = True
    for name in ("latitude", "longitude"):
        kept = pc.if_else(pa.array(at), pa.scalar(None, pa.float64()), events[name])
        events = events.set_column(events.schema.get_field_index(name), name, kept)
    # Few rows change: their lists are put behind the others and taken from there.
    rows = sorted(reasons)
    doubts = events["doubts"].combine_chunks()
    doubts = doubts.combine_chunks() if isinstance(doubts, pa.ChunkedArray) else doubts
    earlier = doubts.take(pa.array(rows)).to_pylist()
    added = [[*(d or []), f"coordinates not used: {reasons[i]}"] for i, d in zip(rows, earlier, strict=True)]
    order = np.arange(events.num_rows)
    order[rows] = events.num_rows + np.arange(len(rows))
    column = pa.concat_arrays([doubts, pa.array(added, doubts.type)]).take(pa.array(order))
    return events.set_column(events.schema.get_field_index("doubts"), "doubts", column), len(reasons)


def _find_reasons(events: pa.Table, latitude: FloatArray, longitude: FloatArray) -> dict[int, str]:
    given = np.isfinite(latitude) & np.isfinite(longitude)
    zero = given & (latitude == 0) & (longitude == 0)
    reasons = {int(i): "0, 0 stands for missing" for i in np.flatnonzero(zero)}
    if FAULT_COLUMN in events.column_names and events[FAULT_COLUMN].null_count < events.num_rows:
        faults = events[FAULT_COLUMN].to_pylist()
        for i in np.flatnonzero(given & ~zero).tolist():
            if faults[i]:
                reasons[i] = f"latitude {latitude[i]:g}, longitude {longitude[i]:g}; {faults[i]}"
    # The point of a whole country may be at sea or rounded to degrees.
    rough = pc.equal(events["geo_precision"], "country").to_numpy()
    limit = np.where(rough, MAX_KM_OUTSIDE_ROUGH, MAX_KM_OUTSIDE)
    for i, iso3, km in _find_far(events["country"], latitude, longitude, given & ~zero, limit):
        reasons[i] = _describe(iso3, float(latitude[i]), float(longitude[i]), km, reasons.get(i, ""))
    return reasons


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
def _describe(iso3: str, latitude: float, longitude: float, km: float, earlier: str) -> str:
    name = load_country_names().get(iso3, iso3)
    why = earlier or f"latitude {latitude:g}, longitude {longitude:g}"
    why += f"; about {km:,.0f} km outside {name}, which the row names"
    if abs(longitude) <= 90:
        exchanged = find_outside(iso3, np.array([longitude]), np.array([latitude]))[0]
        if exchanged <= MAX_KM_OUTSIDE:
            why += "; exchanged they would lie in it"
    return why
