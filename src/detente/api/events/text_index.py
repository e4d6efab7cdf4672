"""Text search in events: each distinct word of the record is compared once, however many events use it.

`pa.array` and `to_numpy` would import pandas, which takes a fifth of a second, so that texts go in as bytes and numbers come out by
DLPack.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


@dataclass(frozen=True)
class TextIndex:
    """Distinct words in `known`; for every word of every text in order, its position in `known` (`code`) and its text (`row`)."""

    known: pa.Array
    code: NDArray[np.int32]
    row: NDArray[np.int32]
    texts: int

    def hold(self, part: str) -> NDArray[np.bool_]:
        """Find the texts in which any word contains `part`, shape (text,).

        Example:
            >>> build_text_index(["torkham was shut", "trucks wait", ""]).hold("ru").tolist()
            [False, True, False]
        """
        hit = np.from_dlpack(pc.match_substring(self.known, part).cast(pa.uint8())).astype(bool)
        out = np.zeros(self.texts, bool)
        if hit.any():
            out[self.row[hit[self.code]]] = True
        return out


def build_text_index(texts: Sequence[str]) -> TextIndex:
    """Index the words of texts, split at white space."""
    cut = pc.split_pattern(_build_strings([" ".join(t.split()) for t in texts]), " ")
    flat = cut.flatten().dictionary_encode()
    row = np.repeat(np.arange(len(texts), dtype=np.int32), np.from_dlpack(pc.list_value_length(cut)).astype(np.int64))
    return TextIndex(flat.dictionary, np.from_dlpack(flat.indices).astype(np.int32), row, len(texts))


def _build_strings(texts: Sequence[str]) -> pa.Array:
    parts = [t.encode() for t in texts]
    ends = np.cumsum([0, *map(len, parts)], dtype=np.int64)
    return pa.Array.from_buffers(
        pa.large_string(), len(parts), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(parts))]
    )
