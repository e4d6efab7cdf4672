"""Reports of a case's events in other sources of a store: candidate links, and what a person decided of them."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from detente.cases.load import Gathered
from detente.cases.other_source import others, second
from detente.events.matching.decisions import beside, read_decisions
from detente.events.matching.linkage import Link, links
from detente.store.snapshot import Snapshot, snapshot


@dataclass(frozen=True, slots=True)
class Reports:
    """What a store holds beside a case's own events, known on a day.

    Fields:
        store: the version read. records: the case as each other source tells it, by source. releases: those read, as
            `source/release`. links: between the case's events and theirs, most alike first; refused ones too.
        decisions: the file in which a person's decisions are kept, whether it is there or not.
    """

    store: Snapshot
    records: dict[str, Gathered]
    releases: tuple[str, ...]
    links: tuple[Link, ...]
    decisions: Path


def reports(g: Gathered, store: Path, *, sources: tuple[str, ...] = (), as_of: date | None = None) -> Reports:
    """Find them.

    Args:
        g: the case from its own events. sources: only these; all of which the cast knows names if not given.
        as_of: nothing known later is read; the case's own day if not given.

    Raises:
        NoStore, NotAStore, CorruptStore. BadMapping: a line of the file of decisions is none.
    """
    now, day = snapshot(store), as_of or g.as_of
    wanted = [s for s in others(g.case, now, (g.release.source,)) if not sources or s in sources]
    found = {s: r for s in wanted if (r := second(g.case, now, s, day)) is not None}
    read = sorted(k.name for k in now.releases() if k.source in found and k.known_on <= day)
    path = beside(store)
    decided = read_decisions(path) if path.is_file() else {}
    told = [n for r in found.values() for n in links(g.events, r.events, decided)]
    ordered = tuple(sorted(told, key=lambda n: (-n.score, n.a.id, n.b.source, n.b.id)))
    return Reports(now, found, tuple(read), ordered, path)
