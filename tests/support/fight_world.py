"""A small case made of UCDP alone, in which the host itself fights the group; its own rules count fights as attacks."""

from dataclasses import replace

from detente.cases.case_file import UserDataSource
from detente.cases.channel_rule import ChannelRule
from detente.cases.channels import assign_channels
from detente.cases.load import CaseData
from detente.events.event import Event, ReportedDeaths
from support.small_case import keep_few_actors
from support.worlds import make_event, make_world, nth_day

WHY = "the source does not say who began; on the target's soil it is counted as the group's attack"
ATTACK_RULE = ChannelRule(
    channel="attack", initiators="target+group", recipients="-", types="ASSAULT", soil="target", why=WHY
)
RESTRAINT_RULE = ChannelRule(
    channel="restraint", initiators="host+group", recipients="-", types="ASSAULT", soil="host", why="the host fights the group"
)  # fmt: skip


def make_fight(n: int, who: str, country: str, whom: str = "", civilian: int = 0) -> Event:
    """One event on day n as UCDP tells it, with one to two deaths; `whom` is given for violence against civilians only."""
    tolls = ReportedDeaths(low=1, best=1, high=2, civilian=civilian)
    return replace(make_event(nth_day(n), who, whom, "ASSAULT", country=country, n=n, tolls=tolls), source="ucdp")


def make_fight_world(*rules: ChannelRule) -> CaseData:
    """Pakistan and the TTP fight twice in Pakistan, the Taliban and the TTP three times in Afghanistan.

    Beside them the TTP kills civilians once in each country, and somebody whom UCDP does not identify once in Pakistan.

    Args:
        rules: of the case; the one on attacks if none is given.
    """
    events = [
        make_fight(1, "PAK;TTP", "PAK"), make_fight(2, "PAK;TTP", "PAK"), make_fight(40, "TTP", "PAK", "PAK_CIV", civilian=1),
        make_fight(4, "AFG;TTP", "AFG"), make_fight(5, "AFG;TTP", "AFG"), make_fight(45, "AFG;TTP", "AFG"),
        make_fight(7, "TTP", "AFG", "AFG_CIV", civilian=2), make_fight(8, "UNK", "PAK", "PAK_CIV"),
    ]  # fmt: skip
    g = make_world(events, 120)
    few = keep_few_actors(g.case)
    brought = (UserDataSource(source="ucdp", where="Made up."),)
    case = few.model_copy(
        update={
            "cast": tuple(a for a in few.cast if a.key != "JUA"), "channels": (), "chronology": "", "geometry": "", "background": "",
            "brought": brought, "rules": rules or (ATTACK_RULE,),
        }
    )  # fmt: skip
    release = replace(g.release, source="ucdp")
    return replace(g, case=case, release=release, background=None, assignments=assign_channels(case, g.events))
