"""Staged data files: written and named by their hash, but not yet committed to a version."""

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

from detente.store.delta import AddAction
from detente.store.open import wrap_write_errors
from detente.store.schema import partition_folder

# About 100 MB on disk: large enough to scan fast, small enough that two cores can share a release.
ROWS_PER_FILE = 1_000_000
# Rows that the writer holds in memory.
ROWS_PER_GROUP = 65_536


class _HashingFile(io.RawIOBase):
    """New file that hashes what is written to it."""

    def __init__(self, path: Path) -> None:
        self.file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
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
            # The log must not name a file that a power cut could still lose.
            self.file.flush()
            os.fsync(self.file.fileno())
            self.file.close()
        super().close()


class StagingWriter:
    """Writer of one part of a release; `actions` lists its finished files for the commit."""

    def __init__(self, table: Path, source: str, release: str, part: str, schema: pa.Schema) -> None:
        self.table, self.schema = table, schema
        self.values = {"source": source, "release": release, "part": part}
        self.folder = partition_folder(source, release, part)
        self.actions: list[AddAction] = []
        self.rows = 0
        self._paths: list[Path] = []
        self._open: tuple[Path, _HashingFile, pq.ParquetWriter] | None = None
        self._in_file = 0

    def write(self, batch: pa.RecordBatch) -> None:
        """Write a batch that has the schema.

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
        """Close the open file, if any, and rename it by its hash."""
        if self._open is None:
            return
        path, out, writer = self._open
        with wrap_write_errors(self.table):
            writer.close()
            out.close()
            named = path.with_name(f"{uuid.uuid4().hex[:12]}-{out.sha.hexdigest()}.parquet")
            path.rename(named)
        self._paths[-1] = named
        stats = json.dumps({"numRecords": self._in_file})
        now, relative = int(time.time() * 1000), f"{self.folder}/{named.name}"
        self.actions.append(AddAction(relative, out.size, self.values, now, data_change=True, stats=stats))
        self._open, self._in_file = None, 0

    def discard(self) -> None:
        """Delete all files written; called where the release is not committed."""
        if self._open is not None:
            _, out, writer = self._open
            # Closing a Parquet writer writes its last page; `dropped` discards it.
            out.dropped = True
            with suppress(OSError, pa.ArrowException):
                writer.close()
            with suppress(OSError):
                out.file.close()
            self._open = None
        for path in self._paths:
            path.unlink(missing_ok=True)

    def _open_file(self) -> tuple[Path, _HashingFile, pq.ParquetWriter]:
        folder = self.table / self.folder
        folder.mkdir(parents=True, exist_ok=True)
        # Engines ignore files with a leading dot, so none reads an unfinished file.
        path = folder / f".{uuid.uuid4().hex}.part"
        out = _HashingFile(path)
        self._paths.append(path)
        writer = pq.ParquetWriter(out, self.schema, compression="zstd", compression_level=1, write_page_checksum=True)
        return path, out, writer


def parse_hash_from_name(path: Path) -> str:
    """Return the hash in a data file's name."""
    return path.stem.rpartition("-")[2]
