"""Readers' names of channels: from the case file, else a general name with the case's actors."""

from detente.cases.case_file import CaseFile
from detente.cases.channel_rule import CHANNELS, COUNTED_CHANNELS

GENERAL_NAMES = {
    "attack": "attacks by {group} in {target}",
    "operation": "operations by {target} at home against {group}",
    "strike": "strikes by {target} in {host}",
    "clash": "clashes between forces of {target} and {host_government}",
    "pressure": "pressure by {target}",
    "defiance": "rejections and threats by {host_government}",
    "dialogue": "talks between the governments",
    "concession": "concessions",
    "truce": "truces with {group}",
    "outside": "acts by outsiders",
    "restraint": "force against rivals and restraint of {group} by {host_government}",
}
FIGHT_NAMES = {
    "attack": "fights with and attacks by {group} in {target}",
    "restraint": "fights of {host_government} with {group} or rivals, and restraint of them",
}
"""Names where a case's own rules count fights in the channel, of which the source does not say who began."""
OTHER_NAMES = {"unassigned": "other events", "deaths": "reported deaths"}
UNASSIGNED_RULE = "in the record, but of no kind above"


def counts_fights(case: CaseFile, channel: str) -> bool:
    """Return whether a case's own rules count fights in a channel: force of two sides with no recipient.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> counts_fights(load_case_file("turkiye-iraq-pkk"), "attack"), counts_fights(load_case_file("pakistan-afghanistan"), "attack")
        (True, False)
    """
    return any(
        r.channel == channel and r.recipients == "-" and any("+" in w for w in r.initiators.split()) for r in case.rules
    )


def channel_name(case: CaseFile, key: str, *, capital: bool = False) -> str:
    """Return the reader's name of a channel; a key that is no channel is returned as it is.

    Args:
        capital: write the first letter large, as at the start of a line.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> case = load_case_file("pakistan-afghanistan")
        >>> channel_name(case, "strike"), channel_name(case, "clash", capital=True)
        ('Pakistani strikes in Afghanistan', 'Clashes between Pakistani and Taliban forces')
    """
    named = next((c.name for c in case.channels if c.key == key), "")
    general = (FIGHT_NAMES if key in FIGHT_NAMES and counts_fights(case, key) else GENERAL_NAMES).get(key, key)
    name = named or OTHER_NAMES.get(key) or general.format(**case.names.model_dump())
    return name[:1].upper() + name[1:] if capital else name


def channel_rule(case: CaseFile, key: str) -> str:
    """Return what the record collects of a channel; empty if the case file does not say."""
    return next((c.rule for c in case.channels if c.key == key), UNASSIGNED_RULE if key == "unassigned" else "")


def list_own_rules(case: CaseFile, key: str) -> tuple[str, ...]:
    """List the reasons of a case's own rules that put events into a channel, with the parties' names.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> list_own_rules(load_case_file("turkiye-iraq-pkk"), "attack")
        ("the source does not say who began; on the target's soil it is counted as the group's attack",)
    """
    return tuple(dict.fromkeys(case.names.fill(r.why) for r in case.rules if r.channel == key))


def list_table_channels(case: CaseFile) -> tuple[str, ...]:
    """List the channels of a case's tables of counts: the ten of the model, and others that its own rules fill.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> list_table_channels(load_case_file("turkiye-iraq-pkk")) == CHANNELS
        True
    """
    own = {r.channel for r in case.rules}
    return (*CHANNELS, *(c for c in COUNTED_CHANNELS if c not in CHANNELS and c in own))
