"""Hash table of the ids in a release, 16 bytes per id, to find duplicate ids."""

import numpy as np
from numpy.typing import NDArray

from detente.core.jit import jit


class IdIndex:
    """Index of 64-bit id hashes with the first row of each.

    With a million ids, the probability that any two share a hash is 1 in 37 million; the second would be rejected.
    """

    def __init__(self) -> None:
        self._hash = np.zeros(1 << 12, np.uint64)
        self._row = np.zeros(1 << 12, np.int64)  # 0: free
        self._count = 0

    def find_or_add(
        self, hashes: NDArray[np.uint64], rows: NDArray[np.int64], fine: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """Return the earlier row of each id, 0 if none, and add the new ids of `fine` rows; all shapes are (row,)."""
        while (self._count + len(hashes)) * 2 > len(self._hash):
            old_hash, old_row = self._hash, self._row
            self._hash = np.zeros(2 * len(old_hash), np.uint64)
            self._row = np.zeros(2 * len(old_row), np.int64)
            used = old_row > 0
            _insert_hashes(self._hash, self._row, old_hash[used], old_row[used], np.ones(int(used.sum()), np.bool_))
        earlier = _insert_hashes(self._hash, self._row, hashes, rows, fine)
        self._count += int(((earlier == 0) & fine).sum())
        return earlier


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
