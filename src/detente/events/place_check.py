"""Check of events' coordinates against the country that their row names.

Coordinates more than 50 km outside it, 0/0, and coordinates that the row itself contradicts are not used: the event keeps its
country and names of places, loses latitude and longitude, and says why among its doubts. Nothing is moved: that the two
may be exchanged is said, not assumed.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from detente.core.arrays import FloatArray
from detente.events.countries import load_country_names
from detente.events.country_outlines import MAX_KM_OUTSIDE, find_outside, has_outline

FAULT_COLUMN, AT_SEA_COLUMN = "_place_fault", "_at_sea"


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
    doubts = events["doubts"].to_pylist()
    for i, why in reasons.items():
        doubts[i] = [*(doubts[i] or []), f"coordinates not used: {why}"]
    column = pa.array(doubts, pa.list_(pa.string()))
    return events.set_column(events.schema.get_field_index("doubts"), "doubts", column), len(reasons)


def _find_reasons(events: pa.Table, latitude: FloatArray, longitude: FloatArray) -> dict[int, str]:
    given = np.isfinite(latitude) & np.isfinite(longitude)
    zero = given & (latitude == 0) & (longitude == 0)
    reasons = {int(i): "0, 0 stands for missing" for i in np.flatnonzero(zero)}
    if FAULT_COLUMN in events.column_names and events[FAULT_COLUMN].null_count < events.num_rows:
        faults = events[FAULT_COLUMN].to_pylist()
        for i in np.flatnonzero(given & ~zero):
            if faults[i]:
                reasons[int(i)] = f"latitude {latitude[i]:g}, longitude {longitude[i]:g}; {faults[i]}"
    open_cases = given & ~zero
    if AT_SEA_COLUMN in events.column_names:
        open_cases &= ~pc.fill_null(events[AT_SEA_COLUMN], False).to_numpy().astype(bool)
    codes = pc.dictionary_encode(events["country"].combine_chunks())
    codes = codes.combine_chunks() if isinstance(codes, pa.ChunkedArray) else codes
    index = codes.indices.to_numpy(zero_copy_only=False)
    for k, iso3 in enumerate(codes.dictionary.to_pylist()):
        if iso3 is None or not has_outline(iso3):
            continue
        mine = np.flatnonzero(open_cases & (index == k))
        far = _find_far(iso3, latitude[mine], longitude[mine])
        for i, km in zip(mine[far > MAX_KM_OUTSIDE], far[far > MAX_KM_OUTSIDE], strict=True):
            reasons[int(i)] = _describe(
                iso3, float(latitude[i]), float(longitude[i]), float(km), reasons.get(int(i), "")
            )
    return reasons


def _find_far(iso3: str, latitude: FloatArray, longitude: FloatArray) -> FloatArray:
    """Measure each distinct point once."""
    points = latitude + 1j * longitude
    distinct, back = np.unique(points, return_inverse=True)
    far: NDArray[np.float64] = find_outside(iso3, distinct.real.copy(), distinct.imag.copy())[back]
    return far


def _describe(iso3: str, latitude: float, longitude: float, km: float, earlier: str) -> str:
    name = load_country_names().get(iso3, iso3)
    why = earlier or f"latitude {latitude:g}, longitude {longitude:g}"
    why += f"; about {km:,.0f} km outside {name}, which the row names"
    if abs(longitude) <= 90:
        exchanged = find_outside(iso3, np.array([longitude]), np.array([latitude]))[0]
        if exchanged <= MAX_KM_OUTSIDE:
            why += "; exchanged they would lie in it"
    return why
