"""Channels: assignment of events to kinds of act by roles, type, mode and country; the first matching rule wins.

The rules are in `channels.tsv`. In its `initiators` and `recipients` columns a space means *or*, `a+b` means both,
`!a` excludes a role, `*` means anything, `-` nobody. `soil` is the country of the event; a case's own rules may name
`places` within it. The channel `-` lists events
that belong to no channel, with the reason. A case's own `rules` precede the table.
"""

import csv
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from detente.cases.actors import role_on
from detente.cases.case_file import CaseFile, DisplayNames
from detente.cases.channel_rule import ChannelRule
from detente.events.event import Event
from detente.sources.testimony import load_testimony

ROLE_NAMES = DisplayNames(
    target="the target", host="the host state", host_government="the host", group="the group", border="the border"
)
"""Names of the parties where no case is meant."""

UNIDENTIFIED = "the source does not identify who did it, so whose act it was is unknown"


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
    order = name_parties((*rules, *case.rules, *load_channel_rules()), case.names)
    cast = {a.key: a for a in case.cast}
    # Many events are alike in all that the rules look at; each kind of them is looked up once.
    found: dict[tuple[Any, ...], Assignment] = {}
    out: dict[str, Assignment] = {}
    for e in events:
        did, got = (frozenset(role_on(cast[a], e.day) for a in side) for side in (e.initiators, e.recipients))
        described = e.source in load_testimony() and e.source != "chronology"
        alike = (e.type, e.mode, e.place.country, e.place.province, e.place.name, did, got, described)
        if alike not in found:
            assigned = _assign_event(case, e, order, did, got)
            # Whether anybody claimed an act is known only where a chronology asks for it.
            unclaimed = described and assigned.why.startswith("nobody claimed it")
            found[alike] = Assignment(None, UNIDENTIFIED) if unclaimed else assigned
        out[e.id] = found[alike]
    return out


def name_parties(rules: Iterable[ChannelRule], names: DisplayNames = ROLE_NAMES) -> tuple[ChannelRule, ...]:
    """Return rules whose reasons name the parties; by default their roles.

    Example:
        >>> name_parties(load_channel_rules())[0].why
        'force between the target and the host, both named'
    """
    return tuple(r.model_copy(update={"why": names.fill(r.why)}) for r in rules)


def _assign_event(
    case: CaseFile, event: Event, rules: tuple[ChannelRule, ...], did: Set[str], got: Set[str]
) -> Assignment:
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


def _matches_roles(pattern: str, roles: Set[str]) -> bool:
    if pattern == "-":
        return not roles
    words = pattern.split()
    if any(w[1:] in roles for w in words if w.startswith("!")):
        return False
    wanted = [w for w in words if not w.startswith("!")]
    return not wanted or any(w == "*" or set(w.split("+")) <= roles for w in wanted)
