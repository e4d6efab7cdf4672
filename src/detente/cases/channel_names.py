"""Readers' names of channels: from the case file, else a general name with the case's actors."""

from detente.cases.case_file import CaseFile

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
OTHER_NAMES = {"unassigned": "other events", "deaths": "reported deaths"}
UNASSIGNED_RULE = "in the record, but of no kind above"


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
    name = named or OTHER_NAMES.get(key) or GENERAL_NAMES.get(key, key).format(**case.names.model_dump())
    return name[:1].upper() + name[1:] if capital else name


def channel_rule(case: CaseFile, key: str) -> str:
    """Return what the record collects of a channel; empty if the case file does not say."""
    return next((c.rule for c in case.channels if c.key == key), UNASSIGNED_RULE if key == "unassigned" else "")
