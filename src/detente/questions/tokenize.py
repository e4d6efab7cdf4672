"""Tokenise a question: words folded to lower case, with unified spelling, stems, and a role where they name a party.

Stems are those of Porter's second stemmer for English (package snowballstemmer), after American and British endings are unified.
"""

import re
import threading
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

from detente.questions.catalogue import load_catalogue

_WORD_PATTERN = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


@dataclass(frozen=True, slots=True)
class Token:
    """One word. `start` and `end` are its position in the text; `text` is folded to plain lower-case letters.

    `role` is the role of the party that the word names, `elsewhere` for a party outside the case, and empty for a word that names
    none; `key` identifies the party.
    """

    text: str
    raw: str
    start: int
    end: int
    stem: str
    role: str = ""
    key: str = ""


def fold_text(text: str) -> str:
    """Fold text to lower case without diacritics: `Türkiye` becomes `turkiye`.

    Example:
        >>> fold_text("Türkiye’s Côte")
        "turkiye's cote"
    """
    plain = unicodedata.normalize("NFKD", text.replace("’", "'").replace("ʼ", "'")).casefold()
    return "".join(c for c in plain if not unicodedata.combining(c)).replace("ı", "i")


class _Stemmers(threading.local):
    """A stemmer holds the word that it works on, so each thread has its own."""

    def __init__(self) -> None:
        self.english = snowballstemmer.stemmer("english")


_STEMMERS = _Stemmers()


@lru_cache(maxsize=8192)
def stem_word(word: str) -> str:
    """Return the stem of a folded word, the same for British and American spelling.

    Example:
        >>> stem_word("destabilising") == stem_word("destabilize"), stem_word("harbour") == stem_word("harbored")
        (True, True)
    """
    word = re.sub(r"is(e|es|ed|ing|ation|ations)$", r"iz\1", word) if len(word) > 6 else word
    word = re.sub(r"ys(e|es|ed|ing)$", r"yz\1", word) if len(word) > 6 else word
    word = re.sub(r"(?<=[a-z]{2})our(s|ed|ing|able|ers?|hood)?$", r"or\1", word)
    return str(_STEMMERS.english.stemWord(word))


def tokenize(text: str) -> tuple[Token, ...]:
    """Return the words of a text, in order. A compound written as one word gives two tokens at the same position.

    Example:
        >>> [t.stem for t in tokenize("Pakistan's counterterrorism, cease-fires")]
        ['pakistan', 'counter', 'terror', 'ceas', 'fire']
    """
    spellings = load_catalogue().spellings
    out = []
    for m in _WORD_PATTERN.finditer(text):
        word = fold_text(m.group()).removesuffix("'s")
        out += [Token(w, m.group(), m.start(), m.end(), stem_word(w)) for w in spellings.get(word, word).split()]
    return tuple(out)


PhrasePattern = tuple[frozenset[str], ...]


@lru_cache(maxsize=4096)
def parse_phrase(text: str) -> tuple[PhrasePattern, bool]:
    """Parse a phrase of the catalogue into sets of stems, and whether it must begin the demand.

    Example:
        >>> [sorted(words) for words in parse_phrase("share|exchange {host}")[0]]
        [['exchang', 'share'], ['{host}']]
    """
    first = text.startswith("^")
    spellings = load_catalogue().spellings
    out: list[frozenset[str]] = []
    for word in text.removeprefix("^").split():
        options = [w if w[0] in "{=" else spellings.get(w, w) for w in word.split("|")]
        out.append(frozenset(o if o[0] in "{=" else stem_word(o) for o in options))
    return tuple(out), first


def find_phrase(
    words: Sequence[Token], wanted: PhrasePattern, *, slack: int | None = None, ordered: bool = False, first: bool = False
) -> tuple[int, ...]:  # fmt: skip
    """Return the positions of the parts of a phrase among words, as close together as possible, or nothing.

    Args:
        words: in order. wanted: the phrase; each part needs a word of its own.
        slack: number of other words allowed between them; by default two per part.
        ordered: the parts must be in the phrase's order. first: the phrase must begin with the first word.
    """
    places = [[i for i, t in enumerate(words) if not part.isdisjoint(_build_match_keys(t))] for part in wanted]
    if not all(places):
        return ()
    width_of_all = len(wanted) + (2 * len(wanted) if slack is None else slack)
    best: tuple[int, ...] = ()

    def extend(chosen: tuple[int, ...]) -> None:
        nonlocal best
        if len(chosen) == len(wanted):
            width = max(chosen) - min(chosen)
            if width < width_of_all and (not best or width < max(best) - min(best)):
                best = chosen
            return
        for i in places[len(chosen)]:
            if i in chosen or (ordered and chosen and i < chosen[-1]) or (first and not chosen and i > 0):
                continue
            if not chosen or abs(i - chosen[0]) < width_of_all:
                extend((*chosen, i))

    extend(())
    return best


def _build_match_keys(t: Token) -> tuple[str, str, str]:
    return t.stem, f"={t.text}", f"{{{t.role}}}"


def select_content_words(words: Iterable[Token]) -> list[Token]:
    """Return the words that carry a subject: not stop words, numbers or names."""
    empty = set(load_catalogue().words.empty)
    return [t for t in words if t.text not in empty and not t.role and not t.text.isdigit()]
