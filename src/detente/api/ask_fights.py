"""What answers say of fights of which the source does not say who began, and of force outside the kind that was asked for.

A case counts as attacks or strikes what its rules take for them, often in one country only. A source such as UCDP holds
fights of the same actors elsewhere, so a zero or a number of that kind alone would hide them.
"""

from collections.abc import Sequence
from dataclasses import replace

from detente.api.ask_parts import kind_name
from detente.api.ask_selection import describe_selection, say_untold, select_events
from detente.api.case import Case
from detente.cases.channel_rule import FORCE_CHANNELS
from detente.cases.fights import is_fight, name_fight_sources, say_untold_initiator
from detente.cases.testimony import list_sources
from detente.events.event import Event
from detente.questions.understanding import ANY_ATTACK, Understanding
from detente.sources.testimony import format_source_name, load_testimony
from detente.text.numbers import join_words


def find_force_beyond(case: Case, u: Understanding) -> tuple[Event, ...]:
    """Find the force that meets every condition of a question but its kind; empty where the kinds are not of force.

    A chronology collects kinds by rules of its own, so force outside them is no more than what it happens to hold.
    """
    if "chronology" in list_sources(case.g) or not any(set(k.channels) & set(FORCE_CHANNELS) for k in u.kinds):
        return ()
    own = {e.id for e in select_events(case, u)}
    return tuple(e for e in select_events(case, name_any_force(u)) if e.id not in own)


def name_any_force(u: Understanding) -> Understanding:
    """Return a question with every kind of force in place of its kinds."""
    return replace(u, kinds=(ANY_ATTACK,))


def say_force_beyond(case: Case, u: Understanding, found: Sequence[Event], beyond: Sequence[Event]) -> list[str]:
    """Say how much force there is outside the kind that was asked for."""
    if not beyond:
        return []
    wide, n = name_any_force(u), len(beyond)
    what = describe_selection(case, wide, many=n != 1, found=beyond)
    kinds = join_words([f"“{kind_name(case, k)}”" for k in u.kinds])
    if found:
        return [f"Outside the kind {kinds} the record holds {n:,} more {what}."]
    return [
        f"Of the kind {kinds} the record holds none here. Outside it the record holds {n:,} {what}.",
        *say_untold(wide, beyond),
    ]


def say_ranked_fights(case: Case, u: Understanding, top: Sequence[Event]) -> list[str]:
    """Say which of the deadliest events are fights, and whether the first is of the kind that was asked for."""
    fights = [e for e in top if is_fight(e)]
    out = []
    channels = {c for k in u.kinds for c in k.channels}
    if fights and channels and case.g.channel(top[0]) not in channels:
        out.append(f"It is not of the kind {join_words([f'“{kind_name(case, k)}”' for k in u.kinds])}.")
    if fights:
        which = "It is a fight" if len(top) == 1 else f"{len(fights)} of these {len(top)} events are fights"
        which = f"All {len(top)} of these events are fights" if len(fights) == len(top) > 1 else which
        out.append(f"{which}: {say_untold_initiator(name_fight_sources(fights))}.")
    return out


def name_best_figure(found: Sequence[Event], many: bool = False) -> str:
    """Name the figure that stands between the lowest and the highest: what it is depends on the source.

    Args:
        many: of several events.
    """
    sources = {e.source for e in found}
    figure = "figures" if many else "figure"
    if not sources or not sources <= set(load_testimony()) - {"chronology"}:
        return f"the most independent {figure}"
    return f"the best {figure} of {join_words(sorted(format_source_name(s) for s in sources))}"


def say_civilian_figures(found: Sequence[Event]) -> str:
    """Say of which deaths the record holds figures apart."""
    if found and {e.source for e in found} == {"ucdp"}:
        return "UCDP gives one figure of civilian deaths an event. It also counts the deaths of each side, which are not read here."
    return "The record holds one figure of civilian deaths an event, and none of fighters."
