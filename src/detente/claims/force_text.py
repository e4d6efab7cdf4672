"""How force is named: a strike by the target in the host's country is not a fight of the two states' forces.

Sources such as UCDP name the target and the armed group as the two sides, on the host's soil. The host took no part then,
so a sentence names what is on record: strikes by the target in the host's country, clashes of the two forces, or both.
"""

from collections.abc import Iterable

from detente.cases.actors import role_on
from detente.cases.load import CaseData
from detente.events.event import Event


def names_host(g: CaseData, event: Event) -> bool:
    """Whether an event names the host as one that acted or was acted on."""
    return any(role_on(g.case.actor(a), event.day) == "host" for a in (*event.initiators, *event.recipients))


def is_between_states(g: CaseData, event: Event) -> bool:
    """Whether a strike or clash is force between the two states: the source names the host, or it is a clash."""
    return g.channel(event) == "clash" or names_host(g, event)


def name_force_kinds(g: CaseData, events: Iterable[Event]) -> str:
    """Name the kinds of force among strikes and clashes: `strikes by Israel in Lebanon`, `clashes of the two forces`, or both."""
    kinds = {g.channel(e) for e in events}
    names = g.case.names
    named = {"strike": f"strikes by {names.target} in {names.host}", "clash": "clashes of the two forces"}
    return " or ".join(text for kind, text in named.items() if kind in kinds)


def name_latest_force(g: CaseData, event: Event, between: str = "the two states") -> str:
    """Name one strike or clash as the subject of a sentence.

    Args:
        between: the two states in the words of the sentence.
    """
    names = g.case.names
    return f"Force between {between}" if is_between_states(g, event) else f"A strike by {names.target} in {names.host}"
