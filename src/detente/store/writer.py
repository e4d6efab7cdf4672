"""Changing the store: a release is added, replaced or removed in one commit, or not at all.

What is to be kept is written first, to files that no version names; then one commit to the table's log names them
and drops those of the same release that were there before. A program killed before the commit leaves the table as
it was, with files that `clear` takes away. Each commit is made against the newest version and refused if another
came first; it is then made again against that one, so that two programs never undo each other's work.
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
from deltalake import CommitProperties, Schema
from deltalake.exceptions import CommitFailedError
from deltalake.transaction import AddAction

from detente.core.errors import CannotWrite, DetenteError
from detente.core.rng import make_rng
from detente.core.version import __version__
from detente.events.row_account import EventStream
from detente.store.errors import CorruptStore, IncompatibleColumns, StoreBusy, UnbalancedAccount
from detente.store.open import open_or_create_table, open_table, wrap_write_errors
from detente.store.schema import PART_SCHEMA, PARTITION_COLUMNS, check_columns, stored_schema
from detente.store.snapshot import ReleaseAccount, open_version, read_account
from detente.store.staging import ROWS_PER_GROUP, StagingWriter

MAX_TRIES = 60

WriteProgress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class StoreChange:
    """What a change did: `added`, `replaced`, `removed`, or `unchanged` where the same bytes were kept already.

    `version` is the first version of the table that has it. `release` is its account, or that of what was
    removed; None where a damaged release was removed whose account cannot be read.
    """

    what: Literal["added", "replaced", "removed", "unchanged"]
    version: int
    release: ReleaseAccount | None


def add_release(
    path: Path, reading: EventStream, *, told: WriteProgress | None = None, again: bool = False
) -> StoreChange:
    """Put a release into the store, in place of an earlier one of the same source and name if there is one.

    Args:
        path: the store; made if there is none.
        reading: from `events.read`. It streams: memory does not grow with the file.
        told: is called with the number of events written so far.
        again: read anew even if the same bytes are kept already, read by this version of the program.

    Raises:
        NotAStore, StoreTooNew, CorruptStore: the store cannot be used.
        DoesNotFit: a column that the store cannot keep. AccountOpen: the reader lost rows.
        CannotWrite: disk full, read-only, or the like. StoreBusy: others wrote all the time.
        In each case the table is as it was.
    """
    release = reading.release
    name = f"{release.source}/{release.name}"
    if "/" in release.source:
        raise IncompatibleColumns(
            name,
            "source",
            f"{release.source!r}, with a stroke",
            "a name without one: source/release is how releases are named",
        )
    check_columns(name, reading.events.schema)
    open_or_create_table(path)
    before = _read_current_account(path, name)
    if before and not again and _is_unchanged(before, reading):
        return StoreChange("unchanged", open_version(path).version, before)
    schema = stored_schema(reading.events.schema)
    _find_missing_columns(path, name, schema)
    parts = {"events": schema, **PART_SCHEMA}
    stages = {p: StagingWriter(path, release.source, release.name, p, s) for p, s in parts.items()}
    try:
        first, last = _write_events(reading, stages["events"], told)
        kept = _build_account(reading, stages["events"].rows, first, last)
        for batch in _regroup_batches(reading.account().set_aside.to_batches()):
            stages["set_aside"].write(_wrap_in_struct(batch, "set_aside"))
        row = {f.name: getattr(kept, f.name) for f in PART_SCHEMA["account"].field("account").type}
        stages["account"].write(pa.RecordBatch.from_pylist([{"account": row}], schema=PART_SCHEMA["account"]))
        for stage in stages.values():
            stage.finish()
        actions = [a for s in stages.values() for a in s.actions]
        _add_columns(path, name, schema)
        version, replaced = _commit(path, name, actions, kept)
    except BaseException:
        _discard_uncommitted(path, stages.values())
        raise
    return StoreChange("replaced" if replaced else "added", version, replace(kept, bytes=sum(a.size for a in actions)))


def remove_release(path: Path, name: str) -> StoreChange:
    """Take a release out of the store; earlier versions of the table keep it until they are cleared.

    Raises:
        UnknownRelease: the store does not hold it. As `add` otherwise.
    """
    full = open_version(path).resolve(name)
    kept = _read_current_account(path, full)
    version, _ = _commit(path, full, [], kept)
    return StoreChange("removed", version, kept)


def _read_current_account(path: Path, name: str) -> ReleaseAccount | None:
    now = open_version(path)
    size = sum(f.bytes for f in now.files if f.name == name)
    try:
        return next((read_account(path, f, size) for f in now.files_of("account", [name])), None)
    except CorruptStore:
        # A damaged release is mended by ingesting it again, so it must not keep that from happening.
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
        kept = batch.select([n for n in batch.schema.names if n not in PARTITION_COLUMNS]).cast(stage.schema)
        days = pc.min_max(kept.column("first")).as_py()
        first = min(filter(None, (first, days["min"])), default=None)
        last = max(filter(None, (last, days["max"])), default=None)
        stage.write(kept)
        if told:
            told(stage.rows)
    return first, last


def _regroup_batches(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows in batches of a row group: readers hand on batches of any size, and each written costs a group."""
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
    # A row filed under another release would be replaced and removed with the wrong file.
    name = f"{reading.release.source}/{reading.release.name}"
    for column, wanted in (("source", reading.release.source), ("release", reading.release.name)):
        values = pc.unique(batch.column(column)).to_pylist()
        if values != [wanted]:
            other = next(v for v in values if v != wanted)
            raise IncompatibleColumns(name, column, f"{other!r} in a row", f"{wanted!r} in every row")
    for column in ("id", "known_on", "first"):
        if batch.column(column).null_count:
            raise IncompatibleColumns(name, column, "empty in a row", "it in every row")


