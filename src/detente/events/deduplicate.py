"""Rows that tell the same are merged into the first of them, with a count and every address.

GDELT writes a row for each mention that its coder took for another event. Rows that came in together (one
DATEADDED) and agree in day, actors, kind of act and place are one event reported several times. Only rows of one
batch are compared, which are neighbours in the file, so memory does not grow with the file.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

KEY_COLUMN, BATCH_COLUMN, ADDRESS_COLUMN = "_key", "_slot", "_address"

MAX_HELD_ROWS = 1_000_000  # rows of one batch; GDELT's largest days have about 400,000


class Deduplicator:
    """Remembers the rows of the batch that is not at its end, and how many were merged."""

    def __init__(self) -> None:
        self.merged = 0
        self._held: list[pa.Table] = []

    def add(self, events: pa.Table) -> pa.Table:
        """Take further events in; give those whose batch is over."""
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
        """Those that were held back, at the end of the file."""
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
        kept, many = first[order], count[order]
        self.merged += len(key) - len(kept)
        out = events.take(pa.array(kept))
        out = out.set_column(out.schema.get_field_index("reports"), "reports", pa.array(many, pa.int64()))
        addresses = _distinct_addresses(events[ADDRESS_COLUMN].to_numpy(), np.argsort(order)[group], len(kept))
        told = events["addresses"].combine_chunks()
        told = told.chunk(0) if isinstance(told, pa.ChunkedArray) else told
        taken, ends = addresses
        lists = told.take(pa.array(taken))
        # Each row has one address or none; the lists of a group, laid end to end, are its list.
        offsets = np.concatenate([[0], np.cumsum(pa.compute.list_value_length(lists).to_numpy(zero_copy_only=False))])
        joined = pa.ListArray.from_arrays(pa.array(offsets[ends].astype(np.int32)), lists.flatten())
        return out.set_column(out.schema.get_field_index("addresses"), "addresses", joined)


def _distinct_addresses(
    address: NDArray[np.uint64], group: NDArray[np.int64], groups: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows whose address is new to their group, by group and then row; and where each group ends."""
    order = np.lexsort((np.arange(len(group)), address, group))
    new = np.ones(len(order), bool)
    new[1:] = (group[order][1:] != group[order][:-1]) | (address[order][1:] != address[order][:-1])
    kept = order[new]
    kept = kept[np.lexsort((kept, group[kept]))]
    ends = np.searchsorted(group[kept], np.arange(groups + 1))
    return kept, ends
