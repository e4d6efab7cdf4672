"""Channel assignment on single events and on the whole flagship."""

import csv
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from detente.cases.actors import role_on
from detente.cases.channel_rule import CHANNELS, COUNTED_CHANNELS, ChannelRule
from detente.cases.channels import assign_channels, load_channel_rules
from detente.claims.context import ClaimContext
from detente.core.place import Place
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
        ("AFG", "TTP", "COOPERATE", "arrest-militants", "AFG", "restraint"),
        ("AFG", "TTP", "COERCE", "ban", "AFG", "restraint"),
        ("AFG", "ISKP", "ASSAULT", "raid", "AFG", "restraint"),
        ("AFG", "ISKP;AAF", "COERCE", "arrest", "AFG", "restraint"),
        ("AFG", "AAF", "MOBILIZE", "deploy", "AFG", None),  # neither force nor arrest
        ("AAF", "AFG", "ASSAULT", "raid", "AFG", None),  # the rivals' act, not the host's
        ("PAK", "ISKP", "ASSAULT", "raid", "PAK", None),
        ("AFG", "PAK", "COOPERATE", "relocate-militants", "AFG", "concession"),  # told to the target
        ("AFG", "TTP;PAK", "COOPERATE", "relocate-militants", "AFG", "concession"),
        ("AFG", "TTP", "RETREAT", "release", "AFG", None),  # for the group, not for the target
        ("AFG", "", "COOPERATE", "", "AFG", "restraint"),
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
    assert sum(count.values()) == len(FLAGSHIP.events) == 1413
    assert set(count) == {*COUNTED_CHANNELS, None}
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


@pytest.mark.parametrize(
    ("province", "place", "channel"),
    [
        ("Khyber Pakhtunkhwa", "Datta Khel", "operation"),
        ("Balochistan", "Sambaza", "operation"),
        ("Balochistan", "Zhob", "operation"),
        ("Balochistan", "Quetta", None),
        ("Punjab", "Mianwali", None),
        ("", "", None),
    ],
)
def test_unnamed_fighters_count_by_the_border(province: str, place: str, channel: str | None) -> None:
    """Force against unnamed fighters is an operation in Khyber Pakhtunkhwa and Balochistan's border districts only."""
    e = make_event(DAY, "PAK", "UNK", "ASSAULT", "raid", country="PAK")
    e = replace(e, place=Place("PAK", province, place))
    assert assign_channels(FLAGSHIP.case, [e])[e.id].channel == channel


def test_counts_follow_from_the_chronology() -> None:
    """Operations against unnamed fighters and acts of restraint are those that the rows give."""
    file = FLAGSHIP.case.folder / FLAGSHIP.case.chronology
    with file.open(newline="", encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    unnamed = {
        r["event_id"] for r in rows
        if (r["initiator"], r["target"], r["event_type"], r["country"]) == ("PAK", "UNK", "ASSAULT", "PAK")
        and (r["admin1"] == "Khyber Pakhtunkhwa" or r["place"] == "Sambaza")
    }  # fmt: skip
    assert unnamed == {e.id for e in FLAGSHIP.of("operation") if e.recipients == ("UNK",)}
    held = {
        r["event_id"] for r in rows
        if r["initiator"] == "AFG"
        and (
            (r["target"] in ("ISKP", "AAF", "ISKP;AAF") and r["event_type"] in ("ASSAULT", "COERCE", "COOPERATE"))
            or (r["target"] == "TTP" and r["event_type"] in ("COERCE", "COOPERATE"))
            or (r["target"] == "" and r["event_type"] == "COOPERATE")
        )
    }  # fmt: skip
    assert held == {e.id for e in FLAGSHIP.of("restraint")}
    assert (len(unnamed), len(held)) == (86, 101)


def test_restraint_is_not_fitted() -> None:
    """The model's channels are the ten others, and an event of restraint is in none of its counts."""
    c = ClaimContext(FLAGSHIP).counts()
    assert c.channels == CHANNELS
    assert "restraint" not in CHANNELS
    assert not {e.id for e in FLAGSHIP.of("restraint")} & set(ClaimContext(FLAGSHIP).labels("host"))