def _build_account(reading: EventStream, kept: int, first: date | None, last: date | None) -> ReleaseAccount:
    r, account = reading.release, reading.account()
    aside = account.set_aside.num_rows
    if kept != account.events or account.rows != account.events + account.merged + aside:
        raise UnbalancedAccount(f"{r.source}/{r.name}", account.rows, account.events, kept, account.merged, aside)
    return ReleaseAccount(
        source=r.source, release=r.name, known_on=r.known_on, sha256=r.sha256, rows=account.rows, events=kept,
        merged=account.merged, set_aside=aside, first=first, last=last, added=datetime.now(UTC),
        detente=__version__, bytes=0,
    )  # fmt: skip


def _wrap_in_struct(batch: pa.RecordBatch, column: str) -> pa.RecordBatch:
    (field,) = PART_SCHEMA[column]
    arrays = [batch.column(f.name).cast(f.type) for f in field.type]
    told = pa.StructArray.from_arrays(arrays, fields=list(field.type))
    return pa.RecordBatch.from_arrays([told], schema=PART_SCHEMA[column])


def _find_missing_columns(path: Path, name: str, schema: pa.Schema) -> list[pa.Field]:
    """The columns that the table lacks; one that it has must be of the same type."""
    known = {f.name: f.type for f in pa.schema(open_table(path).schema().to_arrow())}
    for field in schema:
        if field.name not in known:
            try:
                Schema.from_arrow(pa.schema([field]))
            except Exception as e:  # delta-rs raises a bare Exception for a type that it does not have
                raise IncompatibleColumns(name, field.name, str(field.type), "a type that Delta Lake has") from e
        elif not _are_same_type(known[field.name], field.type):
            raise IncompatibleColumns(name, field.name, str(field.type), str(known[field.name]))
    return [f for f in schema if f.name not in known]


def _are_same_type(a: pa.DataType, b: pa.DataType) -> bool:
    if pa.types.is_list(a) and pa.types.is_list(b):
        return _are_same_type(a.value_type, b.value_type)
    return bool(a == b)


def _add_columns(path: Path, name: str, schema: pa.Schema) -> None:
    # A commit of its own: until the release follows it only adds columns that are empty everywhere.
    for attempt in range(MAX_TRIES):
        new = _find_missing_columns(path, name, schema)
        if not new:
            return
        try:
            with wrap_write_errors(path):
                fields = Schema.from_arrow(pa.schema(new)).fields
                open_table(path).alter.add_columns(fields, commit_properties=CommitProperties(max_commit_retries=0))
        except CommitFailedError:
            _back_off(attempt)
    raise StoreBusy(path, MAX_TRIES)


def _commit(path: Path, name: str, actions: list[AddAction], kept: ReleaseAccount | None) -> tuple[int, bool]:
    """Name these files as the release, in place of those that were; returns the version, and were there any."""
    source, _, release = name.partition("/")
    which = [("source", "=", source), ("release", "=", release)]
    for attempt in range(MAX_TRIES):
        table = open_table(path)
        there = name in open_version(path, table.version()).names
        if not actions and not there:
            return table.version(), False
        what = "removed" if not actions else "replaced" if there else "added"
        # No retries inside: they would keep what we saw of the old version, and with it files that another
        # program has replaced since.
        how = CommitProperties(
            custom_metadata=_build_commit_metadata(what, source, release, kept), max_commit_retries=0
        )
        schema = pa.schema(table.schema().to_arrow())
        try:
            with wrap_write_errors(path):
                table.create_write_transaction(
                    [*actions], "overwrite", schema, list(PARTITION_COLUMNS), which, commit_properties=how
                )
        except CommitFailedError:
            _back_off(attempt)
        except CannotWrite:
            # The commit may stand and only a checkpoint after it have failed, which loses nothing.
            if not actions or not find_committed_paths(path, actions):
                raise
            return open_table(path).version(), there
        else:
            return table.version() + 1, there
    raise StoreBusy(path, MAX_TRIES)


def find_committed_paths(path: Path, actions: Iterable[AddAction]) -> set[str]:
    """Which of these files the newest version names."""
    there = {f.path for f in open_version(path).files}
    return {a.path for a in actions if path / a.path in there}


def _discard_uncommitted(path: Path, stages: Iterable[StagingWriter]) -> None:
    # An interruption may come between the commit and our knowing of it: what the log names is not ours to
    # delete. Where the log cannot be read, files are left lying, which `clear` mends.
    try:
        for stage in stages:
            if not find_committed_paths(path, stage.actions):
                stage.discard()
    except (DetenteError, OSError):
        return


def _build_commit_metadata(what: str, source: str, release: str, kept: ReleaseAccount | None) -> dict[str, Any]:
    """What `history` tells of a commit."""
    told: dict[str, Any] = {"what": what, "source": source, "release": release, "version": __version__}
    if kept is not None:
        counts = {"rows": kept.rows, "events": kept.events, "merged": kept.merged, "set_aside": kept.set_aside}
        told |= {"known_on": str(kept.known_on), "sha256": kept.sha256, **counts}
    return {"detente": told}


def _back_off(attempt: int) -> None:
    # Chance only spreads the tries of programs in time; no result depends on it.
    time.sleep(make_rng(os.getpid() * 1000 + attempt).uniform(0, min(0.5, 0.01 * 2**attempt)))
