"""Quantities of duration and of the relation index."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date

from detente.cases.case_file import Crossing
from detente.cases.load import CaseData
from detente.core.scipy_functions import ndtri
from detente.measures import crossings as crossing
from detente.measures.quantity import Quantity
from detente.measures.relation_index import DEPENDENT_WEEKS, RelationIndex, halves_change
from detente.measures.survival import SurvivalCurve
from detente.measures.truces import TruceDuration


def closed_days_quantity(g: CaseData, key: str, where: Crossing) -> Quantity:
    """Count the days without trade at a crossing, as a range from minimum to maximum."""
    low, high = crossing.count_closed_days(g, where)
    spells = [s for s in crossing.find_crossing_spells(g, where) if s.state in crossing.CLOSED_STATES]
    how = (
        f"days without trade at {where.name} in {len(spells)} spells; the shortest reading ends each with "
        "the last report of it, the longest with the next report of another state"
    )
    recipe = {"kind": "days shut", "crossing": where.key}
    ids = tuple(dict.fromkeys(e for s in spells for e in s.events))
    return Quantity(key, low if low == high else None, "days", how, recipe, ids, low, high)


def index_level(g: CaseData, key: str, index: RelationIndex, day: date) -> Quantity:
    """Return the smoothed relation index in the week of a day, with its band."""
    value, low, high = index.at(day)
    how = "smoothed weekly mean intensity of the governments' acts (local level model)"
    recipe = {"kind": "index", "day": str(day), **asdict(index.variances), "watched to": str(g.watched_to)}
    return Quantity(key, value, "on a scale from −10 to +10", how, recipe, index.events, low, high, index.band)


def index_change(g: CaseData, key: str, index: RelationIndex, a: date, b: date) -> Quantity:
    """Return the change of the smoothed relation index between the weeks of two days, with its band."""
    value, low, high = index.change(a, b)
    at = index_level(g, key, index, a)
    how = "difference of two smoothed levels, their covariance allowed for"
    recipe = {**at.recipe, "kind": "index change", "day": str(a), "to": str(b)}
    return Quantity(key, value, "points of the index", how, recipe, index.events, low, high, index.band)


def words_change(g: CaseData, key: str, *, level: float = 0.9) -> Quantity:
    """Return the change of the mean weekly intensity of words from the first half of the record to the second, with a band."""
    h = halves_change(g)
    half = float(ndtri(0.5 + level / 2)) * h.error
    how = f"mean weekly intensity of words since {h.cut} less that before, with {DEPENDENT_WEEKS} neighbouring weeks dependent"
    recipe = {
        "kind": "index halves",
        "cut": str(h.cut),
        "dependent weeks": DEPENDENT_WEEKS,
        "watched to": str(g.watched_to),
    }
    return Quantity(
        key, h.change, "points of the index", how, recipe, h.events, h.change - half, h.change + half, level
    )


def median_duration_quantity(key: str, held: Iterable[TruceDuration], curve: SurvivalCurve, what: str) -> Quantity:
    """Return the median time from truces or rounds of talks to the next use of force."""
    items = list(held)
    how = (
        f"median of the survival curve (Kaplan–Meier) of {curve.started} {what}, {curve.ended} of which "
        "were followed by force; the others are followed until the observation period or the truce ended"
    )
    recipe = {"kind": "median held", "what": what, "held": [[str(h.first), str(h.last), h.ended_by] for h in items]}
    ids = tuple(dict.fromkeys(e for h in items for e in (*h.events, *([h.ended_by] if h.ended_by else []))))
    return Quantity(key, curve.median, "days", how, recipe, ids, curve.median_low, curve.median_high, curve.level)
