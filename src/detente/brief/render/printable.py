"""Texts that a file format can show: what it cannot show becomes a visible sign, and the method says so.

Texts of events come from sources, so any character can stand in them. XML, and with it Word, has no place for control
characters; a PDF needs a font with the character. Characters that reverse the order of the text after them are
replaced too: in a quotation they would make a reader see another text than the source's.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from detente.brief.document import Brief
from detente.text.sentence import make_sentence

T = TypeVar("T")

REPLACEMENT_SIGN = "\N{REPLACEMENT CHARACTER}"
NOTE_HEADING = "Characters that this file cannot show"
NOTE = make_sentence(
    f"Some quoted texts contain characters that this file cannot show. Each of them is shown as {REPLACEMENT_SIGN}; "
    "the brief as JSON holds them unchanged."
)
# Embeddings, overrides and isolates of the Unicode bidirectional algorithm. The marks and joiners that Arabic script needs stay.
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def is_unprintable(c: str) -> bool:
    r"""Return whether no file can show the character: a control, half a pair, no character, or a reordering one.

    Example:
        >>> [is_unprintable(c) for c in ("\x01", "\uffff", "\u202e", "\n", "中", "ې")]
        [True, True, True, False, False, False]
    """
    if c in "\t\n\r":
        return False
    return unicodedata.category(c) in ("Cc", "Cs") or ord(c) & 0xFFFE == 0xFFFE or c in _REORDERING


def make_printable(
    brief: Brief, find_missing: Callable[[frozenset[str]], frozenset[str]] = lambda _: frozenset()
) -> Brief:
    """Return the brief with a sign for each character that cannot be shown, and a note in its method; or the brief itself.

    Args:
        find_missing: which of these characters the format's fonts lack.
    """
    used: set[str] = set()

    def collect(text: str) -> str:
        used.update(text)
        return text

    map_texts(brief, collect)
    bad = {c for c in used if is_unprintable(c)}
    bad |= find_missing(frozenset(used - bad))
    if not bad:
        return brief
    table = {ord(c): REPLACEMENT_SIGN for c in bad}
    cleaned = map_texts(brief, lambda text: text.translate(table))
    return replace(cleaned, method=(*cleaned.method, (NOTE_HEADING, (NOTE,))))


def map_texts(value: T, change: Callable[[str], str]) -> T:
    """Apply a function to every text within a value of dataclasses, containers and texts; others stay as they are."""
    return cast("T", _map(value, change))


def _map(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        # Members of enumerations are texts too, and must stay members.
        return change(value) if type(value) is str else value
    if is_dataclass(value) and not isinstance(value, type):
        old = {f.name: getattr(value, f.name) for f in fields(value) if f.init}
        new = {name: _map(x, change) for name, x in old.items()}
        return replace(value, **new) if any(new[name] is not x for name, x in old.items()) else value
    if isinstance(value, tuple | list | frozenset):
        items = [_map(x, change) for x in value]
        return type(value)(items) if any(a is not b for a, b in zip(items, value, strict=True)) else value
    if isinstance(value, Mapping):
        return {_map(k, change): _map(x, change) for k, x in value.items()}
    return value
