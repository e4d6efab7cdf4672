"""Channel assignment on single events and on the whole flagship."""

from collections import Counter
from datetime import date

import pytest

from detente.cases.actors import role_on
from detente.cases.channel_rule import CHANNELS, ChannelRule
from detente.cases.channels import assign_channels, load_channel_rules
from support.worlds import FLAGSHIP, make_event

DAY = date(2025, 1, 1)


@pytest.mark.parametrize(
    ("who", "whom", "kind", "mode", "country", "channel"),
    [
        ("TTP", "PAK", "ASSAULT", "raid", "PAK", "attack"),
        ("HGB;TTP", "PAK;PAK_CIV", "ASSAULT", "suicide-attack", "PAK", "attack"),
        ("TTP", "PAK", "ASSAULT", "raid", "AFG", None),  # not in the target's country
        ("UNK", "PAK", "ASSAULT", "firearms", "PAK", None),  # unclaimed
        ("BLA", "PAK", "ASSAULT", "raid", "PAK", None),  # outside the triad
        ("ISKP", "PAK_CIV", "ASSAULT", "suicide-attack", "PAK", None),
        ("PAK", "TTP", "ASSAULT", "raid", "PAK", "operation"),
        ("PAK", "TTP", "ASSAULT", "airstrike", "AFG", "strike"),
        ("PAK", "AFG_CIV", "ASSAULT", "artillery", "AFG", "strike"),
        ("PAK", "AFG", "ASSAULT", "airstrike", "AFG", "strike"),
        ("PAK", "AFG", "ASSAULT", "clash", "AFG", "clash"),
        ("PAK;AFG", "", "ASSAULT", "clash", "AFG", "clash"),
        ("AFG", "PAK", "ASSAULT", "drone-strike", "PAK", "clash"),
        ("AFG;TTP", "PAK", "ASSAULT", "clash", "PAK", "clash"),
        ("PAK", "AFG", "ACCUSE", "", "PAK", "pressure"),
        ("PAK", "AFG_CIV", "COERCE", "deport", "PAK", "pressure"),
        ("PAK", "AFG;TTP", "THREATEN", "", "PAK", "pressure"),
        ("AFG", "PAK", "REJECT", "", "AFG", "defiance"),
        ("AFG", "PAK", "SANCTION", "close-crossing", "AFG", "defiance"),
        ("PAK;AFG", "", "SANCTION", "close-crossing", "PAK", None),  # who pressed whom is not stated
        ("PAK;AFG", "", "AGREE", "", "PAK", "dialogue"),
        ("PAK", "AFG", "CONSULT", "visit", "AFG", "dialogue"),
        ("TUR;QAT", "PAK;AFG", "CONSULT", "third-party-talks", "TUR", "dialogue"),
        ("CHN;PAK;AFG", "", "CONSULT", "third-party-talks", "CHN", "dialogue"),
        ("CHN;PAK;RUS", "AFG", "CONSULT", "third-party-talks", "RUS", "outside"),  # about the host, without it
        ("AFG", "TTP", "COOPERATE", "arrest-militants", "AFG", "concession"),
        ("AFG", "TTP;PAK", "COOPERATE", "relocate-militants", "AFG", "concession"),
        ("AFG", "TTP", "RETREAT", "release", "AFG", None),  # for the group, not for the target
        ("AFG", "", "COOPERATE", "", "AFG", "concession"),
        ("PAK", "AFG", "AID", "", "PAK", "concession"),
        ("IND;AFG", "", "COOPERATE", "trade", "IND", "outside"),
        ("PAK", "TTP", "CONCEDE", "", "PAK", "truce"),
        ("TTP;PAK", "", "RETREAT", "ceasefire", "PAK", "truce"),
        ("PAK", "TTP;AFG", "CONSULT", "talks", "AFG", "truce"),
        ("AFG", "PAK;TTP", "CONSULT", "third-party-talks", "AFG", "truce"),
        ("PAK", "TTP", "REJECT", "", "PAK", None),
        ("UN", "TTP;AFG", "ACCUSE", "", "USA", "outside"),
        ("IND", "AFG", "CONSULT", "visit", "AFG", "outside"),
        ("QAT", "PAK;AFG", "REQUEST", "", "QAT", "outside"),
        ("PAK_CIV", "PAK", "PROTEST", "", "PAK", None),
        ("USA", "BLA", "SANCTION", "", "USA", None),
    ],
)
def test_channel_follows_roles_type_mode_soil(
    who: str, whom: str, kind: str, mode: str, country: str, channel: str | None
) -> None:
    """An event's channel follows from its roles, type, mode and country."""
    e = make_event(DAY, who, whom, kind, mode, country=country)
    assignment = assign_channels(FLAGSHIP.case, [e])[e.id]
    assert assignment.channel == channel
    assert assignment.why


def test_every_event_has_channel_or_reason() -> None:
    """Every event has a channel or a reason for having none."""
    count = Counter(FLAGSHIP.channel(e) for e in FLAGSHIP.events)
    assert sum(count.values()) == len(FLAGSHIP.events) == 835
    assert set(count) == {*CHANNELS, None}
    assert len(FLAGSHIP.unassigned) == count[None]
    assert all(a.why for a in FLAGSHIP.assignments.values())


def test_last_rule_matches_everything() -> None:
    """The last row of the table matches everything and assigns no channel."""
    last = load_channel_rules()[-1]
    assert (last.channel, last.initiators, last.recipients, last.types, last.modes, last.soil) == ("-", *"*****")


def test_case_rules_precede_table() -> None:
    """A case's own rules come before the table."""
    e = make_event(DAY, "UNK", "PAK", "ASSAULT", "firearms", country="PAK")
    rule = ChannelRule(
        channel="attack", initiators="unknown", recipients="target", types="ASSAULT", soil="target", why="chosen"
    )
    case = FLAGSHIP.case.model_copy(update={"rules": (rule,)})
    assert assign_channels(case, [e])[e.id].channel == "attack"
    assert assign_channels(FLAGSHIP.case, [e], (rule,))[e.id].channel == "attack"
    assert assign_channels(FLAGSHIP.case, [e])[e.id].channel is None


def test_taliban_are_host_from_takeover() -> None:
    """The Taliban have the role host only from the takeover on."""
    taliban = FLAGSHIP.case.actor("AFG")
    assert role_on(taliban, date(2021, 8, 14)) == "other"
    assert role_on(taliban, date(2021, 8, 15)) == "host"
    assert role_on(FLAGSHIP.case.actor("PAK_CIV"), DAY) == "target-civilians"
