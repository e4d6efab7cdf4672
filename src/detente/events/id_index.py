"""Which ids a release has had already, in 16 bytes each, so that a second row under one id is told by the first."""

import numpy as np
from numpy.typing import NDArray

from detente.core.jit import jit


class IdIndex:
    """Remembers 64-bit hashes of ids, each with the row that had it first.

    Two ids of a million share a hash by chance in one release of 37 million; the second would then be set aside.
    """

    def __init__(self) -> None:
        self._hash = np.zeros(1 << 12, np.uint64)
        self._row = np.zeros(1 << 12, np.int64)  # 0: free
        self._count = 0

    def find_or_add(
        self, hashes: NDArray[np.uint64], rows: NDArray[np.int64], fine: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """For each id the row that had it already, 0 if none; fine rows are remembered."""
        while (self._count + len(hashes)) * 2 > len(self._hash):
            old_hash, old_row = self._hash, self._row
            self._hash = np.zeros(2 * len(old_hash), np.uint64)
            self._row = np.zeros(2 * len(old_row), np.int64)
            kept = old_row > 0
            _insert_hashes(self._hash, self._row, old_hash[kept], old_row[kept], np.ones(int(kept.sum()), np.bool_))
        found = _insert_hashes(self._hash, self._row, hashes, rows, fine)
        self._count += int(((found == 0) & fine).sum())
        return found


@jit
def _insert_hashes(
    table: NDArray[np.uint64], row: NDArray[np.int64], hashes: NDArray[np.uint64], rows: NDArray[np.int64],
    fine: NDArray[np.bool_],
) -> NDArray[np.int64]:  # fmt: skip
    out = np.zeros(len(hashes), np.int64)
    mask = np.uint64(len(table) - 1)
    for i in range(len(hashes)):
        at = hashes[i] & mask
        while row[at] != 0 and table[at] != hashes[i]:
            at = (at + np.uint64(1)) & mask
        if row[at] != 0:
            out[i] = row[at]
        elif fine[i]:
            table[at] = hashes[i]
            row[at] = rows[i]
    return out
