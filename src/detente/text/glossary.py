"""The glossary: each word of pages, briefs and help with a short definition, and the kinds of event of a case."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from detente.cases.case_file import CaseFile
from detente.cases.channel_names import channel_name, channel_rule, list_own_rules
from detente.cases.channel_rule import COUNTED_CHANNELS
from detente.core.errors import DetenteError, nearest, quoted_choices

KIND_GROUP = "Kinds of event"
MAX_WORDS = 20
"""Greatest length of a short definition."""


class UnknownTerm(DetenteError):
    """No entry of the glossary has that name."""

    exit_code = 3

    def __init__(self, term: str, known: list[str]) -> None:
        self.term, self.nearest = term, nearest(term, known)
        near = f" Nearest: {quoted_choices(self.nearest)}." if self.nearest else ""
        super().__init__(f"The glossary has no entry {term[:60]!r}.{near} List all with `detente glossary`.")


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """One entry.

    Fields:
        key: stable name, used in addresses. term: as readers see it. group: heading under which it stands.
        short: definition of at most 20 words. longer: more, or empty. see: keys of related entries.
    """

    key: str
    term: str
    group: str
    short: str
    longer: str = ""
    see: tuple[str, ...] = ()


@cache
def load_glossary() -> Mapping[str, GlossaryEntry]:
    """Load the general entries by key, in the order of the file.

    Example:
        >>> load_glossary()["interval"].short
        'The range in which the true number lies with the stated probability, usually 90 %.'
    """
    return {
        key: GlossaryEntry(key, d["term"], d["group"], d["short"], d["longer"], tuple(d["see"]))
        for key, d in _read_entries().items()
    }


@cache
def _read_entries() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(files(__package__).joinpath("glossary.toml").read_text(encoding="utf-8"))


def list_general_entries(cases: Iterable[CaseFile]) -> tuple[GlossaryEntry, ...]:
    """List the general entries that are words of some cases: a name of one region only where a case is about it.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> flagship, other = (load_case_file(c) for c in ("pakistan-afghanistan", "turkiye-iraq-pkk"))
        >>> [any(e.key == "unama" for e in list_general_entries([c])) for c in (flagship, other)]
        [True, False]
    """
    about = {country for c in cases for country in c.countries.values()}
    of = {key: set(d.get("countries", ())) for key, d in _read_entries().items()}
    return tuple(e for e in load_glossary().values() if not of[e.key] or about & of[e.key])


def list_kinds(case: CaseFile) -> tuple[GlossaryEntry, ...]:
    """List the kinds of event of a case: its name for each, and what the record collects of it.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> list_kinds(load_case_file("pakistan-afghanistan"))[0].term
        'TTP attacks in Pakistan'
    """
    out = []
    for key in COUNTED_CHANNELS:
        rule, own = channel_rule(case, key), list_own_rules(case, key)
        text = f"A rule of the case file: {'; '.join(own)}." if own else "The case file gives no rule."
        if rule:
            text = f"The record collects: {'all' if rule == 'any' else rule}."
        out.append(GlossaryEntry(key, channel_name(case, key, capital=True), KIND_GROUP, text, "", ("kind",)))
    return tuple(out)


def find_entry(term: str, case: CaseFile | None = None) -> GlossaryEntry:
    """Find an entry by key or term, in any case of letters.

    Args:
        case: its kinds of event are searched too.

    Raises:
        UnknownTerm: with the nearest terms.

    Example:
        >>> find_entry("Brier score").key, find_entry("crps").term
        ('brier', 'CRPS')
    """
    entries = [*load_glossary().values(), *(list_kinds(case) if case else ())]
    wanted = " ".join(term.lower().replace("_", " ").split())
    for e in entries:
        if wanted in (e.key.replace("_", " "), e.term.lower(), *e.term.lower().split(", ")):
            return e
    raise UnknownTerm(term, [*(e.term for e in entries), *(e.key for e in entries)])
