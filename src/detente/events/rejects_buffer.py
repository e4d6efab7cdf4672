"""Disk buffer of rejected rows, so that a bad file needs no more memory than a good one."""

import os
import tempfile
import weakref

import pyarrow as pa
import pyarrow.ipc

from detente.events.row_account import REJECTS_SCHEMA


class RejectsBuffer:
    """Append-only buffer of rejected rows; `table()` maps all of them from disk."""

    def __init__(self) -> None:
        self._path = ""
        self._sink: pa.OSFile | None = None
        self._writer: pa.RecordBatchFileWriter | None = None
        self._table: pa.Table | None = None

    def add(self, table: pa.Table) -> None:
        """Append a table of `REJECTS_SCHEMA`."""
        if not table.num_rows:
            return
        if self._writer is None:
            handle, self._path = tempfile.mkstemp(prefix="detente-", suffix=".arrow")
            os.close(handle)
            # A mapped file stays readable after it is unlinked.
            weakref.finalize(self, os.unlink, self._path)
            self._sink = pa.OSFile(self._path, "wb")
            self._writer = pa.ipc.new_file(self._sink, REJECTS_SCHEMA)
        self._writer.write_table(table)

    def table(self) -> pa.Table:
        """Return all rows and close the buffer."""
        if self._table is None:
            if self._writer is None or self._sink is None:
                self._table = REJECTS_SCHEMA.empty_table()
            else:
                self._writer.close()
                self._sink.close()
                self._table = pa.ipc.open_file(pa.memory_map(self._path)).read_all()
        return self._table
