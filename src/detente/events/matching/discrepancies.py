"""What reports of one event say differently. All stand, by report; none is corrected by another."""

import calendar
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Literal

from detente.core.date_range import DateRange, format_date_range
from detente.core.place import great_circle_km
from detente.events.event import Event
from detente.events.matching.linkage import PRECISION_ORDER, PRECISION_RADIUS_KM, format_death_range, report_id

DiscrepancyKind = Literal["deaths", "initiator", "day", "place"]


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One thing told differently: deaths as ranges, who began, the day, or the place; `said` by report (`ucdp:611281`), the event's own first."""

    what: DiscrepancyKind
    said: Mapping[str, str]


def find_discrepancies(event: Event, linked: Iterable[Event]) -> tuple[Discrepancy, ...]:
    """What an event and other reports of it say differently.

    A report without a toll, or one that names two fighters and nobody acted on, says nothing of that and disagrees with
    nobody. A smaller toll told of a narrower place may be a part of the event, and is no disagreement. Days differ where
    the event and a report cannot mean one day, however loosely each knows it. Places differ where their points lie farther
    apart than their precision allows, or than twice that where one stands for a province or a country: many are larger than
    that. Two reports that differ in these from one another, and not from the event, may tell two parts of it; two of one
    source do, and disagree on nothing.

    Example:
        >>> from dataclasses import replace
        >>> from detente.cases.case_file import load_case_file
        >>> from detente.cases.load import load_case_data
        >>> e = load_case_data(load_case_file("pakistan-afghanistan")).event("DL-20260112-02")
        >>> other = replace(e, source="ucdp", id="611281", tolls=replace(e.tolls, low=4, best=7, high=9))
        >>> [dict(d.said) for d in find_discrepancies(e, [other])]
        [{'chronology:DL-20260112-02': '6–7', 'ucdp:611281': '4–9'}]
    """
    all_told = (event, *linked)
    out = []
    tolls = {
        report_id(e): format_death_range(e.tolls.range) for e in all_told if e.tolls.range and not _is_part_of(e, event)
    }
    if _contradict(tolls):
        out.append(Discrepancy("deaths", tolls))
    # Two initiators and nobody acted on: the source does not say who began.
    began = {
        report_id(e): ", ".join(sorted(set(e.initiators)))
        for e in all_told
        if set(e.initiators) - {"UNK"} and not (len(e.initiators) > 1 and not e.recipients)
    }
    if _contradict(began):
        out.append(Discrepancy("initiator", began))
    if any(_days_are_disjoint(event, e) for e in all_told):
        out.append(Discrepancy("day", {report_id(e): format_date_range(e.span) for e in all_told}))
    if any(_places_are_apart(event, e) for e in all_told):
        out.append(
            Discrepancy("place", {report_id(e): e.place.format_name() for e in all_told if e.place.point is not None})
        )
    return tuple(out)


def _contradict(said: Mapping[str, str]) -> bool:
    # Two reports of one source are two events in its own book, such as two parts of a raid.
    told = {(key.partition(":")[0], what) for key, what in said.items()}
    return any(a[0] != b[0] and a[1] != b[1] for a, b in combinations(told, 2))


def _days_are_disjoint(a: Event, b: Event) -> bool:
    (a_first, a_last), (b_first, b_last) = _possible_days(a.span), _possible_days(b.span)
    return a_last < b_first or b_last < a_first


def _possible_days(span: DateRange) -> tuple[date, date]:
    if span.precision != "month":
        return span.earliest, span.latest
    # "About October" is any day of October, whatever day of it was written down.
    ends = calendar.monthrange(span.last.year, span.last.month)[1]
    return min(span.earliest, span.first.replace(day=1)), max(span.latest, span.last.replace(day=ends))


def _places_are_apart(a: Event, b: Event) -> bool:
    if a.place.point is None or b.place.point is None:
        return False
    allowed = math.hypot(PRECISION_RADIUS_KM[a.place.precision], PRECISION_RADIUS_KM[b.place.precision])
    wide = {a.place.precision, b.place.precision} & {"province", "country"}
    return great_circle_km(a.place.point, b.place.point) > allowed * (2 if wide else 1)


def _is_part_of(a: Event, b: Event) -> bool:
    x, y = a.tolls.range, b.tolls.range
    if x is None or y is None or a is b:
        return False
    finer = PRECISION_ORDER.index(a.place.precision) < PRECISION_ORDER.index(b.place.precision)
    return finer and x[1] < y[0]
