"""Reports of one event in other sources: candidate links, claims and discrepancies. Nothing is merged."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from detente.api.case import Case
from detente.api.events.event_row import build_event_address, format_actor_names, format_deaths, format_event_place
from detente.api.other_sources import OtherSource, OtherSources, OtherSourcesStatus
from detente.claims.checks.external_replication import format_source_name
from detente.core.date_range import format_date_range
from detente.core.place import great_circle_km
from detente.events.event import Event
from detente.events.matching.decisions import DecisionRecord
from detente.events.matching.discrepancies import Discrepancy, DiscrepancyKind, find_discrepancies
from detente.events.matching.linkage import (
    POSSIBLE_BITS,
    PROBABLE,
    Link,
    ScorePart,
    compared_reports,
    pair_id,
    report_id,
)
from detente.measures.distance import LOCATED_PRECISIONS
from detente.sources.licences import licence_of

MatchState = Literal["no store", "being read", "not readable", "nothing else", "no report", "reports"]

STANDING_ORDER = ("accepted", "probable", "part", "possible", "refused")


@dataclass(frozen=True, slots=True)
class LinkReason:
    """One part of a link's score: the attribute compared, its weight in bits, and the reason in words."""

    what: str
    bits: float
    why: str


@dataclass(frozen=True, slots=True)
class AlternativeEvent:
    """Another event of the record that the same report may describe."""

    id: str
    address: str


@dataclass(frozen=True, slots=True)
class ReportDecision:
    """A person's decision on a report: `same` or `different`, the account, the time and the reason; unknown ones are empty."""

    what: Literal["same", "different"]
    by: str
    at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class OtherReport:
    """Another source's report that may describe the event; every value is that source's claim.

    `standing` is accepted or refused if a person has decided, else probable (at most one report of a source), part or possible by
    `probability`, to which the score `bits` leads. `whom` is empty and `began_told` False if the source names two parties without saying who began. `deaths` is empty, not 0, if the source gives
    no figure. `also` lists other events of the record that the report may describe: one of them is right, or a part of each.
    `km` is the distance between both places, None if one is not known to the town or district. `days_apart` is the number of days
    between both date ranges, 0 if they overlap. `decision`: of a person, None if nobody has decided.
    """

    key: str
    source: str
    id: str
    standing: str
    probability: float
    bits: float
    reasons: tuple[LinkReason, ...]
    when: str
    where: str
    who: str
    whom: str
    began_told: bool
    deaths: str
    summary: str
    release: str
    provisional: bool | None
    addresses: tuple[str, ...]
    also: tuple[AlternativeEvent, ...]
    km: float | None
    days_apart: int
    decision: ReportDecision | None


@dataclass(frozen=True, slots=True)
class ReportClaim:
    """One report's value of a disputed attribute."""

    source: str
    id: str
    claim: str


@dataclass(frozen=True, slots=True)
class DiscrepancyRow:
    """An attribute on which reports differ, with the claim of each report, the record's own first."""

    what: DiscrepancyKind
    said: tuple[ReportClaim, ...]


@dataclass(frozen=True, slots=True)
class EventMatches:
    """Reports of an event in the other sources of the store.

    Fields:
        state: whether there are reports to show, or why not. version: of the store, None if it was not read.
        reading: the store or its decisions have changed and are being read again. trouble: why the store could not be read.
        releases: releases searched. sources: names of sources with events of the case. watching: those of them whose
            releases cover the day of the event. unread: sources in the store without events of this case by the day of knowledge.
        reports: candidate links, ordered accepted, probable, part, possible, refused.
        otherwise: discrepancies between the event and its accepted and probable reports; parts and possible ones are not compared.
        withheld: number of reports that are left out, since their source's licence forbids passing rows on.
        probable: threshold of the probability. possible: threshold of the score in bits.
    """

    state: MatchState
    version: int | None = None
    reading: bool = False
    trouble: str = ""
    releases: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    watching: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    reports: tuple[OtherReport, ...] = ()
    otherwise: tuple[DiscrepancyRow, ...] = ()
    withheld: int = 0
    probable: float = PROBABLE
    possible: float = POSSIBLE_BITS


def withhold_closed_sources(m: EventMatches) -> EventMatches:
    """Leave out what sources say whose licence forbids passing rows on, or is not known: for readers without an account."""
    shown = tuple(r for r in m.reports if licence_of(r.key.partition(":")[0]).open)
    left_out = {(r.source, r.id) for r in m.reports} - {(r.source, r.id) for r in shown}
    rows = [replace(d, said=tuple(s for s in d.said if (s.source, s.id) not in left_out)) for d in m.otherwise]
    return replace(
        m, reports=shown, withheld=len(m.reports) - len(shown), otherwise=tuple(d for d in rows if len(d.said) > 1)
    )


