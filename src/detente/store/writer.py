"""Changes to the store: one commit adds, replaces or removes a release.

Data files are written first. One commit to the table's log then names them and drops the earlier files of the same
release. A program killed before the commit leaves the table unchanged and files that `clear` removes. A commit is
made against the newest version and fails if another program committed first; it is then retried against that
version, so two programs never undo each other's changes.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from detente.core.errors import CannotWrite, DetenteError
from detente.core.rng import make_rng
from detente.core.version import __version__
from detente.events.errors import NothingRead
from detente.events.row_account import EventStream
from detente.store.delta import AddAction, CommitFailedError, CommitProperties, DeltaTable, Schema
from detente.store.errors import CorruptStore, IncompatibleColumns, StoreBusy, UnbalancedAccount
from detente.store.open import open_or_create_table, open_table, wrap_write_errors
from detente.store.schema import PART_SCHEMA, PARTITION_COLUMNS, check_columns, stored_schema
from detente.store.snapshot import ReleaseAccount, Snapshot, open_version, read_account, take_snapshot
from detente.store.staging import ROWS_PER_GROUP, StagingWriter

MAX_TRIES = 60

WriteProgress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class StoreChange:
    """Result of a change: `added`, `replaced`, `removed`, or `unchanged` where the store already held the same bytes.

    `version` is the first version of the table with the change. `release` is the account of the release added or
    removed; None where a damaged release with an unreadable account was removed.
    """

    what: Literal["added", "replaced", "removed", "unchanged"]
    version: int
    release: ReleaseAccount | None


def add_release(
    path: Path, reading: EventStream, *, told: WriteProgress | None = None, again: bool = False
) -> StoreChange:
    """Add a release to the store; it replaces an earlier one of the same source and name.

    Args:
        path: the store; created if absent.
        reading: from `read_release`. It streams: memory does not grow with the file.
        told: progress callback, called with the number of events written so far.
        again: ingest even if the store holds the same bytes, read by this version of détente.

    Raises:
        NotAStore, StoreTooNew, CorruptStore: the store cannot be used.
        NothingRead: no row of the release could be read.
        IncompatibleColumns: a column that the store cannot hold. UnbalancedAccount: the reader lost rows.
        CannotWrite: disk full, read-only, or the like. StoreBusy: other programs wrote at every attempt.
        Each leaves the table unchanged.
    """
    release = reading.release
    name = f"{release.source}/{release.name}"
    if "/" in release.source:
        needed = "a name without one: releases are named source/release"
        raise IncompatibleColumns(name, "source", f"{release.source!r}, with a slash", needed)
    check_columns(name, reading.events.schema)
    table = open_or_create_table(path)
    before = _read_account(take_snapshot(path, table), name)
    if before and not again and _is_unchanged(before, reading):
        return StoreChange("unchanged", table.version(), before)
    schema = stored_schema(reading.events.schema)
    _find_missing_columns(table, name, schema)
    parts = {"events": schema, **PART_SCHEMA}
    stages = {p: StagingWriter(path, release.source, release.name, p, s) for p, s in parts.items()}
    try:
        first, last = _write_events(reading, stages["events"], told)
        if reading.release.covers and first:
            first, last = reading.release.covers
        if not stages["events"].rows and (rejected := reading.account()).events == 0:
            raise NothingRead.from_account(release.name, rejected)
        account = _build_account(reading, stages["events"].rows, first, last)
        for batch in _regroup_batches(reading.account().set_aside.to_batches()):
            stages["set_aside"].write(_wrap_in_struct(batch, "set_aside"))
        row = {f.name: getattr(account, f.name) for f in PART_SCHEMA["account"].field("account").type}
        stages["account"].write(pa.RecordBatch.from_pylist([{"account": row}], schema=PART_SCHEMA["account"]))
        for stage in stages.values():
            stage.finish()
        actions = [a for s in stages.values() for a in s.actions]
        version, replaced = _commit(path, name, actions, account, schema)
    except BaseException:
        _discard_uncommitted(path, stages.values())
        raise
    size = sum(a.size for a in actions)
    return StoreChange("replaced" if replaced else "added", version, replace(account, bytes=size))


def remove_release(path: Path, name: str) -> StoreChange:
    """Remove a release from the store; earlier versions of the table hold it until they are cleared.

    Raises:
        UnknownRelease: the store does not hold it. Otherwise as `add_release`.
    """
    now = open_version(path)
    full = now.resolve(name)
    account = _read_account(now, full)
    version, _ = _commit(path, full, [], account)
    return StoreChange("removed", version, account)


def _read_account(now: Snapshot, name: str) -> ReleaseAccount | None:
    size = sum(f.bytes for f in now.files if f.name == name)
    try:
        return next((read_account(now.path, f, size) for f in now.files_of("account", [name])), None)
    except CorruptStore:
        # Ingesting a damaged release again repairs it, so its damage must not stop the ingest.
        return None


def _is_unchanged(before: ReleaseAccount, reading: EventStream) -> bool:
    r = reading.release
    return (before.sha256, before.known_on, before.detente) == (r.sha256, r.known_on, __version__)


def _write_events(
    reading: EventStream, stage: StagingWriter, told: WriteProgress | None
) -> tuple[date | None, date | None]:
    first: date | None = None
    last: date | None = None
    for batch in _regroup_batches(reading.events):
        _check_partition(reading, batch)
        events = batch.select([n for n in batch.schema.names if n not in PARTITION_COLUMNS]).cast(stage.schema)
        days = pc.min_max(events.column("first")).as_py()
        first = min(filter(None, (first, days["min"])), default=None)
        last = max(filter(None, (last, days["max"])), default=None)
        stage.write(events)
        if told:
            told(stage.rows)
    return first, last


def _regroup_batches(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Regroup rows into batches of a row group: each batch written costs a group, and readers yield any size."""
    waiting: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        waiting.append(batch)
        rows += batch.num_rows
        if rows >= ROWS_PER_GROUP:
            yield pa.concat_batches(waiting)
            waiting, rows = [], 0
    if rows:
        yield pa.concat_batches(waiting)


