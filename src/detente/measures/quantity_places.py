"""Quantities of distance: the share of events near a line, and their median distance from it."""

import numpy as np
from shapely.geometry.base import BaseGeometry

from detente.cases.load import CaseData
from detente.core.scipy_functions import bdtr
from detente.measures import rate as rates
from detente.measures.distance import distances_km
from detente.measures.errors import NotObserved
from detente.measures.event_filter import EventFilter
from detente.measures.quantity import Quantity


def near_border_share(g: CaseData, key: str, sel: EventFilter, line: BaseGeometry, name: str, km: float) -> Quantity:
    """Compute the share of located events within some kilometres of a line."""
    events = sel.of(g)
    far = distances_km(events, line)
    near = [e for e in events if e.id in far and far[e.id] <= km]
    s = rates.estimate_share(len(near), len(far))
    how = f"within {km:.0f} km of {name}: {len(near)} of {len(far)} whose place is known, exact limits"
    recipe = {"kind": "near", "of": sel.as_data(), "line": name, "km": km}
    ids = tuple(e.id for e in events if e.id in far)
    return Quantity(key, s.value, "share", how, recipe, ids, s.low, s.high, s.level)


def median_distance(g: CaseData, key: str, sel: EventFilter, line: BaseGeometry, name: str) -> Quantity:
    """Compute the median distance of located events from a line, with distribution-free limits."""
    events = sel.of(g)
    far = distances_km(events, line)
    if not far:
        raise NotObserved([f"{key}: no event has a known place"])
    low, high = median_limits(sorted(far.values()))
    how = f"median over {len(far)} events whose place is known; limits by order statistics"
    recipe = {"kind": "median distance", "of": sel.as_data(), "line": name}
    ids = tuple(e.id for e in events if e.id in far)
    return Quantity(key, float(np.median(list(far.values()))), "km", how, recipe, ids, low, high, 0.95)


def median_limits(ordered: list[float], level: float = 0.95) -> tuple[float | None, float | None]:
    """Compute distribution-free limits of a median; None where there are too few values.

    Source: order statistics and the sign test (Conover 1999, section 3.2).

    Example:
        >>> median_limits([float(i) for i in range(1, 11)])
        (2.0, 9.0)
    """
    n = len(ordered)
    below = [k for k in range(n // 2 + 1) if bdtr(k, n, 0.5) <= (1 - level) / 2]
    if not below:
        return None, None
    k = below[-1]
    return ordered[k], ordered[n - 1 - k]
