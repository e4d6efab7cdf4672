"""Proper names that hold digits, such as M23.

In a sentence every number is traced to its derivation, but the digits of a name are no number. Names that somebody declared, such
as those of a case file, are told apart here. Names are only ever added, so the order of calls does not matter.
"""

import re
from collections.abc import Iterable

_names: set[str] = set()


def declare_names(names: Iterable[str]) -> None:
    """Declare names; those without a digit, or without a letter, are ignored."""
    _names.update(n for n in names if any(c.isdigit() for c in n) and any(c.isalpha() for c in n))


def split_names(text: str) -> list[tuple[str, bool]]:
    """Split a text into parts, each with whether it is a declared name.

    Example:
        >>> declare_names(["M23", "the 23 March Movement"])
        >>> split_names("Attacks by M23 in January")
        [('Attacks by ', False), ('M23', True), (' in January', False)]
    """
    if not any(c.isdigit() for c in text) or not _names:
        return [(text, False)]
    longest_first = sorted(_names, key=lambda n: (-len(n), n))
    pattern = "|".join(rf"(?<!\w){re.escape(n)}(?!\w)" for n in longest_first)
    parts = re.split(f"({pattern})", text)
    return [(part, i % 2 == 1) for i, part in enumerate(parts) if part]