def _check_partition(reading: EventStream, batch: pa.RecordBatch) -> None:
    # A row stored under another release would be replaced and removed with the wrong file.
    name = f"{reading.release.source}/{reading.release.name}"
    for column, wanted in (("source", reading.release.source), ("release", reading.release.name)):
        values = pc.unique(batch.column(column)).to_pylist()
        if values != [wanted]:
            other = next(v for v in values if v != wanted)
            raise IncompatibleColumns(name, column, f"{other!r} in a row", f"{wanted!r} in every row")
    for column in ("id", "known_on", "first"):
        if batch.column(column).null_count:
            raise IncompatibleColumns(name, column, "empty in a row", "it in every row")


def _build_account(reading: EventStream, events: int, first: date | None, last: date | None) -> ReleaseAccount:
    r, account = reading.release, reading.account()
    rejected = account.set_aside.num_rows
    if events != account.events or account.rows != account.events + account.merged + rejected:
        raise UnbalancedAccount(f"{r.source}/{r.name}", account.rows, account.events, events, account.merged, rejected)
    return ReleaseAccount(
        source=r.source, release=r.name, known_on=r.known_on, sha256=r.sha256, rows=account.rows, events=events,
        merged=account.merged, set_aside=rejected, first=first, last=last, added=datetime.now(UTC),
        detente=__version__, bytes=0,
    )  # fmt: skip


def _wrap_in_struct(batch: pa.RecordBatch, column: str) -> pa.RecordBatch:
    (field,) = PART_SCHEMA[column]
    arrays = [batch.column(f.name).cast(f.type) for f in field.type]
    struct = pa.StructArray.from_arrays(arrays, fields=list(field.type))
    return pa.RecordBatch.from_arrays([struct], schema=PART_SCHEMA[column])


