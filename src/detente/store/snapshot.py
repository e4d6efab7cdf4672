"""One version of the store, as it stays whatever others add or remove meanwhile."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq

from detente.events.row_account import REJECTS_SCHEMA
from detente.store.errors import CorruptStore, UnknownRelease
from detente.store.open import open_table
from detente.store.schema import PART_SCHEMA


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of a version: where it lies, of what it is a part, how many rows and bytes it should have."""

    path: Path
    source: str
    release: str
    part: str
    rows: int
    bytes: int

    @property
    def name(self) -> str:
        """The release it belongs to, as people name it."""
        return f"{self.source}/{self.release}"


@dataclass(frozen=True, slots=True)
class ReleaseAccount:
    """One release in the store. `rows == events + merged + set_aside`, always.

    `first` and `last` are the earliest and latest first day of its events, None if it has none; `added` is
    when it came into the store, `detente` the version of the program that read it.
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
        """`source/release`, as commands take it."""
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
        """The releases as `source/release`, in order."""
        return sorted({f.name for f in self.files})

    def resolve(self, name: str) -> str:
        """A release by its full name, or by its own where only one source has it.

        Raises:
            UnknownRelease: none, or several.
        """
        names = self.names
        if name in names:
            return name
        found = sorted({f.name for f in self.files if f.release == name})
        if len(found) == 1:
            return found[0]
        raise UnknownRelease(name, names, found)

    def files_of(self, part: str, names: Iterable[str] | None = None) -> list[DataFile]:
        """The files of one part, of these releases or of all, in order of release."""
        wanted = None if names is None else set(names)
        some = [f for f in self.files if f.part == part and (wanted is None or f.name in wanted)]
        return sorted(some, key=lambda f: (f.name, str(f.path)))

    def releases(self) -> tuple[ReleaseAccount, ...]:
        """Every release with its account, in order of source and day known.

        Raises:
            CorruptStore: an account cannot be read.
        """
        sizes: dict[str, int] = {}
        for f in self.files:
            sizes[f.name] = sizes.get(f.name, 0) + f.bytes
        kept = [read_account(self.path, f, sizes[f.name]) for f in self.files_of("account")]
        return tuple(sorted(kept, key=lambda k: (k.source, k.known_on, k.release)))

    def events(self, names: Iterable[str] | None = None) -> pa.RecordBatchReader:
        """Events of these releases, or of all, as a stream; a column that a release lacks is null.

        Raises:
            CorruptStore: while streaming, at the first file that is not what was written.
        """
        schema = pa.schema([pa.field("source", pa.string()), pa.field("release", pa.string()), *self.columns])
        files = self.files_of("events", names)
        return pa.RecordBatchReader.from_batches(
            schema, (_fill_columns(b, schema, f) for f in files for b in read_batches(self.path, f))
        )

    def rejects(self, names: Iterable[str] | None = None) -> pa.RecordBatchReader:
        """Rows set aside, with where they stood and why, under `events.reading.SET_ASIDE`."""
        files = self.files_of("set_aside", names)
        stream = (_unpack_rejects(b, f) for f in files for b in read_batches(self.path, f))
        return pa.RecordBatchReader.from_batches(REJECTS_SCHEMA, stream)


def open_version(path: Path, version: int | None = None) -> Snapshot:
    """The store as it is now, or as it was at a version.

    Raises:
        NoStore, NotAStore, StoreTooNew, CorruptStore, NoSuchVersion.
    """
    table = open_table(path, version)
    listed = pa.table(table.get_add_actions(flatten=True))
    files = tuple(
        DataFile(
            path=path / unquote(a["path"]),
            source=a["partition.source"],
            release=a["partition.release"],
            part=a["partition.part"],
            rows=a["num_records"],
            bytes=a["size_bytes"],
        )
        for a in listed.select(
            ["path", "partition.source", "partition.release", "partition.part", "num_records", "size_bytes"]
        ).to_pylist()
    )
    whole = pa.schema(table.schema().to_arrow())
    own = {"source", "release", "part", *PART_SCHEMA}
    columns = pa.schema([pa.field(f.name, _normalise_list_type(f.type)) for f in whole if f.name not in own])
    return Snapshot(path, table.version(), files, columns)


def _normalise_list_type(kind: pa.DataType) -> pa.DataType:
    # Delta names a list's element "element", Arrow "item"; the events' own schema says "item".
    return pa.list_(_normalise_list_type(kind.value_type)) if pa.types.is_list(kind) else kind


def read_account(path: Path, file: DataFile, size: int) -> ReleaseAccount:
    """The account that a file holds."""
    (row,) = pa.Table.from_batches(read_batches(path, file)).column("account").to_pylist()
    return ReleaseAccount(source=file.source, release=file.release, bytes=size, **row)


def read_batches(path: Path, file: DataFile) -> Iterator[pa.RecordBatch]:
    """The rows of one file, page by page, each checked against the sum that was written with it."""
    try:
        with pq.ParquetFile(file.path, page_checksum_verification=True) as opened_file:
            yield from opened_file.iter_batches(batch_size=65_536)
    except FileNotFoundError as e:
        remedy = "Its files were cleared away or lost: ingest the file again, or read a later version."
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
    told = batch.column("set_aside")
    own = {"source": pa.repeat(file.source, n), "release": pa.repeat(file.release, n)}
    columns = [own[f.name] if f.name in own else told.field(f.name) for f in REJECTS_SCHEMA]
    return pa.RecordBatch.from_arrays(columns, schema=REJECTS_SCHEMA)
