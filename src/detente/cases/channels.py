"""Channels: which kind of act between roles an event is. One table, read from the top, first match wins.

The table is `channels.tsv`. In its `initiators` and `recipients` columns a space means *or*, `a+b` means
both, `!a` means that no such actor may be there, `*` anything, `-` nobody. `soil` is whose country it
happened in. The channel `-` lists events that belong to no channel, with the reason. A case's own
`rules` are read before the table.
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
    """Where an event belongs: a channel, or None, and why."""

    channel: str | None
    why: str


@cache
def load_channel_rules() -> tuple[ChannelRule, ...]:
    """The shipped table, top to bottom."""
    text = files(__package__).joinpath("channels.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    return tuple(ChannelRule.model_validate(row) for row in rows)


def assign_channels(
    case: CaseFile, events: Iterable[Event], rules: tuple[ChannelRule, ...] = ()
) -> Mapping[str, Assignment]:
    """Each event's channel by event id. `rules` are read first, then the case's, then the table."""
    order = (*rules, *case.rules, *load_channel_rules())
    return {e.id: _assign_event(case, e, order) for e in events}


def _assign_event(case: CaseFile, event: Event, rules: tuple[ChannelRule, ...]) -> Assignment:
    did = {role_on(case.actor(a), event.day) for a in event.initiators}
    got = {role_on(case.actor(a), event.day) for a in event.recipients}
    for rule in rules:
        if (
            _matches_word(rule.types, event.type)
            and _matches_word(rule.modes, event.mode)
            and _matches_soil(rule.soil, case, event)
            and _matches_roles(rule.initiators, did)
            and _matches_roles(rule.recipients, got)
        ):
            return Assignment(None if rule.channel == "-" else rule.channel, rule.why)
    raise AssertionError("the table's last row fits everything")


def _matches_word(allowed: str, word: str) -> bool:
    return allowed == "*" or word in allowed.split()


def _matches_soil(soil: str, case: CaseFile, event: Event) -> bool:
    if soil == "*":
        return True
    return any(r == soil and c == event.place.country for r, c in case.countries.items())


def _matches_roles(pattern: str, roles: set[str]) -> bool:
    if pattern == "-":
        return not roles
    words = pattern.split()
    if any(w[1:] in roles for w in words if w.startswith("!")):
        return False
    wanted = [w for w in words if not w.startswith("!")]
    return not wanted or any(w == "*" or set(w.split("+")) <= roles for w in wanted)
