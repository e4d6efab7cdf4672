"""Which channel an event is in: the rules on events made for them, and the whole flagship."""

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
        ("TTP", "PAK", "ASSAULT", "raid", "AFG", None),  # not on target soil
        ("UNK", "PAK", "ASSAULT", "firearms", "PAK", None),  # nobody claimed it
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
def test_an_event_falls_in_the_channel_that_its_roles_type_mode_and_soil_say(
    who: str, whom: str, kind: str, mode: str, country: str, channel: str | None
) -> None:
    e = make_event(DAY, who, whom, kind, mode, country=country)
    found = assign_channels(FLAGSHIP.case, [e])[e.id]
    assert found.channel == channel
    assert found.why


def test_every_event_has_a_channel_or_a_reason_and_none_is_lost() -> None:
    count = Counter(FLAGSHIP.channel(e) for e in FLAGSHIP.events)
    assert sum(count.values()) == len(FLAGSHIP.events) == 835
    assert set(count) == {*CHANNELS, None}
    assert len(FLAGSHIP.unassigned) == count[None]
    assert all(a.why for a in FLAGSHIP.assignments.values())


def test_the_last_row_of_the_table_fits_everything_and_gives_no_channel() -> None:
    last = load_channel_rules()[-1]
    assert (last.channel, last.initiators, last.recipients, last.types, last.modes, last.soil) == ("-", *"*****")


def test_a_cases_own_rules_are_read_before_the_table() -> None:
    e = make_event(DAY, "UNK", "PAK", "ASSAULT", "firearms", country="PAK")
    rule = ChannelRule(
        channel="attack", initiators="unknown", recipients="target", types="ASSAULT", soil="target", why="chosen"
    )
    case = FLAGSHIP.case.model_copy(update={"rules": (rule,)})
    assert assign_channels(case, [e])[e.id].channel == "attack"
    assert assign_channels(FLAGSHIP.case, [e], (rule,))[e.id].channel == "attack"
    assert assign_channels(FLAGSHIP.case, [e])[e.id].channel is None


def test_before_the_takeover_the_taliban_are_no_host() -> None:
    taliban = FLAGSHIP.case.actor("AFG")
    assert role_on(taliban, date(2021, 8, 14)) == "other"
    assert role_on(taliban, date(2021, 8, 15)) == "host"
    assert role_on(FLAGSHIP.case.actor("PAK_CIV"), DAY) == "target-civilians"
