"""Events fetched from a store to be shown: a few rows by id, or the newest of a case that was opened from counts."""

from collections.abc import Iterable
from datetime import date

import duckdb
import ibis
import pyarrow as pa
import pyarrow.compute as pc

from detente.cases.case_file import CaseFile
from detente.cases.engine.backends import Engine, open_event_table
from detente.cases.engine.case_rows import find_case_accounts, select_known_rows
from detente.cases.engine.classify import EVENT, classify_events
from detente.cases.load import resolve_events
from detente.cases.store_read import StoreRead, open_store
from detente.cases.user_data import merge_releases
from detente.events.arrow import SCHEMA, from_table
from detente.events.event import Event
from detente.events.rejects import TranslatedRelease
from detente.sources.release import Release
from detente.store.errors import CorruptStore
from detente.store.snapshot import Snapshot


def fetch_rows(now: Snapshot, source: str, keys: pa.Table) -> pa.Table:
    """Fetch rows of one source by `release` and `id`, in the columns of `events.arrow.SCHEMA`; only their files are read.

    Raises:
        CorruptStore: a file of the store cannot be read.
    """
    tables = [SCHEMA.empty_table()]
    connection = duckdb.connect()
    try:
        connection.register("keys", keys.select(["release", "id"]))
        for release in sorted(set(keys["release"].to_pylist())):
            files = [f.path.as_posix() for f in now.files_of("events", [f"{source}/{release}"])]
            found = connection.execute(
                "SELECT * FROM read_parquet($files, union_by_name = true, hive_partitioning = false) "
                "WHERE id IN (SELECT id FROM keys WHERE release = $release)",
                {"files": files, "release": release},
            ).to_arrow_table()
            tables.append(_fill_columns(found, source, release))
    except duckdb.Error as e:
        raise CorruptStore(now.path, f"a file of {source} cannot be read ({str(e).splitlines()[0]})") from e
    finally:
        connection.close()
    return pa.concat_tables(tables)


def fetch_case_events(
    case: CaseFile, store: StoreRead, as_of: date, *, channels: Iterable[str] = (), first: date | None = None,
    last: date | None = None, limit: int = 100, engine: Engine | None = None,
) -> tuple[tuple[Event, str | None], ...]:  # fmt: skip
    """Fetch the newest events of a case that was opened from counts, with their channels, in order of day and id.

    Args:
        store, as_of: what `open_counts` read, and its day of knowledge.
        channels: only these; all events if none is given. first, last: only events that began on these days. Over a
            large store this is faster: all rows before are classified otherwise.
        limit: at most this many.

    Raises:
        NoEngine, CorruptStore, MissingUserData.
    """
    now = open_store(store)
    assert now is not None  # a StoreRead names a store
    accounts = find_case_accounts(case, now)
    wanted = tuple(channels)
    with open_event_table(engine or Engine(), now, [k.name for k in accounts]) as rows:
        current = select_known_rows(rows, case, accounts, as_of)
        # Not earlier: a later release may have moved an event to another day.
        if first is not None:
            current = current.filter(current["first"] >= ibis.literal(first))
        if last is not None:
            current = current.filter(current["first"] <= ibis.literal(last))
        found = classify_events(current, case, as_of=as_of)
        found = found.filter(found.status == EVENT)
        if wanted:
            found = found.filter(found.channel.isin(wanted))
        newest = found.order_by(ibis.desc("day"), ibis.desc("id")).limit(limit)
        keys = newest.select("source", "release", "id", "channel").to_pyarrow()
    channel_of = {(k["source"], k["release"], k["id"]): k["channel"] for k in keys.to_pylist()}
    events: list[Event] = []
    for source in sorted(set(keys["source"].to_pylist())):
        events += from_table(fetch_rows(now, source, keys.filter(pc.equal(keys["source"], source))))
    release = merge_releases([Release(k.source, k.release, k.known_on, k.sha256) for k in accounts])
    resolved = resolve_events(case, TranslatedRelease(release, tuple(events), ())).events
    ordered = sorted(resolved, key=lambda e: (e.day, e.id))
    return tuple((e, channel_of[(e.source, e.release, e.id)]) for e in ordered)


def _fill_columns(table: pa.Table, source: str, release: str) -> pa.Table:
    n = table.num_rows
    own = {"source": pa.repeat(source, n), "release": pa.repeat(release, n)}
    columns = [
        own[f.name]
        if f.name in own
        else table[f.name].cast(f.type)
        if f.name in table.column_names
        else pa.nulls(n, f.type)
        for f in SCHEMA
    ]
    return pa.Table.from_arrays(columns, schema=SCHEMA)
