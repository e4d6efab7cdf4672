"""Discrepancies between reports of one event. Every report keeps its values; none corrects another."""

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
    """One attribute that differs; `said` is its value by report (`ucdp:611281`), the event's own report first."""

    what: DiscrepancyKind
    said: Mapping[str, str]


def find_discrepancies(event: Event, linked: Iterable[Event]) -> tuple[Discrepancy, ...]:
    """Find the attributes in which an event and other reports of it differ.

    A report without deaths, or with two initiators and no recipient, has no value to compare. Fewer deaths at a narrower
    place may be a part of the event, which is not a discrepancy. Days differ if no day is possible for both the event and a
    report. Places differ if their points are farther apart than their precision allows, or than twice that if one is a
    province or a country, since many are larger. Days and places are compared with the event only: two reports that differ
    from each other may describe two parts of it. Two reports of one source are always two parts.

    Example:
        >>> from dataclasses import replace
        >>> from detente.cases.case_file import load_case_file
        >>> from detente.cases.load import load_case_data
        >>> e = load_case_data(load_case_file("pakistan-afghanistan")).event("DL-20260112-02")
        >>> other = replace(e, source="ucdp", id="611281", tolls=replace(e.tolls, low=4, best=7, high=9))
        >>> [dict(d.said) for d in find_discrepancies(e, [other])]
        [{'chronology:DL-20260112-02': '6–7', 'ucdp:611281': '4–9'}]
    """
    reports = {report_id(e): e for e in (event, *linked)}
    out = []
    deaths = {
        k: format_death_range(e.tolls.range) for k, e in reports.items() if e.tolls.range and not _is_part_of(e, event)
    }
    if _contradict(deaths):
        out.append(Discrepancy("deaths", deaths))
    # With two initiators and no recipient, the source does not state who initiated.
    initiators = {
        k: ", ".join(sorted(set(e.initiators)))
        for k, e in reports.items()
        if set(e.initiators) - {"UNK"} and not (len(e.initiators) > 1 and not e.recipients)
    }
    if _contradict(initiators):
        out.append(Discrepancy("initiator", initiators))
    if any(_days_are_disjoint(event, e) for e in reports.values()):
        out.append(Discrepancy("day", {k: format_date_range(e.span) for k, e in reports.items()}))
    if any(_places_are_apart(event, e) for e in reports.values()):
        out.append(Discrepancy("place", {k: e.place.format_name() for k, e in reports.items() if e.place.point}))
    return tuple(out)


def _contradict(values: Mapping[str, str]) -> bool:
    # Two reports of one source are two events to that source, such as two parts of a raid.
    by_source = {(key.partition(":")[0], value) for key, value in values.items()}
    return any(a[0] != b[0] and a[1] != b[1] for a, b in combinations(by_source, 2))


def _days_are_disjoint(a: Event, b: Event) -> bool:
    (a_first, a_last), (b_first, b_last) = _possible_days(a.span), _possible_days(b.span)
    return a_last < b_first or b_last < a_first


def _possible_days(span: DateRange) -> tuple[date, date]:
    if span.precision != "month":
        return span.earliest, span.latest
    # "About October" is any day of October, whatever day was recorded.
    last_day = calendar.monthrange(span.last.year, span.last.month)[1]
    return min(span.earliest, span.first.replace(day=1)), max(span.latest, span.last.replace(day=last_day))


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
