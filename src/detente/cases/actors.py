"""Resolution of a source's raw names to actors of the case, by that source's aliases.

An unknown name is never matched to its nearest spelling, which may be its enemy: its row is rejected with the nearest
names as suggestions. Names are resolved by day and country: a name may have meant another actor before, and
"Civilians" belong to the country of the event.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from detente.cases.alias import Alias
from detente.cases.case_file import Actor, CaseFile
from detente.core.errors import DetenteError, nearest, quoted_choices


class UnknownActor(DetenteError):
    """An event names an actor that is not in the cast."""

    exit_code = 5

    def __init__(self, name: str, where: str, cast: list[str]) -> None:
        self.name, self.where, self.near = name, where, nearest(name, cast)
        self.reason = f"it is not among the {len(cast)} known names"
        self.remedy = f"Nearest: {quoted_choices(self.near)}. Add it to an actor's aliases, or correct it."
        super().__init__(f"{where} names {name!r}: {self.reason}. {self.remedy}")


# Sources that use another source's actor codes: their aliases may be listed under either name.
CODEBOOK_OF_SOURCE = {"gdelt": "cameo"}


def map_unambiguous_names(case: CaseFile, source: str) -> dict[str, str]:
    """Map the source's names that mean one actor on every day of the case and in every country to actor keys.

    An actor without aliases for the source is named by its key. Names limited to a period, a country or a prefix are
    left out, since their actor depends on the event: use `resolve_actors`.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> known = map_unambiguous_names(load_case_file("pakistan-afghanistan"), "ucdp")
        >>> known["Government of Afghanistan"], "Taleban" in known  # valid only before the case begins
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


def find_actor_key(case: CaseFile, text: str) -> str:
    """Return the key of the actor that a reader names by key or name, in any case of letters; the text itself if none or several.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> case = load_case_file("pakistan-afghanistan")
        >>> find_actor_key(case, "ttp"), find_actor_key(case, "the Taliban authorities"), find_actor_key(case, "nobody")
        ('TTP', 'AFG', 'nobody')
    """
    wanted = _plain_name(text)
    roles = {"target": case.names.target, "host": case.names.host_government}
    found = {}
    for a in case.cast:
        own = roles.get(a.role, "") if a.key == case.keys(a.role)[0] else ""
        group = case.names.group if a.key in case.keys("group")[:1] else ""
        names = (a.key, a.name, a.short, own, group, *(n.name for n in a.aliases.get("question", ())))
        if wanted in {_plain_name(n) for n in names if n}:
            found[a.key] = a.key == text or _plain_name(a.key) == wanted
    keys = [k for k, exact in found.items() if exact] or list(found)
    return keys[0] if len(keys) == 1 else text


def _plain_name(name: str) -> str:
    return " ".join(name.casefold().split()).removeprefix("the ")


def list_known_names(case: CaseFile, source: str) -> list[str]:
    """List all names of a source in the cast, for any period and country."""
    return list(dict.fromkeys(n.name for a in case.cast for n in a.named(find_codebook(case, source))))


@dataclass(frozen=True, slots=True)
class AliasIndex:
    """A source's names with their actors' keys: whole names by name, and prefixes, in the order of the cast."""

    whole: Mapping[str, Sequence[tuple[str, Alias]]]
    prefixes: Sequence[tuple[str, Alias]]

    def list_candidates(self, name: str) -> Iterator[tuple[str, Alias]]:
        """Yield the actors that a name may mean; a whole name takes precedence over a prefix."""
        yield from self.whole.get(name, ())
        yield from self.prefixes


def index_aliases(case: CaseFile, source: str) -> AliasIndex:
    """Index the names of a source, for `resolve_actors` of many events."""
    book = find_codebook(case, source)
    whole: dict[str, list[tuple[str, Alias]]] = {}
    prefixes: list[tuple[str, Alias]] = []
    for a in case.cast:
        for n in a.named(book):
            (prefixes if n.name.endswith("*") else whole.setdefault(n.name, [])).append((a.key, n))
    return AliasIndex(whole, prefixes)


def resolve_actors(
    case: CaseFile, source: str, names: tuple[str, ...], where: str, *, day: date | None = None, country: str = "",
    codes: tuple[str, ...] = (), index: AliasIndex | None = None,
) -> tuple[str, ...]:  # fmt: skip
    """Return actor keys for a source's raw names on a day, in a country.

    Args:
        case, source: select the aliases. names: as the source writes them.
        where: the row, for the message.
        day, country: of the event: UCDP calls the Taliban "Taleban" until August 2021 and the government since.
        codes: the source's own codes for the names, in the same order; used where the name itself is unknown.
        index: of the case and source, so that a caller with many events makes it once.

    Raises:
        UnknownActor: a name has no actor in the cast on that day in that country.
    """
    known = index or index_aliases(case, source)

    def one(words: tuple[str, ...]) -> str | None:
        return next(
            (key for word in words for key, n in known.list_candidates(word) if n.fits(word, day, country)), None
        )

    out: list[str] = []
    for i, name in enumerate(names):
        whole_name = one((name, codes[i]) if len(codes) == len(names) else (name,))
        # UCDP writes allies who fought together in one field: each part must be known by itself.
        parts = [whole_name] if whole_name else [one((part,)) for part in name.split(", ")] if ", " in name else [None]
        if not all(parts):
            raise UnknownActor(name, where, list_known_names(case, source))
        out += [p for p in parts if p]
    return tuple(dict.fromkeys(out))


def find_codebook(case: CaseFile, source: str) -> str:
    """Return the source under which the aliases for a source are listed."""
    if any(source in a.aliases for a in case.cast):
        return source
    return CODEBOOK_OF_SOURCE.get(source, source)


def role_on(actor: Actor, day: date) -> str:
    """Return the actor's role on a day; civilians with their country, such as `host-civilians`."""
    role = next((s.role for s in actor.sides if s.holds(day)), actor.role)
    return f"{actor.of}-civilians" if role == "civilians" else role
