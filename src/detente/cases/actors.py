"""Who an event names: raw names of a source become actors of the case, by that source's aliases.

Code suggests and people decide: a name the cast does not know is never matched to its nearest
spelling, which may be its enemy. Its row is set aside with the nearest names beside it. Names are resolved by day and
country: a name may have meant somebody else before, and "Civilians" are whose country's they are.
"""

from datetime import date

from detente.cases.case_file import Actor, CaseFile
from detente.core.errors import DetenteError, nearest, quoted_choices


class UnknownActor(DetenteError):
    """An event names somebody the cast does not know."""

    exit_code = 5

    def __init__(self, name: str, where: str, cast: list[str]) -> None:
        self.name, self.where, self.near = name, where, nearest(name, cast)
        self.reason = f"it is not among the {len(cast)} known names"
        self.remedy = f"Nearest: {quoted_choices(self.near)}. Add it to an actor's aliases, or correct it."
        super().__init__(f"{where} names {name!r}: {self.reason}. {self.remedy}")


# Who codes actors after another's book: their aliases may stand under either name.
CODEBOOK_OF_SOURCE = {"gdelt": "cameo"}


def map_unambiguous_names(case: CaseFile, source: str) -> dict[str, str]:
    """The source's names that mean one actor on every day of the case and in every country, to actor keys.

    An actor without aliases for the source goes by its key. Names that hold for a time, for one country or by how they begin
    are left out, since the answer depends on the event: ask `resolve`.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> known = map_unambiguous_names(load_case_file("pakistan-afghanistan"), "ucdp")
        >>> known["Government of Afghanistan"], "Taleban" in known  # until the day before it begins
        ('AFG', False)
    """
    return {
        n.name: a.key
        for a in case.cast
        for n in a.named(find_codebook(case, source))
        if not n.name.endswith("*")
        and not n.soil
        and (n.first is None or n.first <= case.first)
        and (n.last is None or n.last >= case.last)
    }


def list_known_names(case: CaseFile, source: str) -> list[str]:
    """All names of a source that the cast knows, at any time and place: for a person to choose from."""
    return list(dict.fromkeys(n.name for a in case.cast for n in a.named(find_codebook(case, source))))


def resolve_actors(
    case: CaseFile, source: str, names: tuple[str, ...], where: str, *, day: date | None = None, country: str = "",
    codes: tuple[str, ...] = (),
) -> tuple[str, ...]:  # fmt: skip
    """Actor keys for a source's raw names on a day, in a country.

    Args:
        case, source: whose aliases are read. names: as the source writes them.
        where: the row, for the message.
        day, country: of the event: the Taliban are "Taleban" to UCDP until August 2021 and the government then.
        codes: the source's own numbers for the names, in their order; read where the name itself is not known.

    Raises:
        UnknownActor: a name the cast does not know, or not at that time and place.
    """
    book = find_codebook(case, source)

    def one(words: tuple[str, ...]) -> str | None:
        # A name that stands there in full goes before one that only begins so.
        return next((a.key for word in words for whole in (True, False) for a in case.cast for n in a.named(book)
                     if n.name.endswith("*") != whole and n.fits(word, day, country)), None)  # fmt: skip

    out: list[str] = []
    for i, name in enumerate(names):
        found = one((name, codes[i]) if len(codes) == len(names) else (name,))
        # UCDP writes allies who fought together in one field: every part must be known by itself.
        parts = [found] if found else [one((part,)) for part in name.split(", ")] if ", " in name else [None]
        if not all(parts):
            raise UnknownActor(name, where, list_known_names(case, source))
        out += [p for p in parts if p]
    return tuple(dict.fromkeys(out))


def find_codebook(case: CaseFile, source: str) -> str:
    """Under whose name the aliases for a source stand."""
    if any(source in a.aliases for a in case.cast):
        return source
    return CODEBOOK_OF_SOURCE.get(source, source)


def role_on(actor: Actor, day: date) -> str:
    """The actor's role on a day, civilians said with whose they are: `host-civilians`."""
    role = next((s.role for s in actor.sides if s.holds(day)), actor.role)
    return f"{actor.of}-civilians" if role == "civilians" else role
