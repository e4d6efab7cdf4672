"""The group's name in sentences must be a group's: else one actor would be given the acts of another."""

import re
import warnings
from typing import TYPE_CHECKING

from detente.cases.errors import BadCase

if TYPE_CHECKING:
    from detente.cases.case_file import Actor, CaseFile


def check_group_name(case: "CaseFile") -> None:
    """Refuse a group's name that another actor bears, and warn of a title that names another armed group alone.

    Raises:
        BadCase: the name in `[names]` is that of an actor who is never the group.
    """
    groups = [a for a in case.cast if _is_group(a)]
    given = _strip_article(case.names.group)
    bearers = [a for a in case.cast if given in _names(a)]
    shown = " or ".join(a.name for a in groups)
    if bearers and not any(_is_group(a) for a in bearers):
        a = bearers[0]
        why = f"this is {a.key} of the cast, whose role is {a.role!r}, and the group of the cast is {shown}"
        remedy = f"Write the group's name here, in title and in question, or give {a.key} the role 'group'."
        raise BadCase(str(case.file), "names.group", case.names.group, why, remedy)
    if any(_mentions(case.title, n) for n in (given, *(n for a in groups for n in _names(a)))):
        return
    other = next((a for a in case.cast if a.role == "other" and any(_mentions(case.title, n) for n in _names(a))), None)
    if other is not None:
        warnings.warn(
            f"{case.file}, key title, value {case.title!r}: it names {other.name}, whose role is 'other', and not the group, "
            f"{shown}. Correct the title or the role.",
            UserWarning,
            stacklevel=2,
        )


def _is_group(a: "Actor") -> bool:
    return "group" in (a.role, *(s.role for s in a.sides))


def _names(a: "Actor") -> set[str]:
    return {_strip_article(n) for n in (a.name, a.short) if n}


def _strip_article(name: str) -> str:
    return name.casefold().removeprefix("the ").strip()


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text.casefold()) is not None
