"""Text search in events: each distinct word of the record is compared once, however many events use it."""

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
        hit = pc.match_substring(self.known, part).to_numpy(zero_copy_only=False).astype(bool)
        out = np.zeros(self.texts, bool)
        if hit.any():
            out[self.row[hit[self.code]]] = True
        return out


def build_text_index(texts: Sequence[str]) -> TextIndex:
    """Index the words of texts, split at white space."""
    cut = pc.split_pattern(pa.array([" ".join(t.split()) for t in texts], pa.string()), " ")
    flat = cut.flatten().dictionary_encode()
    row = np.repeat(np.arange(len(texts), dtype=np.int32), pc.list_value_length(cut).to_numpy(zero_copy_only=False))
    return TextIndex(flat.dictionary, flat.indices.to_numpy(zero_copy_only=False).astype(np.int32), row, len(texts))
