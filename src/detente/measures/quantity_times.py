"""Traced numbers about how long, and about the relation index on a day."""

from collections.abc import Iterable
from datetime import date

from detente.cases.case_file import Crossing
from detente.cases.load import CaseData
from detente.measures import crossings as crossing
from detente.measures.quantity import Quantity
from detente.measures.relation_index import RelationIndex
from detente.measures.survival import SurvivalCurve
from detente.measures.truces import TruceDuration


def closed_days_quantity(g: CaseData, key: str, where: Crossing) -> Quantity:
    """Days on which no trade could pass a crossing, from the shortest to the longest reading."""
    low, high = crossing.count_closed_days(g, where)
    told = [s for s in crossing.find_crossing_spells(g, where) if s.state in crossing.CLOSED_STATES]
    return Quantity(
        key=key,
        value=low if low == high else None,
        unit="days",
        how=(
            f"days without trade at {where.name} in {len(told)} spells; the shortest reading ends each with "
            "the last report of it, the longest with the next report of another state"
        ),
        recipe={"kind": "days shut", "crossing": where.key},
        events=tuple(dict.fromkeys(e for s in told for e in s.events)),
        low=low,
        high=high,
    )


def index_level(g: CaseData, key: str, index: RelationIndex, day: date) -> Quantity:
    """The smoothed relation index in the week of a day, with its band."""
    value, low, high = index.at(day)
    v = index.variances
    return Quantity(
        key=key,
        value=value,
        unit="on a scale from −10 to +10",
        how="smoothed weekly mean intensity of the governments' acts (local level model)",
        recipe={
            "kind": "index",
            "day": str(day),
            "within": v.within,
            "between": v.between,
            "drift": v.drift,
            "watched to": str(g.watched_to),
        },
        events=index.events,
        low=low,
        high=high,
        level=index.band,
    )


def index_change(g: CaseData, key: str, index: RelationIndex, a: date, b: date) -> Quantity:
    """How far the smoothed relation index moved between two days' weeks, with its band."""
    value, low, high = index.change(a, b)
    at = index_level(g, key, index, a)
    return Quantity(
        key=key,
        value=value,
        unit="points of the index",
        how="difference of two smoothed levels, their covariance allowed for",
        recipe={**at.recipe, "kind": "index change", "day": str(a), "to": str(b)},
        events=index.events,
        low=low,
        high=high,
        level=index.band,
    )


def median_duration_quantity(key: str, held: Iterable[TruceDuration], curve: SurvivalCurve, what: str) -> Quantity:
    """The median time that truces or rounds held before force was used again."""
    items = list(held)
    return Quantity(
        key=key,
        value=curve.median,
        unit="days",
        how=(
            f"median of the survival curve (Kaplan–Meier) of {curve.started} {what}, {curve.ended} of which "
            "were followed by force; the others are followed until the watch or the truce ended"
        ),
        recipe={
            "kind": "median held",
            "what": what,
            "held": [[str(h.first), str(h.last), h.ended_by] for h in items],
        },
        events=tuple(dict.fromkeys(e for h in items for e in (*h.events, *([h.ended_by] if h.ended_by else [])))),
        low=curve.median_low,
        high=curve.median_high,
        level=curve.level,
    )
