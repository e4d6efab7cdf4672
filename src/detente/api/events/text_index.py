"""Which events hold a word: each different word of the record is looked at once, however many events use it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


@dataclass(frozen=True)
class TextIndex:
    """`known` are the different words; `code` and `row` stand for every word of every text, in order."""

    known: pa.Array
    code: NDArray[np.int32]
    row: NDArray[np.int32]
    texts: int

    def hold(self, part: str) -> NDArray[np.bool_]:
        """Which texts hold this anywhere in a word, shape (text,).

        Example:
            >>> build_text_index(["torkham was shut", "trucks wait", ""]).hold("ru").tolist()
            [False, True, False]
        """
        hit = pc.match_substring(self.known, part).to_numpy(zero_copy_only=False).astype(bool)
        out = np.zeros(self.texts, bool)
        if hit.any():
            out[self.row[hit[self.code]]] = True
        return out


def build_text_index(texts: Sequence[str]) -> TextIndex:
    """The words of texts, cut where there is white space."""
    cut = pc.split_pattern(pa.array([" ".join(t.split()) for t in texts], pa.string()), " ")
    flat = cut.flatten().dictionary_encode()
    row = np.repeat(np.arange(len(texts), dtype=np.int32), pc.list_value_length(cut).to_numpy(zero_copy_only=False))
    return TextIndex(flat.dictionary, flat.indices.to_numpy(zero_copy_only=False).astype(np.int32), row, len(texts))
