"""Channels: assignment of events to kinds of act by roles, type, mode and country; the first matching rule wins.

The rules are in `channels.tsv`. In its `initiators` and `recipients` columns a space means *or*, `a+b` means both,
`!a` excludes a role, `*` means anything, `-` nobody. `soil` is the country of the event; a case's own rules may name
`places` within it. The channel `-` lists events
that belong to no channel, with the reason. A case's own `rules` precede the table.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from detente.cases.actors import role_on
from detente.cases.case_file import CaseFile
from detente.cases.channel_rule import ChannelRule
from detente.events.event import Event


@dataclass(frozen=True, slots=True)
class Assignment:
    """Channel of an event, or None, and the reason."""

    channel: str | None
    why: str


@cache
def load_channel_rules() -> tuple[ChannelRule, ...]:
    """Load the shipped table, in order."""
    text = files(__package__).joinpath("channels.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    return tuple(ChannelRule.model_validate(row) for row in rows)


def assign_channels(
    case: CaseFile, events: Iterable[Event], rules: tuple[ChannelRule, ...] = ()
) -> Mapping[str, Assignment]:
    """Assign a channel to each event id. `rules` come first, then the case's, then the table."""
    names = case.names.model_dump()
    order = tuple(replace_why(r, names) for r in (*rules, *case.rules, *load_channel_rules()))
    return {e.id: _assign_event(case, e, order) for e in events}


def replace_why(rule: ChannelRule, names: Mapping[str, str]) -> ChannelRule:
    """Return a rule whose reason names the parties: `{target}`, `{host}`, `{host_government}` and `{group}` are filled in.

    Example:
        >>> replace_why(load_channel_rules()[0], {"target": "Pakistan", "host_government": "the Taliban authorities"}).why
        'force between Pakistan and the Taliban authorities, both named'
    """
    why = rule.why
    for key, name in names.items():
        why = why.replace(f"{{{key}}}", name)
    return rule if why == rule.why else rule.model_copy(update={"why": why})


def _assign_event(case: CaseFile, event: Event, rules: tuple[ChannelRule, ...]) -> Assignment:
    did = {role_on(case.actor(a), event.day) for a in event.initiators}
    got = {role_on(case.actor(a), event.day) for a in event.recipients}
    for rule in rules:
        if (
            _matches_word(rule.types, event.type)
            and _matches_word(rule.modes, event.mode)
            and _matches_soil(rule.soil, case, event)
            and _matches_places(rule.places, event)
            and _matches_roles(rule.initiators, did)
            and _matches_roles(rule.recipients, got)
        ):
            return Assignment(None if rule.channel == "-" else rule.channel, rule.why)
    raise AssertionError("no rule matched, but the table's last row matches everything")


def _matches_word(allowed: str, word: str) -> bool:
    return allowed == "*" or word in allowed.split()


def _matches_soil(soil: str, case: CaseFile, event: Event) -> bool:
    if soil == "*":
        return True
    return any(r == soil and c == event.place.country for r, c in case.countries.items())


def _matches_places(places: tuple[str, ...], event: Event) -> bool:
    at = (event.place.country, event.place.province, event.place.name)
    return not places or any(at[: p.count("/") + 1] == tuple(p.split("/")) for p in places)


def _matches_roles(pattern: str, roles: set[str]) -> bool:
    if pattern == "-":
        return not roles
    words = pattern.split()
    if any(w[1:] in roles for w in words if w.startswith("!")):
        return False
    wanted = [w for w in words if not w.startswith("!")]
    return not wanted or any(w == "*" or set(w.split("+")) <= roles for w in wanted)
