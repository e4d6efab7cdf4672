"""Linkage: does the host act against the group, and with what?

    acts = host's COOPERATE and COERCE events with the group as recipient
    force = host's ASSAULT events with the group as recipient

The claim is that ties of ideology and organisation keep the host from acting. Ties are not observed;
what the host is reported to have done and said is. Source: Salehyan (2009), Rebels without Borders.

Tested, with d(j, k) the direct response of k to one event of j within 30 days:

    after attacks   d(attack, defiance) - d(attack, concession of the host) > 0
    rivals          share of the host's acts of force and detention that fall on the group, of those on the
                    group and its rivals, < 1/2; asked only where ten acts against rivals are on record
"""

from dataclasses import replace

from detente.claims.context import View
from detente.claims.estimate import FEW, Estimate, response, share_of
from detente.claims.finding import Finding, best
from detente.core.date_range import in_words
from detente.measures.event_filter import Selection
from detente.measures.quantity import counted, shared
from detente.text.numbers import number
from detente.text.sentence import Chosen, say


def estimates(view: View) -> tuple[Estimate, ...]:
    """After attacks, does the host defy or yield; and does it treat the group as it treats its rivals?"""
    rather = (1.0, "attack", "defiance"), (-1.0, "attack", "concession")
    return (
        response(
            view, "attack_rather", "after an attack the host answers by defiance rather than by concession", rather,
            "defiance less concessions of the host", necessary=True,
        ),
        _rivals(view),
        response(
            view, "attack_concession", "an attack brings concessions by the host",
            ((1.0, "attack", "concession"),), "concessions of the host",
        ),
    )  # fmt: skip


def _rivals(view: View) -> Estimate:
    part = "the host uses force and detention less often against the group than against its own rivals"

    def acts(*on: str) -> Selection:
        return Selection(types=("ASSAULT", "COERCE"), initiators=view.host, recipients=on)

    rivals = view.keys("rival")
    both, group = acts(*view.groups, *rivals), acts(*view.groups)
    against_rivals = len(acts(*rivals).of(view.g)) if rivals else 0
    n, k = len(both.of(view.g)), len(group.of(view.g))
    if not n:
        return Estimate("rivals", part, None, None, "below", 0.5, True, False, "no such act is on record")
    m = shared(view.g, "rivals_share", group, both, "host's force and detentions that fall on the group")
    e = share_of(
        "rivals", part, replace(m, recipe={**m.recipe, **view.changes}), k, n, than=0.5, claimed="below", necessary=True
    )
    why = "fewer than ten acts against rivals are on record, since the chronology did not set out to collect them"
    return e if against_rivals >= FEW else replace(e, enough=False, why_not=why)


def find(view: View) -> Finding:
    """What the host is recorded to have done about the group."""
    g, names = view.g, view.g.case.names
    acts = Selection(types=("COOPERATE", "COERCE"), initiators=view.host, recipients=view.groups)
    force = Selection(types=("ASSAULT",), initiators=view.host, recipients=view.groups)
    detained = Selection(modes=("arrest-militants",), initiators=view.host, recipients=view.groups)
    moved = Selection(modes=("relocate-militants",), initiators=view.host, recipients=(*view.groups, *view.target))
    watchers = Selection(types=("ACCUSE",), initiators=("UN",), every=view.host, recipients=view.groups)
    denials = Selection(types=("REJECT",), initiators=view.host)
    rivals = Selection(initiators=view.host, recipients=view.keys("rival"))
    n_acts, n_force = (
        counted(g, "acts", acts, "host's acts against the group"),
        counted(g, "force", force, "host's uses of force against the group"),
    )
    n_un = counted(g, "un_reports", watchers, "United Nations statements that the host shelters the group")
    n_denials = counted(g, "denials", denials, "host's rejections")
    shown = (best([*detained.of(g), *moved.of(g)]), best(watchers.of(g)))
    return Finding(
        claim="linkage",
        headline=(
            "No act of the host against the group is on record"
            if not n_acts.value and not n_force.value
            else "The host restrains the group by word and detention, never by recorded force"
            if not n_force.value
            else "The host acts against the group, sometimes by force"
        ),
        sentences=(
            say(
                "Since ",
                Chosen(in_words(g.case.first), "the first day of the case"),
                f" {names.host_government} are recorded with ",
                number(n_acts, "act", "acts"),
                f" against {names.group} and its allies, among them ",
                number(counted(g, "detained", detained, "reports of detentions"), "report", "reports"),
                " of detentions and ",
                number(counted(g, "moved", moved, "reports of relocations"), "report", "reports"),
                " of fighters or families moved or offered to be moved, and with ",
                number(n_force, "use of force", "uses of force"),
                ".",
            ),
            say(
                "Over the same time ",
                number(n_un, "United Nations statement", "United Nations statements"),
                f" named {names.host} as the group's shelter, and {names.host_government} are recorded with ",
                number(n_denials, "rejection", "rejections"),
                " of what others said or asked.",
            ),
        ),
        short=say(
            f"{names.host_government[0].upper()}{names.host_government[1:]} are recorded with ",
            number(n_acts, "act", "acts"),
            f" against {names.group} and its allies but ",
            number(n_force, "use of force", "uses of force"),
            ".",
        ),
        limits=say(
            "Most of these acts are known from one side's officials and were not verified. How the host treats "
            "its own rivals cannot be compared here: the chronology did not set out to collect it and holds ",
            number(counted(g, "rivals", rivals, "host's acts against its rivals"), "such act", "such acts"),
            ".",
        ),
        pools=shown,
        enough=bool(n_acts.value or n_un.value),
    )
