"""The object of a clause: "how do strikes affect trade" and "the impact of strikes on trade" both ask about trade.

The verbs and nouns that divide a clause are the catalogue's `pivots` and `pivot_nouns`. A verb used as a noun ("the cost of
closures") does not divide. In a passive ("trade is hurt by strikes") the object comes first.
"""

from collections.abc import Sequence
from functools import cache

from detente.questions.catalogue import load_catalogue
from detente.questions.tokenize import Token, select_content_words, stem_word


@cache
def _load_pivots() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    w = load_catalogue().words
    verbs, nouns, asking_nouns = (frozenset(map(stem_word, x)) for x in (w.pivots, w.pivot_nouns, w.asking_nouns))
    return verbs, nouns, asking_nouns


def has_asking_noun(part: Sequence[Token]) -> bool:
    """Return whether a part of a list begins with a noun that asks: "the effect on ...", "causes of ..."."""
    return any(is_asking_noun(t) for t in part[:4])


def is_asking_noun(t: Token) -> bool:
    """Return whether the word is a noun by which something is asked, such as cause or effect."""
    _, nouns, asking_nouns = _load_pivots()
    return t.stem in nouns | asking_nouns


def _is_noun(own: Sequence[Token], i: int) -> bool:
    before = own[i - 1].text if i else ""
    following = own[i + 1].text if i + 1 < len(own) else ""
    return before in ("the", "a", "an", "its", "their", "any", "and") or following in ("of", "on", "upon", "for")


def find_pivot(own: Sequence[Token]) -> int | None:
    """Return the position of the word that divides the clause, or None."""
    verbs, nouns, _ = _load_pivots()
    for i, t in enumerate(own):
        if t.role:
            continue
        if t.stem in nouns and _is_noun(own, i):
            on = next((j for j in range(i + 1, len(own)) if own[j].text in ("on", "upon", "for")), None)
            return on if on is not None else i
        always_verb = t.text in ("meant", "mean", "happen", "happens", "happened")
        if i and t.stem in verbs and (always_verb or not _is_noun(own, i)):
            return i
    return None


def find_object_positions(own: Sequence[Token]) -> frozenset[int]:
    """Return the positions of the words that are asked about: all of them if nothing divides the clause."""
    every = frozenset(range(len(own)))
    i = find_pivot(own)
    if i is None:
        return every
    passive = any(t.text == "by" for t in own[i + 1 : i + 4]) and any(
        t.text in ("is", "are", "was", "were", "been", "be", "being") for t in own[max(i - 6, 0) : i]
    )
    rest = own[:i] if passive else own[i + 1 :]
    if not select_content_words(rest) and not any(t.role for t in rest):
        return every
    return frozenset(range(i)) if passive else frozenset(range(i + 1, len(own)))
