"""One event in other sources: candidate links to their reports, who says what, and where they disagree. Nothing is merged."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from detente.api.case import Study
from detente.api.events.event_row import deaths, event_address, names, where
from detente.api.other_sources import Beside, Look, Source
from detente.claims.checks.external_replication import named
from detente.core.date_range import span_in_words
from detente.events.event import Event
from detente.events.matching.discrepancies import Disagreement, What, disagreements
from detente.events.matching.linkage import LIKELY, POSSIBLE, Link, Part, key_of, linked

State = Literal["no store", "being read", "not readable", "nothing else", "no report", "reports"]

ORDER = ("accepted", "likely", "possible", "refused")


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a link's score: what was compared, its weight in bits, and why in words."""

    what: str
    bits: float
    why: str


@dataclass(frozen=True, slots=True)
class Same:
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
    reasons: tuple[Reason, ...]
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
    also: tuple[Same, ...]


@dataclass(frozen=True, slots=True)
class Says:
    """What one report says of the thing that is disputed."""

    source: str
    id: str
    claim: str


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A thing that the reports tell differently, with every report that tells of it, the record's own first."""

    what: What
    said: tuple[Says, ...]


@dataclass(frozen=True, slots=True)
class Elsewhere:
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

    state: State
    version: int | None = None
    reading: bool = False
    trouble: str = ""
    releases: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    watching: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    reports: tuple[OtherReport, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()
    likely: float = LIKELY
    possible: float = POSSIBLE


def elsewhere(study: Study, e: Event, look: Look) -> Elsewhere:
    """What is to be said of an event, from what was read of the store.

    Example:
        >>> from detente.api.other_sources import Look
        >>> elsewhere(None, None, Look(None, reading=False)).state    # there is no store
        'no store'
    """
    b = look.found
    if b is None:
        return Elsewhere("being read" if look.reading else "no store", reading=look.reading)
    if b.trouble:
        return Elsewhere("not readable", reading=look.reading, trouble=b.trouble)
    found = b.links.get(e.id, ())
    ordered = sorted(found, key=lambda n: (ORDER.index(n.standing), -n.score))
    said = {key_of(x): x for x in (e, *(n.b for n in found))}
    apart = disagreements(e, [n.b for n in linked(found, e)])
    return Elsewhere(
        "reports" if found else "no report" if b.sources else "nothing else",
        b.version,
        look.reading,
        releases=b.releases,
        sources=tuple(named(s.name) for s in b.sources),
        watching=tuple(named(s.name) for s in b.sources if _watching(s, e)),
        unread=tuple(named(s) for s in b.unread),
        reports=tuple(_report(study, n, b) for n in ordered),
        otherwise=tuple(_otherwise(study, d, said) for d in apart),
    )


def _watching(s: Source, e: Event) -> bool:
    return s.exposure.days(e.span.first, e.span.last) > 0


def _report(study: Study, n: Link, b: Beside) -> OtherReport:
    e = n.b
    others = () if n.standing == "refused" else b.also.get(key_of(e), ())
    return OtherReport(
        key=key_of(e),
        source=named(e.source),
        id=e.id,
        standing=n.standing,
        bits=round(n.score, 2),
        reasons=tuple(_reason(study, p) for p in n.parts),
        when=span_in_words(e.span),
        where=where(study, e),
        who=names(study, e.initiators),
        whom=names(study, e.recipients),
        began_told=bool(e.recipients) or len(e.initiators) < 2,
        deaths=deaths(e.tolls),
        summary=e.summary,
        release=e.release,
        provisional=e.provisional,
        addresses=e.addresses,
        also=tuple(Same(k, event_address(study, k)) for k in others if k != n.a.id),
    )


def _reason(study: Study, p: Part) -> Reason:
    # The score speaks of actors by their keys; a page by their names.
    called = {a.key: a.short or a.name for a in study.case.cast}
    why = re.sub(r"\w+", lambda m: called.get(m[0], m[0]), p.why) if p.what == "who" else p.why
    return Reason(p.what, round(p.bits, 2), why)


def _otherwise(study: Study, d: Disagreement, said: Mapping[str, Event]) -> Otherwise:
    def claim(e: Event) -> str:
        if d.what == "deaths":
            return deaths(e.tolls)
        if d.what == "initiator":
            return names(study, e.initiators)
        return span_in_words(e.span) if d.what == "day" else where(study, e)

    return Otherwise(d.what, tuple(Says(named(said[k].source), said[k].id, claim(said[k])) for k in d.said))
