"""One event in other sources: candidate links to their reports, who says what, and where they disagree. Nothing is merged."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from detente.api.case import PreparedCase
from detente.api.events.event_row import build_event_address, format_actor_names, format_deaths, format_event_place
from detente.api.other_sources import OtherSource, OtherSources, OtherSourcesStatus
from detente.claims.checks.external_replication import format_source_name
from detente.core.date_range import format_date_range
from detente.events.event import Event
from detente.events.matching.discrepancies import Discrepancy, DiscrepancyKind, find_discrepancies
from detente.events.matching.linkage import LIKELY_BITS, POSSIBLE_BITS, Link, ScorePart, probable_links, report_id

MatchState = Literal["no store", "being read", "not readable", "nothing else", "no report", "reports"]

STANDING_ORDER = ("accepted", "likely", "possible", "refused")


@dataclass(frozen=True, slots=True)
class LinkReason:
    """One part of a link's score: what was compared, its weight in bits, and why in words."""

    what: str
    bits: float
    why: str


@dataclass(frozen=True, slots=True)
class AlternativeEvent:
    """An event of the record that this report may tell too."""

    id: str
    address: str


@dataclass(frozen=True, slots=True)
class OtherReport:
    """Another source's report that may tell the event; every value is that source's claim.

    `standing` is accepted or refused where a person has said, else likely or possible by the score, `bits`. `whom` is empty and
    `began_told` False where the source names two who fought and not who began. `deaths` is empty where it gives no figure,
    which is never 0. `also` are other events of the record that the same report may tell: at most one of them is right, or it
    tells a part of each.
    """

    key: str
    source: str
    id: str
    standing: str
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


@dataclass(frozen=True, slots=True)
class ReportClaim:
    """What one report says of the thing that is disputed."""

    source: str
    id: str
    claim: str


@dataclass(frozen=True, slots=True)
class DiscrepancyRow:
    """A thing that the reports tell differently, with every report that tells of it, the record's own first."""

    what: DiscrepancyKind
    said: tuple[ReportClaim, ...]


@dataclass(frozen=True, slots=True)
class EventMatches:
    """What other sources in the store say of an event.

    Fields:
        state: whether there is something to show, or why not. version: of the store, None where it was not read.
        reading: the store or its decisions have changed since, and are being read. trouble: why it could not be read.
        releases: those looked through. sources: by name those that tell of the case. watching: those of them whose releases
            cover the day of the event. unread: sources in the store that say nothing of this case on the day of knowledge.
        reports: candidate links: accepted ones first, then likely, possible and refused. otherwise: what the event and its accepted
            and likely reports tell differently.
        likely, possible: the scores, in bits, from which a link is called so.
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
    likely: float = LIKELY_BITS
    possible: float = POSSIBLE_BITS


def build_event_matches(study: PreparedCase, e: Event, look: OtherSourcesStatus) -> EventMatches:
    """What is to be said of an event, from what was read of the store.

    Example:
        >>> from detente.api.other_sources import OtherSourcesStatus
        >>> build_event_matches(None, None, OtherSourcesStatus(None, reading=False)).state    # there is no store
        'no store'
    """
    b = look.found
    if b is None:
        return EventMatches("being read" if look.reading else "no store", reading=look.reading)
    if b.trouble:
        return EventMatches("not readable", reading=look.reading, trouble=b.trouble)
    found = b.links.get(e.id, ())
    ordered = sorted(found, key=lambda n: (STANDING_ORDER.index(n.standing), -n.score))
    said = {report_id(x): x for x in (e, *(n.b for n in found))}
    apart = find_discrepancies(e, [n.b for n in probable_links(found, e)])
    return EventMatches(
        "reports" if found else "no report" if b.sources else "nothing else",
        b.version,
        look.reading,
        releases=b.releases,
        sources=tuple(format_source_name(s.name) for s in b.sources),
        watching=tuple(format_source_name(s.name) for s in b.sources if _covers_event(s, e)),
        unread=tuple(format_source_name(s) for s in b.unread),
        reports=tuple(_build_report(study, n, b) for n in ordered),
        otherwise=tuple(_build_discrepancy(study, d, said) for d in apart),
    )


def _covers_event(s: OtherSource, e: Event) -> bool:
    return s.coverage.days(e.span.first, e.span.last) > 0


def _build_report(study: PreparedCase, n: Link, b: OtherSources) -> OtherReport:
    e = n.b
    others = () if n.standing == "refused" else b.also.get(report_id(e), ())
    return OtherReport(
        key=report_id(e),
        source=format_source_name(e.source),
        id=e.id,
        standing=n.standing,
        bits=round(n.score, 2),
        reasons=tuple(_build_reason(study, p) for p in n.parts),
        when=format_date_range(e.span),
        where=format_event_place(study, e),
        who=format_actor_names(study, e.initiators),
        whom=format_actor_names(study, e.recipients),
        began_told=bool(e.recipients) or len(e.initiators) < 2,
        deaths=format_deaths(e.tolls),
        summary=e.summary,
        release=e.release,
        provisional=e.provisional,
        addresses=e.addresses,
        also=tuple(AlternativeEvent(k, build_event_address(study, k)) for k in others if k != n.a.id),
    )


def _build_reason(study: PreparedCase, p: ScorePart) -> LinkReason:
    # The score speaks of actors by their keys; a page by their names.
    called = {a.key: a.short or a.name for a in study.case.cast}
    why = re.sub(r"\w+", lambda m: called.get(m[0], m[0]), p.why) if p.what == "who" else p.why
    return LinkReason(p.what, round(p.bits, 2), why)


def _build_discrepancy(study: PreparedCase, d: Discrepancy, said: Mapping[str, Event]) -> DiscrepancyRow:
    def claim(e: Event) -> str:
        if d.what == "deaths":
            return format_deaths(e.tolls)
        if d.what == "initiator":
            return format_actor_names(study, e.initiators)
        return format_date_range(e.span) if d.what == "day" else format_event_place(study, e)

    return DiscrepancyRow(
        d.what, tuple(ReportClaim(format_source_name(said[k].source), said[k].id, claim(said[k])) for k in d.said)
    )
