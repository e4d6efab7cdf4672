"""Rows set aside, kept on disk while a release is read, so that a bad file needs no more memory than a good one."""

import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc

from detente.events.reading import SET_ASIDE


class Spool:
    """Remembers rows set aside, in order; `table()` gives them all, mapped from disk and not held in memory."""

    def __init__(self) -> None:
        self.rows = 0
        self._folder = tempfile.TemporaryDirectory(prefix="detente-", ignore_cleanup_errors=True)
        self._path = Path(self._folder.name) / "set_aside.arrow"
        self._sink = pa.OSFile(str(self._path), "wb")
        self._writer = pa.ipc.new_file(self._sink, SET_ASIDE)
        self._table: pa.Table | None = None

    def add(self, table: pa.Table) -> None:
        """Keep a table under `SET_ASIDE`."""
        if table.num_rows:
            self._writer.write_table(table)
            self.rows += table.num_rows

    def table(self) -> pa.Table:
        """All rows so far; nothing can be added afterwards."""
        if self._table is None:
            self._writer.close()
            self._sink.close()
            self._table = (
                pa.ipc.open_file(pa.memory_map(str(self._path))).read_all() if self.rows else SET_ASIDE.empty_table()
            )
            # What is mapped stays readable after its name is gone.
            self._folder.cleanup()
        return self._table
