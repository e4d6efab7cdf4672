"""A case in somebody else's record: what another source, kept in a store, tells of the same triad.

The case's own events are one source. Here the same cast, channels and days are read off another, so that a claim can be
held against it and two reports of one event can be found. Every day that its releases cover is taken as watched alike.
"""

from collections.abc import Sequence
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from detente.cases.case_file import CaseFile, CoverageWindow
from detente.cases.channel_rule import ChannelRule
from detente.cases.channels import assign_channels
from detente.cases.coverage import compute_coverage
from detente.cases.engine.backends import Engine, open_event_table
from detente.cases.engine.classify import (
    EVENT,
    KNOWN_LATER,
    OUTSIDE_CASE,
    UNKNOWN_NAME,
    classify_events,
    count_classified,
)
from detente.cases.engine.latest import select_latest
from detente.cases.load import CaseData, resolve_events
from detente.cases.user_data import merge_releases
from detente.events.arrow import SCHEMA, from_table
from detente.events.rejects import TranslatedRelease, sort_events
from detente.sources import ucdp
from detente.sources.release import Release
from detente.store.snapshot import ReleaseAccount, Snapshot

# UCDP names the two who fought and not who began. On host soil the channel table counts that as the target's strike.
UNKNOWN_INITIATOR_RULE = ChannelRule(
    channel="attack",
    initiators="target+group",
    recipients="-",
    types="ASSAULT",
    soil="target",
    why="the source does not say who began; on the target's soil it is counted as the group's attack",
)


def other_sources(case: CaseFile, now: Snapshot, own: Sequence[str] = ("chronology",)) -> tuple[str, ...]:
    """Sources of a store that are not the case's own and of which its cast knows names, in order."""
    mine = {*own, *(b.source for b in case.brought)}
    there = sorted({k.source for k in now.releases()} - mine)
    books = {s for a in case.cast for s in a.aliases}
    return tuple(s for s in there if s in books or (s == "gdelt" and "cameo" in books))


def case_from_source(case: CaseFile, now: Snapshot, source: str, as_of: date) -> CaseData | None:
    """The case as another source tells it, known on a day; None where nothing of that source was out by then.

    Rows that name a stranger to the cast are of other conflicts and counted as elsewhere. Ids that the case file names are
    those of its own events, so nothing is said here of crossings or truces that it codes by hand.

    Raises:
        CorruptStore: a file of the store cannot be read.
    """
    kept = [k for k in now.releases() if k.source == source and k.known_on <= as_of]
    if not kept:
        return None
    names = sorted(k.name for k in kept)
    with open_event_table(Engine(), now, names) as rows:
        current = classify_events(select_latest(rows, kept, as_of), case, as_of=as_of, rules=(UNKNOWN_INITIATOR_RULE,))
        cells = count_classified(current).to_pyarrow().to_pylist()
        mine = current.filter(current.status == EVENT).select("release", "id").to_pyarrow()
    sums: dict[str, int] = {}
    for c in cells:
        sums[c["status"]] = sums.get(c["status"], 0) + c["n"]
    harvest = resolve_events(
        case, TranslatedRelease(_combine_releases(kept), sort_events(from_table(_read_rows(now, names, mine))), ())
    )
    covered = [days for k in kept if (days := _covered_days(k)) is not None]
    basis = "every day that the releases cover, watched alike"
    watched = CoverageWindow.model_validate({"name": source, "from": case.first, "coverage": 1.0, "basis": basis})
    here = case.model_copy(
        update={"windows": (watched,), "crossing_events": (), "truce_events": (), "chronology": source}
    )
    return CaseData(
        case=here,
        as_of=as_of,
        release=harvest.release,
        events=harvest.events,
        later=sums.get(KNOWN_LATER, 0),
        set_aside=harvest.set_aside,
        assignments=assign_channels(case, harvest.events, (UNKNOWN_INITIATOR_RULE,)),
        coverage=compute_coverage(here, as_of, covered),
        elsewhere=sums.get(UNKNOWN_NAME, 0) + sums.get(OUTSIDE_CASE, 0),
        superseded=sum(k.events for k in kept)
        - sums.get(KNOWN_LATER, 0)
        - sums.get(UNKNOWN_NAME, 0)
        - sums.get(OUTSIDE_CASE, 0)
        - mine.num_rows,
        covered=max((b for _, b in covered), default=case.first),
    )


def _read_rows(now: Snapshot, names: Sequence[str], mine: pa.Table) -> pa.Table:
    wanted = _row_keys(mine)
    found = []
    for batch in now.events(names):
        table = pa.Table.from_batches([batch]).select([c for c in SCHEMA.names if c in batch.schema.names])
        found.append(table.filter(pc.is_in(_row_keys(table), value_set=wanted)))
    return pa.concat_tables(found) if found else SCHEMA.empty_table()


def _row_keys(table: pa.Table) -> pa.Array:
    keys = pc.binary_join_element_wise(table["release"], table["id"], "\x00")
    return keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys


def _covered_days(k: ReleaseAccount) -> tuple[date, date] | None:
    told = ucdp.parse_covered_days(k.release) if k.source == "ucdp" else None
    return told or ((k.first, k.last) if k.first and k.last else None)


def _combine_releases(kept: Sequence[ReleaseAccount]) -> Release:
    return merge_releases([Release(k.source, k.release, k.known_on, k.sha256) for k in kept])
