"""Reports of a case's events in other sources of a store: candidate links and a person's decisions on them."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from detente.cases.load import CaseData
from detente.cases.other_source import case_from_source, other_sources
from detente.cases.store_read import StoreRead
from detente.events.matching.assignment import match_events
from detente.events.matching.decisions import decisions_path, read_decisions
from detente.events.matching.linkage import Link
from detente.store.snapshot import Snapshot, open_version


@dataclass(frozen=True, slots=True)
class MatchedReports:
    """Other sources' reports of a case, known on a day.

    Fields:
        store: the version read. records: the case according to each other source, by source. releases: those read, as
            `source/release`. links: between the case's events and theirs, most probable first, including refused links.
        decisions: path of the file with a person's decisions, which may not exist yet.
    """

    store: Snapshot
    records: dict[str, CaseData]
    releases: tuple[str, ...]
    links: tuple[Link, ...]
    decisions: Path


def find_matched_reports(
    g: CaseData, store: Path | StoreRead, *, sources: tuple[str, ...] = (), as_of: date | None = None
) -> MatchedReports:
    """Find reports of a case's events in the other sources of a store.

    Args:
        g: the case from its own events.
        store: its newest version is read, or that of a `StoreRead`.
        sources: only these; all sources with names in the cast if not given.
        as_of: day of knowledge; the case's own if not given.

    Raises:
        NoStore, NotAStore, CorruptStore. BadMapping: a line of the decisions file is invalid.
    """
    path, version = (store.path, store.version) if isinstance(store, StoreRead) else (store, None)
    now, day = open_version(path, version), as_of or g.as_of
    wanted = [s for s in other_sources(g.case, now, (g.release.source,)) if not sources or s in sources]
    records = {s: r for s in wanted if (r := case_from_source(g.case, now, s, day)) is not None}
    releases = sorted(k.name for k in now.releases() if k.source in records and k.known_on <= day)
    decided = decisions_path(path)
    decisions = read_decisions(decided) if decided.is_file() else {}
    links = [n for r in records.values() for n in match_events(g.events, r.events, decisions)]
    links.sort(key=lambda n: (n.decided != "accept", -n.probability, -n.score, n.a.id, n.b.source, n.b.id))
    return MatchedReports(now, records, tuple(releases), tuple(links), decided)