def build_event_matches(
    prepared: Case,
    e: Event,
    status: OtherSourcesStatus,
    decisions: Mapping[frozenset[str], DecisionRecord] | None = None,
) -> EventMatches:
    """Collect the reports of an event from the store as last read.

    Args:
        decisions: of people, by pair, as they are now. They hold at once; the probabilities of the other reports follow when
            the store is read again. None: those with which the store was read.

    Example:
        >>> from detente.api.other_sources import OtherSourcesStatus
        >>> build_event_matches(None, None, OtherSourcesStatus(None, reading=False)).state
        'no store'
    """
    other = status.found
    if other is None:
        return EventMatches("being read" if status.reading else "no store", reading=status.reading)
    if other.trouble:
        return EventMatches("not readable", reading=status.reading, trouble=other.trouble)
    links = other.links.get(e.id, ())
    if decisions is not None:
        links = tuple(_apply_decision(n, decisions) for n in links)
    ordered = sorted(links, key=lambda link: (STANDING_ORDER.index(link.standing), -link.probability, -link.score))
    events = {report_id(x): x for x in (e, *(link.b for link in links))}
    discrepancies = find_discrepancies(e, compared_reports(links, e))
    return EventMatches(
        "reports" if links else "no report" if other.sources else "nothing else",
        other.version,
        status.reading,
        releases=other.releases,
        sources=tuple(format_source_name(s.name) for s in other.sources),
        watching=tuple(format_source_name(s.name) for s in other.sources if _covers_event(s, e)),
        unread=tuple(format_source_name(s) for s in other.unread),
        reports=tuple(_build_report(prepared, link, other, decisions or {}) for link in ordered),
        otherwise=tuple(_build_discrepancy(prepared, d, events) for d in discrepancies),
    )


def _covers_event(s: OtherSource, e: Event) -> bool:
    return s.coverage.days(e.span.first, e.span.last) > 0


def _apply_decision(link: Link, decisions: Mapping[frozenset[str], DecisionRecord]) -> Link:
    now = decisions.get(pair_id(link.a, link.b))
    return replace(link, decided=now.decision if now else None)


def measure_distance_km(a: Event, b: Event) -> float | None:
    """Return the distance between the places of two events, None if one is not known to the town or district."""
    points = [x.place.point for x in (a, b) if x.place.precision in LOCATED_PRECISIONS and x.place.point is not None]
    return round(great_circle_km(points[0], points[1]), 1) if len(points) == 2 else None


def count_days_apart(a: Event, b: Event) -> int:
    """Count the days between the date ranges of two events, 0 if they overlap."""
    return max((max(a.span.first, b.span.first) - min(a.span.last, b.span.last)).days, 0)


def _build_decision(link: Link, decisions: Mapping[frozenset[str], DecisionRecord]) -> ReportDecision | None:
    if link.decided is None:
        return None
    r = decisions.get(pair_id(link.a, link.b), DecisionRecord(link.decided))
    return ReportDecision("same" if r.decision == "accept" else "different", r.by, r.at, r.reason)


def _build_report(
    prepared: Case, link: Link, other: OtherSources, decisions: Mapping[frozenset[str], DecisionRecord]
) -> OtherReport:
    e = link.b
    alternatives = () if link.standing == "refused" else other.also.get(report_id(e), ())
    return OtherReport(
        key=report_id(e), source=format_source_name(e.source), id=e.id, standing=link.standing, probability=round(link.probability, 3), bits=round(link.score, 2),
        reasons=tuple(_build_reason(prepared, p) for p in link.parts), when=format_date_range(e.span),
        where=format_event_place(prepared, e), who=format_actor_names(prepared, e.initiators),
        whom=format_actor_names(prepared, e.recipients), began_told=bool(e.recipients) or len(e.initiators) < 2,
        deaths=format_deaths(e.tolls), summary=e.summary, release=e.release, provisional=e.provisional, addresses=e.addresses,
        also=tuple(AlternativeEvent(k, build_event_address(prepared, k)) for k in alternatives if k != link.a.id),
        km=measure_distance_km(link.a, e), days_apart=count_days_apart(link.a, e), decision=_build_decision(link, decisions),
    )  # fmt: skip


def _build_reason(prepared: Case, p: ScorePart) -> LinkReason:
    # The score names actors by key; pages show their names.
    names = {a.key: a.short or a.name for a in prepared.case.cast}
    why = re.sub(r"\w+", lambda m: names.get(m[0], m[0]), p.why) if p.what == "who" else p.why
    return LinkReason(p.what, round(p.bits, 2), why)


def _build_discrepancy(prepared: Case, d: Discrepancy, events: Mapping[str, Event]) -> DiscrepancyRow:
    def claim(e: Event) -> str:
        if d.what == "deaths":
            return format_deaths(e.tolls)
        if d.what == "initiator":
            return format_actor_names(prepared, e.initiators)
        return format_date_range(e.span) if d.what == "day" else format_event_place(prepared, e)

    reports = [events[k] for k in d.said]
    return DiscrepancyRow(d.what, tuple(ReportClaim(format_source_name(e.source), e.id, claim(e)) for e in reports))
