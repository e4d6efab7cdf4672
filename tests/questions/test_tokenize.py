"""The tokeniser: the same stems, however many threads ask."""

import sys
from concurrent.futures import ThreadPoolExecutor

import snowballstemmer

from detente.questions.tokenize import stem_word


def test_stems_do_not_depend_on_threads() -> None:
    """Eight threads stem the same words at once; each stem is that of one thread alone."""
    words = [
        f"{a}{b}" for a in ("show", "attack", "border", "mediat", "close") for b in ("s", "ed", "ing", "er", "ation")
    ] * 40
    alone = snowballstemmer.stemmer("english")
    expected = [alone.stemWord(w) for w in words]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(5):
            stem_word.cache_clear()
            with ThreadPoolExecutor(8) as pool:
                assert all(
                    list(found) == expected for found in pool.map(lambda _: [stem_word(w) for w in words], range(8))
                )
    finally:
        sys.setswitchinterval(before)
