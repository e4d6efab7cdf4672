"""Case data from another source in a store, with the same cast, channels and days.

Claims can be compared with it, and reports of the same event found. Reporting coverage is assumed constant over the
days that the source's releases cover.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from detente.cases.case_file import CaseFile, CoverageWindow
from detente.cases.channel_rule import ChannelRule
from detente.cases.channels import assign_channels
from detente.cases.coverage import compute_coverage
from detente.cases.edits.row import SOURCE as NOTES
from detente.cases.load import CaseData, resolve_events
from detente.cases.store_read import StoreRead
from detente.cases.user_data import find_covered_days, merge_releases
from detente.core.disk_cache import active_cache, content_key
from detente.core.version import code_stamp
from detente.events.arrow import from_table
from detente.events.event import Event
from detente.events.rejects import TranslatedRelease, sort_events
from detente.sources.release import Release
from detente.store.snapshot import ReleaseAccount, Snapshot

# UCDP names the two sides but not the initiator. In the host's country the channel table assumes a strike by the target.
UNKNOWN_INITIATOR_RULE = ChannelRule(
    channel="attack", initiators="target+group", recipients="-", types="ASSAULT", soil="target",
    why="the source does not say who began; in {target} it is counted as an attack by {group}",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SourceRows:
    """Rows of a case in another source as known on a day: events with raw actors, and how many rows were left out.

    `silent` holds the releases, by source and name, that say nothing of the case's days.
    """

    events: tuple[Event, ...]
    later: int
    elsewhere: int
    silent: frozenset[tuple[str, str]] = frozenset()


def other_sources(case: CaseFile, now: Snapshot, own: Sequence[str] = ("chronology",)) -> tuple[str, ...]:
    """List the sources of a store that have aliases in the cast and are not the case's own, sorted."""
    others = sorted({k.source for k in now.releases()} - {*own, NOTES, *(b.source for b in case.brought)})
    codebooks = {s for a in case.cast for s in a.aliases}
    return tuple(s for s in others if s in codebooks or (s == "gdelt" and "cameo" in codebooks))


def case_from_source(case: CaseFile, now: Snapshot, source: str, as_of: date) -> CaseData | None:
    """Load the case from another source, as known on a day; None if that source had no release by then.

    The cache in use keeps the rows, since finding them reads all rows of the source.

    Rows that name an unknown actor belong to other conflicts and count as elsewhere. The case file's crossing and truce
    events are ids of its own source, so they do not apply here.

    Raises:
        CorruptStore: a file of the store cannot be read.
    """
    accounts = [k for k in now.releases() if k.source == source and k.known_on <= as_of]
    if not accounts:
        return None
    names = tuple(sorted(k.name for k in accounts))
    made_from = [(k.name, k.known_on, k.sha256, k.detente, k.events) for k in accounts]
    key = content_key(code_stamp(), case.model_dump_json(exclude={"file"}), source, as_of, made_from)
    rows = active_cache().record("other source", key, lambda: _select_rows(case, now, source, accounts, as_of))
    release = merge_releases([Release(k.source, k.release, k.known_on, k.sha256) for k in accounts])
    raw = TranslatedRelease(release, rows.events, ())
    harvest = resolve_events(case, raw)
    telling = [k for k in accounts if (k.source, k.release) not in rows.silent]
    covered = [days for k in telling if (days := release_days(k)) is not None]
    basis = "every day that the releases cover, watched alike"
    window = CoverageWindow.model_validate({"name": source, "from": case.first, "coverage": 1.0, "basis": basis})
    changes = {"windows": (window,), "crossing_events": (), "truce_events": (), "chronology": source}
    source_case = case.model_copy(update=changes)
    return CaseData(
        source_case, as_of, release, harvest.events, rows.later, harvest.set_aside,
        assign_channels(case, harvest.events, (UNKNOWN_INITIATOR_RULE,)), compute_coverage(source_case, as_of, covered), rows.elsewhere,
        superseded=sum(k.events for k in accounts) - rows.later - rows.elsewhere - len(rows.events),
        covered=max((b for _, b in covered), default=case.first), store=StoreRead(now.path, now.version, names),
    )  # fmt: skip


def _select_rows(
    case: CaseFile, now: Snapshot, source: str, accounts: Sequence[ReleaseAccount], as_of: date
) -> SourceRows:
    # They import the query engine, which a cached result does not need.
    import ibis
    import pyarrow.compute as pc

    from detente.cases.engine.backends import Engine, open_event_table
    from detente.cases.engine.case_rows import find_silent_releases
    from detente.cases.engine.classify import (
        EVENT,
        KNOWN_LATER,
        OUTSIDE_CASE,
        UNKNOWN_NAME,
        classify_events,
    )
    from detente.cases.engine.fetch import fetch_rows
    from detente.cases.engine.latest import select_latest

    with open_event_table(Engine(), now, [k.name for k in accounts]) as rows:
        current = classify_events(
            select_latest(rows, accounts, as_of), case, as_of=as_of, rules=(UNKNOWN_INITIATOR_RULE,)
        )
        # The rows are classified once: those of the case one by one, the others as one count for each status.
        is_event = current.status == EVENT
        keys = {c: is_event.ifelse(current[c], ibis.null("string")) for c in ("release", "id")}
        each = current.select("status", **keys)
        cells = each.group_by("status", "release", "id").agg(n=each.count()).to_pyarrow()
        silent = find_silent_releases(rows, case, accounts)
    mine = pc.equal(cells["status"], EVENT)
    sums = {c["status"]: c["n"] for c in cells.filter(pc.invert(mine)).to_pylist()}
    events = sort_events(from_table(fetch_rows(now, source, cells.filter(mine))))
    return SourceRows(events, sums.get(KNOWN_LATER, 0), sums.get(UNKNOWN_NAME, 0) + sums.get(OUTSIDE_CASE, 0), silent)


def release_days(k: ReleaseAccount) -> tuple[date, date] | None:
    """Return the days that a release in a store covers; None if it holds no event and its name states none."""
    return find_covered_days(k)
