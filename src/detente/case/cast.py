"""Who an event names: raw names of a source become actors of the case, by that source's aliases.

Code suggests and people decide: a name the cast does not know is never matched to its nearest
spelling, which may be its enemy. Its row is set aside with the nearest names beside it.
"""

from datetime import date

from detente.case.case import Actor, Case
from detente.ground.errors import DetenteError, nearest, one_of


class UnknownActor(DetenteError):
    """An event names somebody the cast does not know."""

    exit_code = 5

    def __init__(self, name: str, where: str, cast: list[str]) -> None:
        self.name, self.where, self.near = name, where, nearest(name, cast)
        self.reason = f"it is not among the {len(cast)} known names"
        self.remedy = f"Nearest: {one_of(self.near)}. Add it to an actor's aliases, or correct it."
        super().__init__(f"{where} names {name!r}: {self.reason}. {self.remedy}")


def names_of(case: Case, source: str) -> dict[str, str]:
    """A source's names to actor keys. An actor without aliases for the source goes by its key."""
    return {n: a.key for a in case.cast for n in a.aliases.get(source, (a.key,))}


def resolve(case: Case, source: str, names: tuple[str, ...], where: str) -> tuple[str, ...]:
    """Actor keys for a source's raw names.

    Raises:
        UnknownActor: a name the cast does not know.
    """
    known = names_of(case, source)
    for name in names:
        if name not in known:
            raise UnknownActor(name, where, list(known))
    return tuple(known[n] for n in names)


def role_on(actor: Actor, day: date) -> str:
    """The actor's role on a day, civilians said with whose they are: `host-civilians`."""
    role = next((s.role for s in actor.sides if s.holds(day)), actor.role)
    return f"{actor.of}-civilians" if role == "civilians" else role
