"""Merging of duplicate GDELT rows into the first of them, with a count and all addresses.

GDELT may write several rows for one event. Rows with the same DATEADDED, day, actors, event code and place are one
event. Only rows of one batch (one DATEADDED) are compared; they are adjacent in the file, so memory does not grow
with the file.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

KEY_COLUMN, BATCH_COLUMN, ADDRESS_COLUMN = "_key", "_slot", "_address"

MAX_HELD_ROWS = 1_000_000  # rows of one batch; GDELT's largest days have about 400,000


class Deduplicator:
    """Stateful merger; it holds the rows of the unfinished batch and counts merged rows."""

    def __init__(self) -> None:
        self.merged = 0
        self._held: list[pa.Table] = []

    def add(self, events: pa.Table) -> pa.Table:
        """Add events and return those of finished batches."""
        if not events.num_rows:
            return events
        slot = events[BATCH_COLUMN].to_numpy()
        other = np.flatnonzero(slot != slot[-1])
        first = int(other[-1]) + 1 if len(other) else 0
        same = first == 0 and self._held and self._held[-1][BATCH_COLUMN][-1].as_py() == slot[-1]
        held = sum(t.num_rows for t in self._held)
        if same and held + events.num_rows <= MAX_HELD_ROWS:
            self._held.append(events)
            return events.slice(0, 0)
        ready = pa.concat_tables([*self._held, events.slice(0, first)])
        self._held = [events.slice(first)]
        return self._merge(ready)

    def flush(self, schema: pa.Schema) -> pa.Table:
        """Return the remaining events at the end of the file."""
        held, self._held = self._held, []
        return self._merge(pa.concat_tables(held)) if held else schema.empty_table()

    def _merge(self, events: pa.Table) -> pa.Table:
        if not events.num_rows:
            return events
        key = events[KEY_COLUMN].to_numpy()
        _, first, group, count = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
        if len(first) == len(key):
            return events
        order = np.argsort(first)
        self.merged += len(key) - len(first)
        out = events.take(pa.array(first[order]))
        out = out.set_column(out.schema.get_field_index("reports"), "reports", pa.array(count[order], pa.int64()))
        rows, ends = _distinct_addresses(events[ADDRESS_COLUMN].to_numpy(), np.argsort(order)[group], len(first))
        addresses = events["addresses"].combine_chunks()
        addresses = addresses.chunk(0) if isinstance(addresses, pa.ChunkedArray) else addresses
        lists = addresses.take(pa.array(rows))
        # A row has at most one address, so a group's list is the concatenation of its rows' lists.
        offsets = np.concatenate([[0], np.cumsum(pa.compute.list_value_length(lists).to_numpy(zero_copy_only=False))])
        joined = pa.ListArray.from_arrays(pa.array(offsets[ends].astype(np.int32)), lists.flatten())
        return out.set_column(out.schema.get_field_index("addresses"), "addresses", joined)


def _distinct_addresses(
    address: NDArray[np.uint64], group: NDArray[np.int64], groups: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows with a new address in their group, ordered by group and row, and each group's offset."""
    order = np.lexsort((np.arange(len(group)), address, group))
    new = np.ones(len(order), bool)
    new[1:] = (group[order][1:] != group[order][:-1]) | (address[order][1:] != address[order][:-1])
    rows = order[new]
    rows = rows[np.lexsort((rows, group[rows]))]
    return rows, np.searchsorted(group[rows], np.arange(groups + 1))
