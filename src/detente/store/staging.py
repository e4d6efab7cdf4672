"""Data files on their way into a store: written and named for their bytes, but part of no version yet."""

import hashlib
import io
import json
import os
import time
import uuid
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake.transaction import AddAction

from detente.store.open import wrap_write_errors
from detente.store.schema import partition_folder

# Some 100 MB as stored: large enough to scan fast, small enough that two cores share a release.
ROWS_PER_FILE = 1_000_000
# What the writer holds in memory before it can write.
ROWS_PER_GROUP = 65_536


class _HashingFile(io.RawIOBase):
    """A new file that remembers the hash of what was written to it."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("xb")
        self.sha = hashlib.sha256()
        self.size = 0
        self.dropped = False

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        view = memoryview(data)  # type: ignore[arg-type]
        if self.dropped:
            return view.nbytes
        self.sha.update(view)
        self.size += view.nbytes
        return self.file.write(view)

    def tell(self) -> int:
        return self.size

    def close(self) -> None:
        if not self.file.closed:
            # The log must not speak of a file that a power cut could still take away.
            self.file.flush()
            os.fsync(self.file.fileno())
            self.file.close()
        super().close()


class StagingWriter:
    """Writes one part of a release; `actions` names its finished files for the commit."""

    def __init__(self, table: Path, source: str, release: str, part: str, schema: pa.Schema) -> None:
        self.table, self.schema = table, schema
        self.values = {"source": source, "release": release, "part": part}
        self.folder = partition_folder(source, release, part)
        self.actions: list[AddAction] = []
        self.rows = 0
        self._made: list[Path] = []
        self._open: tuple[Path, _HashingFile, pq.ParquetWriter] | None = None
        self._in_file = 0

    def write(self, batch: pa.RecordBatch) -> None:
        """Add a batch that has the schema.

        Raises:
            CannotWrite: disk full, read-only, or the like.
        """
        for start in range(0, batch.num_rows, ROWS_PER_GROUP):
            piece = batch.slice(start, ROWS_PER_GROUP)
            with wrap_write_errors(self.table):
                if self._open is None:
                    self._open = self._open_file()
                self._open[2].write_batch(piece, row_group_size=ROWS_PER_GROUP)
            self.rows += piece.num_rows
            self._in_file += piece.num_rows
            if self._in_file >= ROWS_PER_FILE:
                self.finish()

    def finish(self) -> None:
        """Close the file that is open, if any, and give it its name."""
        if self._open is None:
            return
        path, out, writer = self._open
        with wrap_write_errors(self.table):
            writer.close()
            out.close()
            named = path.with_name(f"{uuid.uuid4().hex[:12]}-{out.sha.hexdigest()}.parquet")
            path.rename(named)
        self._made[-1] = named
        stats = json.dumps({"numRecords": self._in_file})
        now = int(time.time() * 1000)
        inside = f"{self.folder}/{named.name}"
        self.actions.append(AddAction(inside, out.size, self.values, now, data_change=True, stats=stats))
        self._open, self._in_file = None, 0

    def discard(self) -> None:
        """Remove whatever was written; for when the release does not come into the store after all."""
        if self._open is not None:
            _, out, writer = self._open
            # A Parquet writer cannot be left: it wants to write its last page, now to nowhere.
            out.dropped = True
            with suppress(OSError, pa.ArrowException):
                writer.close()
            with suppress(OSError):
                out.file.close()
            self._open = None
        for path in self._made:
            path.unlink(missing_ok=True)

    def _open_file(self) -> tuple[Path, _HashingFile, pq.ParquetWriter]:
        within = self.table / self.folder
        within.mkdir(parents=True, exist_ok=True)
        # A leading dot: no engine takes a file that is being written for data.
        path = within / f".{uuid.uuid4().hex}.part"
        out = _HashingFile(path)
        self._made.append(path)
        writer = pq.ParquetWriter(out, self.schema, compression="zstd", compression_level=1, write_page_checksum=True)
        return path, out, writer


def parse_hash_from_name(path: Path) -> str:
    """The hash that a data file's name promises."""
    return path.stem.rpartition("-")[2]
