"""Reports of a case's events in other sources of a store: candidate links, and what a person decided of them."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from detente.cases.load import CaseData
from detente.cases.other_source import case_from_source, other_sources
from detente.events.matching.decisions import decisions_path, read_decisions
from detente.events.matching.linkage import Link, candidate_links
from detente.store.snapshot import Snapshot, open_version


@dataclass(frozen=True, slots=True)
class MatchedReports:
    """What a store holds beside a case's own events, known on a day.

    Fields:
        store: the version read. records: the case as each other source tells it, by source. releases: those read, as
            `source/release`. links: between the case's events and theirs, most alike first; refused ones too.
        decisions: the file in which a person's decisions are kept, whether it is there or not.
    """

    store: Snapshot
    records: dict[str, CaseData]
    releases: tuple[str, ...]
    links: tuple[Link, ...]
    decisions: Path


def find_matched_reports(
    g: CaseData, store: Path, *, sources: tuple[str, ...] = (), as_of: date | None = None
) -> MatchedReports:
    """Find them.

    Args:
        g: the case from its own events. sources: only these; all of which the cast knows names if not given.
        as_of: nothing known later is read; the case's own day if not given.

    Raises:
        NoStore, NotAStore, CorruptStore. BadMapping: a line of the file of decisions is none.
    """
    now, day = open_version(store), as_of or g.as_of
    wanted = [s for s in other_sources(g.case, now, (g.release.source,)) if not sources or s in sources]
    found = {s: r for s in wanted if (r := case_from_source(g.case, now, s, day)) is not None}
    read = sorted(k.name for k in now.releases() if k.source in found and k.known_on <= day)
    path = decisions_path(store)
    decided = read_decisions(path) if path.is_file() else {}
    told = [n for r in found.values() for n in candidate_links(g.events, r.events, decided)]
    ordered = tuple(sorted(told, key=lambda n: (-n.score, n.a.id, n.b.source, n.b.id)))
    return MatchedReports(now, found, tuple(read), ordered, path)