def _find_missing_columns(table: DeltaTable, name: str, schema: pa.Schema) -> list[pa.Field]:
    """Return the columns that the table lacks; a shared column must have the same type."""
    known = {f.name: f.type for f in pa.schema(table.schema().to_arrow())}
    for field in schema:
        if field.name not in known:
            try:
                Schema.from_arrow(pa.schema([field]))
            except Exception as e:  # delta-rs raises a bare Exception for an unsupported type
                raise IncompatibleColumns(name, field.name, str(field.type), "a type that Delta Lake has") from e
        elif not _are_same_type(known[field.name], field.type):
            raise IncompatibleColumns(name, field.name, str(field.type), str(known[field.name]))
    return [f for f in schema if f.name not in known]


def _are_same_type(a: pa.DataType, b: pa.DataType) -> bool:
    if pa.types.is_list(a) and pa.types.is_list(b):
        return _are_same_type(a.value_type, b.value_type)
    return bool(a == b)


def _commit(
    path: Path, name: str, actions: list[AddAction], account: ReleaseAccount | None, events: pa.Schema | None = None
) -> tuple[int, bool]:
    """Commit these files as the release; return the version and whether the release existed before.

    Columns of `events` that the table lacks are added by a commit of their own: they are null in every row until the release follows.
    """
    source, _, release = name.partition("/")
    which = [("source", "=", source), ("release", "=", release)]
    for attempt in range(MAX_TRIES):
        # Opened again at each attempt: other programs may have committed since, or replaced the whole store.
        table = open_table(path)
        if events is not None and (new := _find_missing_columns(table, name, events)):
            try:
                with wrap_write_errors(path):
                    fields = Schema.from_arrow(pa.schema(new)).fields
                    table.alter.add_columns(fields, commit_properties=CommitProperties(max_commit_retries=0))
            except CommitFailedError:
                _back_off(attempt)
            continue
        existed = name in take_snapshot(path, table).names
        if not actions and not existed:
            return table.version(), False
        what = "removed" if not actions else "replaced" if existed else "added"
        # delta-rs must not retry by itself: it would reuse the old version's file list, and with it files that
        # another program has replaced since.
        metadata = _build_commit_metadata(what, source, release, account)
        properties = CommitProperties(custom_metadata=metadata, max_commit_retries=0)
        schema = pa.schema(table.schema().to_arrow())
        try:
            with wrap_write_errors(path):
                table.create_write_transaction(
                    [*actions], "overwrite", schema, list(PARTITION_COLUMNS), which, commit_properties=properties
                )
        except CommitFailedError:
            _back_off(attempt)
        except CannotWrite:
            # The commit may have succeeded and only the checkpoint after it failed, which loses nothing.
            if not actions or not find_committed_paths(path, actions):
                raise
            return open_table(path).version(), existed
        else:
            return table.version() + 1, existed
    raise StoreBusy(path, MAX_TRIES)


def find_committed_paths(path: Path, actions: Iterable[AddAction]) -> set[str]:
    """Return the paths of these files that the newest version names."""
    committed = {f.path for f in open_version(path).files}
    return {a.path for a in actions if path / a.path in committed}


def _discard_uncommitted(path: Path, stages: Iterable[StagingWriter]) -> None:
    # An interruption may come after the commit, so files that the log names must stay. Where the log cannot be
    # read, all files stay; `clear` removes the unnecessary ones.
    try:
        for stage in stages:
            if not find_committed_paths(path, stage.actions):
                stage.discard()
    except (DetenteError, OSError):
        return


def _build_commit_metadata(what: str, source: str, release: str, account: ReleaseAccount | None) -> dict[str, Any]:
    """Return the commit metadata that `read_history` reads."""
    metadata: dict[str, Any] = {"what": what, "source": source, "release": release, "version": __version__}
    if account is not None:
        counts = {k: getattr(account, k) for k in ("rows", "events", "merged", "set_aside")}
        metadata |= {"known_on": str(account.known_on), "sha256": account.sha256, **counts}
    return {"detente": metadata}


def _back_off(attempt: int) -> None:
    # The random delay only spreads the attempts of programs in time; no result depends on it.
    time.sleep(make_rng(os.getpid() * 1000 + attempt).uniform(0, min(0.5, 0.01 * 2**attempt)))
