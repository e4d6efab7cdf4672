"""Snapshot of one version of the store; later changes by other programs do not affect it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq

from detente.events.row_account import REJECTS_SCHEMA
from detente.store.delta import DeltaTable
from detente.store.errors import CorruptStore, UnknownRelease
from detente.store.open import open_table
from detente.store.schema import PART_SCHEMA


def remove_endings(name: str) -> str:
    """Return a file's name without the endings of tables and archives.

    Example:
        >>> remove_endings("GEDEvent_v26_0_1.csv"), remove_endings("20251009.export.CSV.zip"), remove_endings("ged251-csv.zip")
        ('GEDEvent_v26_0_1', '20251009', 'ged251')
    """
    return re.sub(r"([.-](csv|zip|gz|xlsx?|ods|tab|tsv|txt|json|parquet|export))+$", "", name, flags=re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of a version: its path, its partition, and the rows and bytes that it should have."""

    path: Path
    source: str
    release: str
    part: str
    rows: int
    bytes: int

    @property
    def name(self) -> str:
        """The release it belongs to, as `source/release`."""
        return f"{self.source}/{self.release}"


@dataclass(frozen=True, slots=True)
class ReleaseAccount:
    """Counts and provenance of one release in the store. `rows == events + merged + set_aside`, always.

    `first` and `last` are the earliest and latest first day of its events, None without events. `set_aside` counts
    rejected rows. `added` is the time of ingest, `detente` the version of détente that read the file.
    """

    source: str
    release: str
    known_on: date
    sha256: str
    rows: int
    events: int
    merged: int
    set_aside: int
    first: date | None
    last: date | None
    added: datetime
    detente: str
    bytes: int

    @property
    def name(self) -> str:
        """The release as `source/release`."""
        return f"{self.source}/{self.release}"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of a store: its files and the columns of its events."""

    path: Path
    version: int
    files: tuple[DataFile, ...]
    columns: pa.Schema

    @property
    def names(self) -> list[str]:
        """The releases as `source/release`, sorted."""
        return sorted({f.name for f in self.files})

    def resolve(self, name: str) -> str:
        """Return the full name of a release given by its full name, by its own where only one source has it, or without
        its ending.

        Raises:
            UnknownRelease: no release has that name, or several have it.
        """
        if name in self.names:
            return name
        releases = {f.name: f.release for f in self.files}
        exact = sorted(full for full, own in releases.items() if own == name)
        stem = remove_endings(name)
        matches = exact or sorted(
            full for full, own in releases.items() if stem in (remove_endings(full), remove_endings(own))
        )
        if len(matches) == 1:
            return matches[0]
        raise UnknownRelease(name, self.names, matches)

    def files_of(self, part: str, names: Iterable[str] | None = None) -> list[DataFile]:
        """Return the files of one part, for these releases or all, in order of release."""
        wanted = None if names is None else set(names)
        files = [f for f in self.files if f.part == part and (wanted is None or f.name in wanted)]
        return sorted(files, key=lambda f: (f.name, str(f.path)))

    def releases(self) -> tuple[ReleaseAccount, ...]:
        """Return the account of every release, in order of source and day of knowledge.

        Raises:
            CorruptStore: an account cannot be read.
        """
        sizes: dict[str, int] = {}
        for f in self.files:
            sizes[f.name] = sizes.get(f.name, 0) + f.bytes
        accounts = [read_account(self.path, f, sizes[f.name]) for f in self.files_of("account")]
        return tuple(sorted(accounts, key=lambda a: (a.source, a.known_on, a.release)))

    def events(self, names: Iterable[str] | None = None) -> pa.RecordBatchReader:
        """Stream the events of these releases, or of all; a column that a release lacks is null.

        Raises:
            CorruptStore: while streaming, at the first damaged file.
        """
        schema = pa.schema([pa.field("source", pa.string()), pa.field("release", pa.string()), *self.columns])
        files = self.files_of("events", names)
        return pa.RecordBatchReader.from_batches(
            schema, (_fill_columns(b, schema, f) for f in files for b in read_batches(self.path, f))
        )

    def rejects(self, names: Iterable[str] | None = None) -> pa.RecordBatchReader:
        """Stream the rejected rows with position and reason, in the columns of `events.row_account.REJECTS_SCHEMA`."""
        files = self.files_of("set_aside", names)
        stream = (_unpack_rejects(b, f) for f in files for b in read_batches(self.path, f))
        return pa.RecordBatchReader.from_batches(REJECTS_SCHEMA, stream)


def open_version(path: Path, version: int | None = None) -> Snapshot:
    """Open the newest version of the store, or a given one.

    Raises:
        NoStore, NotAStore, StoreTooNew, CorruptStore, NoSuchVersion.
    """
    return take_snapshot(path, open_table(path, version))


def take_snapshot(path: Path, table: DeltaTable) -> Snapshot:
    """Return the version at which the table is open."""
    keys = ("path", "partition.source", "partition.release", "partition.part", "num_records", "size_bytes")
    actions = pa.table(table.get_add_actions(flatten=True)).select(keys).to_pylist()
    files = tuple(DataFile(path / unquote(a["path"]), *(a[k] for k in keys[1:])) for a in actions)
    whole = pa.schema(table.schema().to_arrow())
    own = {"source", "release", "part", *PART_SCHEMA}
    columns = pa.schema([pa.field(f.name, _normalise_list_type(f.type)) for f in whole if f.name not in own])
    return Snapshot(path, table.version(), files, columns)


def _normalise_list_type(kind: pa.DataType) -> pa.DataType:
    # Delta calls a list's element "element"; Arrow and the schema of events call it "item".
    return pa.list_(_normalise_list_type(kind.value_type)) if pa.types.is_list(kind) else kind


def read_account(path: Path, file: DataFile, size: int) -> ReleaseAccount:
    """Read the account of a release; `size` is the size of all its files in bytes."""
    (row,) = pa.Table.from_batches(read_batches(path, file)).column("account").to_pylist()
    return ReleaseAccount(source=file.source, release=file.release, bytes=size, **row)


def read_batches(path: Path, file: DataFile) -> Iterator[pa.RecordBatch]:
    """Stream the rows of one file; Parquet page checksums are verified."""
    try:
        with pq.ParquetFile(file.path, page_checksum_verification=True) as parquet:
            yield from parquet.iter_batches(batch_size=65_536)
    except FileNotFoundError as e:
        remedy = "Its files were cleared or lost: ingest the file again, or read a later version."
        raise CorruptStore(path, f"a file of {file.name} is gone", remedy) from e
    except (OSError, pa.ArrowException) as e:
        raise CorruptStore(path, f"{file.path.name} of {file.name} cannot be read ({e})") from e


def _fill_columns(batch: pa.RecordBatch, schema: pa.Schema, file: DataFile) -> pa.RecordBatch:
    n = batch.num_rows
    own = {"source": pa.repeat(file.source, n), "release": pa.repeat(file.release, n)}
    columns = []
    for field in schema:
        if field.name in own:
            columns.append(own[field.name])
        elif field.name in batch.schema.names:
            columns.append(batch.column(field.name).cast(field.type))
        else:
            columns.append(pa.nulls(n, field.type))
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _unpack_rejects(batch: pa.RecordBatch, file: DataFile) -> pa.RecordBatch:
    n = batch.num_rows
    rejects_column = batch.column("set_aside")
    own = {"source": pa.repeat(file.source, n), "release": pa.repeat(file.release, n)}
    columns = [own[f.name] if f.name in own else rejects_column.field(f.name) for f in REJECTS_SCHEMA]
    return pa.RecordBatch.from_arrays(columns, schema=REJECTS_SCHEMA)
