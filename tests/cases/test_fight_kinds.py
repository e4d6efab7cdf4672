"""Fights of two sides in a case's kinds: their reason, the names of kinds that count them, and counts of them."""

from detente.cases.channel_names import channel_name
from detente.cases.fights import is_fight
from detente.cases.testimony import find_uncounted_kinds
from detente.claims.intervention_text import name_channel
from detente.text.glossary import list_kinds
from support.fight_world import ATTACK_RULE, RESTRAINT_RULE, WHY, make_fight, make_fight_world
from support.ucdp_world import open_world
from support.worlds import FLAGSHIP


def test_host_fights_group_has_own_reason() -> None:
    """A fight of the host with the group is in no kind because nobody is said to have begun it."""
    g = make_fight_world()
    why = {g.assignments[e.id].why for e in g.events if "AFG" in e.initiators}
    assert why == {"both are named as fighting, so who began is not stated; a case's own rule may decide"}


def test_unidentified_actor_is_not_called_unclaimed() -> None:
    """UCDP does not identify an actor; whether anybody claimed the act is not known from it."""
    g = make_fight_world()
    (event,) = [e for e in g.events if "UNK" in e.initiators]
    assert g.assignments[event.id].why.startswith("the source does not identify who did it")


def test_kind_with_fights_is_named_so() -> None:
    """A kind in which the case's own rules count fights is named after both; the flagship keeps its names."""
    case = make_fight_world().case
    assert channel_name(case, "attack") == "fights with and attacks by the TTP in Pakistan"
    assert channel_name(FLAGSHIP.case, "attack") == "TTP attacks in Pakistan"


def test_glossary_gives_rule_of_case() -> None:
    """A kind that a rule of the case fills is explained by that rule."""
    entries = {e.key: e.short for e in list_kinds(make_fight_world().case)}
    assert entries["attack"] == f"A rule of the case file: {WHY}."
    assert entries["strike"] == "The case file gives no rule."


def test_table_counts_kind_of_own_rule() -> None:
    """Fights that a rule counts as restraint stand in the table of counts, and zero of them is known."""
    g = make_fight_world(ATTACK_RULE, RESTRAINT_RULE)
    assert find_uncounted_kinds(g, ("restraint", "defiance")) == ("defiance",)
    rows = open_world(g).counts("year").to_dict()["rows"]
    assert [r["restraint"] for r in rows] == [3]
    assert "restraint" not in open_world(make_fight_world()).counts("year").channels


def test_simulator_names_kind_with_fights() -> None:
    """Texts that shorten the names of kinds keep the name of one that counts fights."""
    case = make_fight_world().case
    assert name_channel(case, "attack") == "fights with and attacks by the TTP in Pakistan"
    assert name_channel(case, "strike") == "strikes"


def test_two_unidentified_sides_leave_initiator_open() -> None:
    """UCDP gives both sides of a fight one name where it identifies neither, so nobody is said to have begun it."""
    fight = make_fight(1, "UNK", "PAK")
    assert (is_fight(fight), is_fight(make_fight(1, "UNK", "PAK", "PAK_CIV"))) == (True, False)
