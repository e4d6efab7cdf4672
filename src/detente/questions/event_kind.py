"""Kinds of event as people name them in questions: `kinds.toml`."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from detente.cases.base_model import CaseFileModel


class EventKind(CaseFileModel):
    """A kind of event: its words, and the channels, PLOVER types and modes that hold it.

    `by` are the roles of the initiator that the words imply. `one` and `many` name it where the case file does not.
    """

    key: str
    words: str
    channels: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    one: str
    many: str


class _KindFile(CaseFileModel):
    kinds: tuple[EventKind, ...]


@dataclass(frozen=True, slots=True)
class KindMention:
    """A kind of event that a text names, with its words and their position."""

    kind: EventKind
    words: str
    start: int
    end: int


@cache
def load_event_kinds() -> tuple[EventKind, ...]:
    """Load the table, in order.

    Example:
        >>> next(k for k in load_event_kinds() if k.key == "round").many
        'mediated rounds of talks'
    """
    text = files(__package__).joinpath("kinds.toml").read_text(encoding="utf-8")
    return _KindFile.model_validate(tomllib.loads(text)).kinds


def get_event_kind(key: str) -> EventKind:
    """Return the kind with this key.

    Raises:
        KeyError: no such kind.
    """
    for k in load_event_kinds():
        if k.key == key:
            return k
    raise KeyError(key)


@cache
def _compile_kinds() -> tuple[tuple[EventKind, re.Pattern[str]], ...]:
    return tuple((k, re.compile(rf"\b(?:{k.words})\b")) for k in load_event_kinds())


def find_kinds(low: str) -> tuple[KindMention, ...]:
    """Find the kinds of event that lower-case text names, in order of their place.

    Example:
        >>> [m.kind.key for m in find_kinds("how many air strikes and clashes were there")]
        ['airstrike', 'clash']
    """
    out: list[KindMention] = []
    for kind, pattern in _compile_kinds():
        for m in pattern.finditer(low):
            if all(m.end() <= x.start or m.start() >= x.end for x in out):
                out.append(KindMention(kind, m.group(), *m.span()))
    return tuple(sorted(out, key=lambda x: x.start))
