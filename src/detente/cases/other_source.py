"""A case in somebody else's record: what another source, kept in a store, tells of the same triad.

The case's own events are one source. Here the same cast, channels and days are read off another, so that a claim can be
held against it and two reports of one event can be found. Every day that its releases cover is taken as watched alike.
"""

from collections.abc import Sequence
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from detente.cases.case_file import Case, Watch
from detente.cases.channel_rule import Rule
from detente.cases.channels import assign
from detente.cases.coverage import exposure
from detente.cases.engine.backends import Engine, rows_of
from detente.cases.engine.classify import EVENT, LATER, OUTSIDE, STRANGER, coded, tally
from detente.cases.engine.latest import newest
from detente.cases.load import Gathered, join
from detente.cases.user_data import together
from detente.events.arrow import SCHEMA, from_table
from detente.events.rejects import Harvest, in_order
from detente.sources import ucdp
from detente.sources.release import Release
from detente.store.snapshot import Kept, Snapshot

# UCDP names the two who fought and not who began. On host soil the channel table counts that as the target's strike.
UNTOLD = Rule(
    channel="attack",
    initiators="target+group",
    recipients="-",
    types="ASSAULT",
    soil="target",
    why="the source does not say who began; on the target's soil it is counted as the group's attack",
)


def others(case: Case, now: Snapshot, own: Sequence[str] = ("chronology",)) -> tuple[str, ...]:
    """Sources of a store that are not the case's own and of which its cast knows names, in order."""
    mine = {*own, *(b.source for b in case.brought)}
    there = sorted({k.source for k in now.releases()} - mine)
    books = {s for a in case.cast for s in a.aliases}
    return tuple(s for s in there if s in books or (s == "gdelt" and "cameo" in books))


def second(case: Case, now: Snapshot, source: str, as_of: date) -> Gathered | None:
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
    with rows_of(Engine(), now, names) as rows:
        current = coded(newest(rows, kept, as_of), case, as_of=as_of, rules=(UNTOLD,))
        cells = tally(current).to_pyarrow().to_pylist()
        mine = current.filter(current.status == EVENT).select("release", "id").to_pyarrow()
    sums: dict[str, int] = {}
    for c in cells:
        sums[c["status"]] = sums.get(c["status"], 0) + c["n"]
    harvest = join(case, Harvest(_release(kept), in_order(from_table(_rows(now, names, mine))), ()))
    covered = [days for k in kept if (days := _covered(k)) is not None]
    basis = "every day that the releases cover, watched alike"
    watched = Watch.model_validate({"name": source, "from": case.first, "density": 1.0, "basis": basis})
    here = case.model_copy(
        update={"windows": (watched,), "crossing_events": (), "truce_events": (), "chronology": source}
    )
    return Gathered(
        case=here,
        as_of=as_of,
        release=harvest.release,
        events=harvest.events,
        later=sums.get(LATER, 0),
        set_aside=harvest.set_aside,
        assignments=assign(case, harvest.events, (UNTOLD,)),
        exposure=exposure(here, as_of, covered),
        elsewhere=sums.get(STRANGER, 0) + sums.get(OUTSIDE, 0),
        superseded=sum(k.events for k in kept)
        - sums.get(LATER, 0)
        - sums.get(STRANGER, 0)
        - sums.get(OUTSIDE, 0)
        - mine.num_rows,
        covered=max((b for _, b in covered), default=case.first),
    )


def _rows(now: Snapshot, names: Sequence[str], mine: pa.Table) -> pa.Table:
    wanted = _keys(mine)
    found = []
    for batch in now.events(names):
        table = pa.Table.from_batches([batch]).select([c for c in SCHEMA.names if c in batch.schema.names])
        found.append(table.filter(pc.is_in(_keys(table), value_set=wanted)))
    return pa.concat_tables(found) if found else SCHEMA.empty_table()


def _keys(table: pa.Table) -> pa.Array:
    keys = pc.binary_join_element_wise(table["release"], table["id"], "\x00")
    return keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys


def _covered(k: Kept) -> tuple[date, date] | None:
    told = ucdp.covers(k.release) if k.source == "ucdp" else None
    return told or ((k.first, k.last) if k.first and k.last else None)


def _release(kept: Sequence[Kept]) -> Release:
    return together([Release(k.source, k.release, k.known_on, k.sha256) for k in kept])
