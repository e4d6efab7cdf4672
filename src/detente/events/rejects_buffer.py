"""Rows set aside, kept on disk while a release is read, so that a bad file needs no more memory than a good one."""

import os
import tempfile
import weakref

import pyarrow as pa
import pyarrow.ipc

from detente.events.row_account import REJECTS_SCHEMA


class RejectsBuffer:
    """Remembers rows set aside, in order; `table()` gives them all, mapped from disk and not held in memory."""

    def __init__(self) -> None:
        self._path = ""
        self._sink: pa.OSFile | None = None
        self._writer: pa.RecordBatchFileWriter | None = None
        self._table: pa.Table | None = None

    def add(self, table: pa.Table) -> None:
        """Keep a table under `SET_ASIDE`."""
        if not table.num_rows:
            return
        if self._writer is None:
            handle, self._path = tempfile.mkstemp(prefix="detente-", suffix=".arrow")
            os.close(handle)
            # What is mapped stays readable after its name is gone.
            weakref.finalize(self, os.unlink, self._path)
            self._sink = pa.OSFile(self._path, "wb")
            self._writer = pa.ipc.new_file(self._sink, REJECTS_SCHEMA)
        self._writer.write_table(table)

    def table(self) -> pa.Table:
        """All rows so far; nothing can be added afterwards."""
        if self._table is None:
            if self._writer is None or self._sink is None:
                self._table = REJECTS_SCHEMA.empty_table()
            else:
                self._writer.close()
                self._sink.close()
                self._table = pa.ipc.open_file(pa.memory_map(self._path)).read_all()
        return self._table
