"""What is acted on: "how do strikes affect trade" asks about trade, "the impact of strikes on trade" too.

The verbs and nouns that divide a clause so are the catalogue's `pivots` and `pivot_nouns`. A verb used as a noun
("the cost of closures") does not divide; a passive ("trade is hurt by strikes") divides the other way round.
"""

from collections.abc import Sequence
from functools import cache

from detente.questions.catalogue import load_catalogue
from detente.questions.tokenize import Token, select_content_words, stem_word


@cache
def _load_pivots() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    w = load_catalogue().words
    return (
        frozenset(map(stem_word, w.pivots)),
        frozenset(map(stem_word, w.pivot_nouns)),
        frozenset(map(stem_word, w.asking_nouns)),
    )


def has_asking_noun(part: Sequence[Token]) -> bool:
    """Does a part of a list begin with a noun that asks on its own: "the effect on ...", "causes of ..."?"""
    return any(is_asking_noun(t) for t in part[:4])


def is_asking_noun(t: Token) -> bool:
    """Is it a noun by which something is asked: a cause, an effect?"""
    _, nouns, heads = _load_pivots()
    return t.stem in nouns or t.stem in heads


def _is_noun(own: Sequence[Token], i: int) -> bool:
    before = own[i - 1].text if i else ""
    following = own[i + 1].text if i + 1 < len(own) else ""
    return before in ("the", "a", "an", "its", "their", "any", "and") or following in ("of", "on", "upon", "for")


def find_pivot(own: Sequence[Token]) -> int | None:
    """The word after which stands what is acted on, or None."""
    verbs, nouns, _ = _load_pivots()
    for i, t in enumerate(own):
        if t.role:
            continue
        if t.stem in nouns and _is_noun(own, i):
            on = next((j for j in range(i + 1, len(own)) if own[j].text in ("on", "upon", "for")), None)
            return on if on is not None else i
        if (
            t.stem in verbs
            and not (_is_noun(own, i) and t.text not in ("meant", "mean", "happen", "happens", "happened"))
            and i
        ):
            return i
    return None


def find_object_positions(own: Sequence[Token]) -> frozenset[int]:
    """Positions of the words that say what is asked about; all of them where nothing divides the clause."""
    every = frozenset(range(len(own)))
    i = find_pivot(own)
    if i is None:
        return every
    passive = any(t.text == "by" for t in own[i + 1 : i + 4]) and any(
        t.text in ("is", "are", "was", "were", "been", "be", "being") for t in own[max(i - 6, 0) : i]
    )
    told = own[:i] if passive else own[i + 1 :]
    if not select_content_words(told) and not any(t.role for t in told):
        return every
    return frozenset(range(i)) if passive else frozenset(range(i + 1, len(own)))
