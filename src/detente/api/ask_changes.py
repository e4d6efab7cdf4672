"""Changes that a reader makes to how a part of a question was understood: kind of answer, actor, kind of event, place, period."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from detente.api.ask_parts import actor_name, is_choosable, place_choices
from detente.api.case import Case
from detente.cases.actors import find_actor_key
from detente.core.errors import nearest
from detente.questions.errors import UnknownChange
from detente.questions.event_kind import EventKind, get_event_kind, load_event_kinds
from detente.questions.intent import AnswerKind, Intent
from detente.questions.mentions import ActorMention, PlaceMention
from detente.questions.period import Period
from detente.questions.understanding import ANY_ATTACK, Understanding, refine_kinds

ANYTHING = "-"
"""The choice that removes what a question names."""
CHOOSABLE_KINDS: tuple[AnswerKind, ...] = ("record", "status", "forecast", "simulation", "analysis")
"""Kinds of answer that a reader can choose; what a definition defines stands in the question itself."""


@dataclass(frozen=True, slots=True)
class UnderstandingChanges:
    """What a reader changes in how one part of a question was understood; empty leaves it as it is, `-` removes it.

    Fields:
        part: its number, from 1; only this part is answered. kind: of answer. actor: key. event_kind: key of a kind of event.
        place: name. first, last: the period, both included; None has no limit on that side. dated: the period is given.
    """

    part: int = 1
    kind: str = ""
    actor: str = ""
    event_kind: str = ""
    place: str = ""
    first: date | None = None
    last: date | None = None
    dated: bool = False


NO_CHANGES = UnderstandingChanges()


def change_part(
    case: Case, parts: tuple[Understanding, ...], changes: UnderstandingChanges
) -> tuple[Understanding, ...]:
    """Return the one part that a reader changes, changed; all parts if there are no changes.

    Raises:
        UnknownChange: the part, kind, actor, kind of event or place does not exist.
    """
    if changes == NO_CHANGES or not parts:
        return parts
    if not 1 <= changes.part <= len(parts):
        raise UnknownChange("part", str(changes.part), [str(n) for n in range(1, len(parts) + 1)])
    u = _change_names(case, parts[changes.part - 1], changes)
    if changes.kind and changes.kind != u.intent.kind:
        kind = next((k for k in CHOOSABLE_KINDS if k == changes.kind), None)
        if kind is None:
            raise UnknownChange("kind", changes.kind, list(CHOOSABLE_KINDS))
        u = replace(u, intent=Intent(kind, _default_asks(kind, u)))
    changed = _change_period(u, changes)
    if changed.comparison and _named(changed) != _named(parts[changes.part - 1]):  # its sides are those of the question
        changed = replace(changed, intent=Intent("record", "count"), comparison=None)
    return (changed,)


def _named(u: Understanding) -> tuple[object, ...]:
    return u.actors, u.kinds, u.places, u.periods


def _default_asks(kind: AnswerKind, u: Understanding) -> str:
    """Return what a kind of answer is asked for where only the kind was chosen."""
    if kind == "status":
        if any(p.crossing for p in u.places):
            return "crossings"
        keys = {k.key for k in u.kinds}
        return "truces" if "truce" in keys else "latest" if keys else "situation"
    return {"record": "count", "forecast": "probability", "simulation": "future"}.get(kind, "")


def _change_names(case: Case, u: Understanding, changes: UnderstandingChanges) -> Understanding:
    actors, kinds, places, unknown = u.actors, u.kinds, u.places, u.unknown
    if changes.actor:
        actors = () if changes.actor == ANYTHING else (_find_actor(case, changes.actor, u),)
        unknown = tuple(n for n in unknown if not n.elsewhere)
    if changes.event_kind:
        kinds = () if changes.event_kind == ANYTHING else (_find_kind(changes.event_kind),)
    if changes.place:
        places = () if changes.place == ANYTHING else (_find_place(case, changes.place),)
    if changes.actor or changes.event_kind or changes.place:
        plain = tuple(get_event_kind(k.key) if k is ANY_ATTACK else k for k in kinds)
        kinds = refine_kinds(plain, actors, places, case.case)
    return replace(u, actors=actors, kinds=kinds, places=places, unknown=unknown)


def _find_actor(case: Case, key: str, u: Understanding) -> ActorMention:
    """Return a mention of an actor, on the side of the one that it replaces."""
    known = [a.key for a in case.case.cast if is_choosable(a)]
    key = find_actor_key(case.case, key)
    if key not in known:
        raise UnknownChange("actor", key, nearest(key, known))
    side = u.actors[0].side if len(u.actors) == 1 else "any"
    return ActorMention(key, side, actor_name(case, key), 0, 0, key in case.case.keys("group")[:1])


def _find_kind(key: str) -> EventKind:
    try:
        return get_event_kind(key)
    except KeyError:
        raise UnknownChange("kind of event", key, nearest(key, [k.key for k in load_event_kinds()])) from None


def _find_place(case: Case, name: str) -> PlaceMention:
    known: Mapping[str, PlaceMention] = place_choices(case)
    if name not in known:
        raise UnknownChange("place", name, nearest(name, list(known)))
    return known[name]


def _change_period(u: Understanding, changes: UnderstandingChanges) -> Understanding:
    """Return the part with the period chosen; the question's own words stay where the days are the same or say no days."""
    usable = tuple(p for p in u.periods if not p.problem)
    current = replace(u, periods=usable)
    if not changes.dated or (changes.first, changes.last) == (current.first, current.last):
        return u
    if changes.first is None and changes.last is None:
        return replace(u, periods=tuple(p for p in u.periods if p.problem))
    return replace(u, periods=(Period(changes.first, changes.last, "the days chosen", 0, 0),))
