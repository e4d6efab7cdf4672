"""Linkage: the host's acts against the group.

    acts = host's COOPERATE and COERCE events with the group as recipient
    force = host's ASSAULT events with the group as recipient
    restraint = the host's force, arrests, relocations and bans against the group or against its own rivals; counted,
                not fitted

The claim is that ties with the group keep the host from acting. The ties are not observed. The host's reported acts and
words are. Source: Salehyan (2009), Rebels without Borders.

Tested, with d(j, k) the direct response of k to one event of j within 30 days and r(k) the daily rate of k:

    after attacks   d(attack, defiance) / r(defiance) - d(attack, concession of the host) / r(concession) > 0
    rivals          share of the events of restraint that fall on the group, of those on the group and its rivals,
                    < 1/2; tested only where ten acts against rivals are on record

A concession is an act towards the target. Acts against the group are restraint, so the first part leaves them out; a
third, which decides nothing, says how often attacks are followed by such an act.
"""

from dataclasses import replace

from detente.claims.context import ClaimContext
from detente.claims.estimate import (
    RESPONSE_DAYS,
    Estimate,
    estimate_follow_up,
    estimate_from_share,
    estimate_response,
    filter_gaps,
    not_applicable_estimate,
)
from detente.claims.examples import best_documented
from detente.claims.fight_text import name_group, tell_host_fights
from detente.claims.finding import Finding
from detente.claims.stated_evidence import StatedQuestion
from detente.claims.verdict import ENOUGH_EVENTS
from detente.core.date_range import format_date
from detente.measures.event_filter import EventFilter
from detente.measures.quantity import count_quantity, share_quantity
from detente.text.numbers import count_text
from detente.text.sentence import ConventionPiece, make_sentence

STATED = (
    StatedQuestion("attack_defiance_stated", ("attack",), "defiance"),
    StatedQuestion("attack_concession_stated", ("attack",), "concession"),
    StatedQuestion("attack_restraint_stated", ("attack",), "restraint", counted="attack_restraint"),
)


def estimate(view: ClaimContext) -> tuple[Estimate, ...]:
    """Estimate the host's response to attacks, and its force against the group relative to its rivals."""
    rather = (1.0, "attack", "defiance"), (-1.0, "attack", "concession")
    return (
        estimate_response(
            view, "attack_rather",
            "after an attack rejections rise by more, relative to how common they are, than concessions by {host_government}", rather,
            "rejections less concessions, each in days of its usual rate,", necessary=True, relative=True,
        ),
        _estimate_against_rivals(view),
        estimate_response(
            view, "attack_concession", "an attack brings concessions by {host_government}",
            ((1.0, "attack", "concession"),), "concessions",
        ),
        estimate_follow_up(
            view, "attack_restraint", "acts by {host_government} against {group} follow attacks more often than nearby days",
            view.channel("attack"), EventFilter(channels=("restraint",), recipients=view.groups), RESPONSE_DAYS,
            "an act of the host against the group",
        ),
    )  # fmt: skip


def _estimate_against_rivals(view: ClaimContext) -> Estimate:
    part = "acts by {host_government} against {group} are rarer than acts against their own rivals"

    def acts(*on: str) -> EventFilter:
        return EventFilter(channels=("restraint",), recipients=on)

    rivals = view.keys("rival")
    both, group = acts(*view.groups, *rivals), acts(*view.groups)
    blank = Estimate("rivals", part, None, None, "below", 0.5, True, False, "no such act is on record")
    if gaps := filter_gaps(view, both):
        return not_applicable_estimate(view, blank, gaps)
    against_rivals = len(acts(*rivals).of(view.g)) if rivals else 0
    n, k = len(both.of(view.g)), len(group.of(view.g))
    if not n:
        return blank
    m = share_quantity(view.g, "rivals_share", group, both, "host's acts of restraint that fall on the group")
    e = estimate_from_share(
        "rivals", part, replace(m, recipe={**m.recipe, **view.changes}), k, n, than=0.5, claimed="below", necessary=True
    )
    why = "fewer than ten acts against rivals are on record"
    return e if against_rivals >= ENOUGH_EVENTS else replace(e, enough=False, why_not=why)


def describe(view: ClaimContext) -> Finding:
    """Describe the host's recorded acts towards the group."""
    g, names = view.g, view.g.case.names
    acts = EventFilter(types=("COOPERATE", "COERCE"), initiators=view.host, recipients=view.groups)
    force = EventFilter(types=("ASSAULT",), initiators=view.host, recipients=view.groups)
    detained = EventFilter(modes=("arrest-militants",), initiators=view.host, recipients=view.groups)
    moved = EventFilter(modes=("relocate-militants",), initiators=view.host, recipients=(*view.groups, *view.target))
    watchers = EventFilter(types=("ACCUSE",), initiators=("UN",), every=view.host, recipients=view.groups)
    denials = EventFilter(types=("REJECT",), initiators=view.host)
    rivals = EventFilter(channels=("restraint",), recipients=view.keys("rival"))
    n_acts = count_quantity(g, "acts", acts, "host's acts against the group")
    n_force = count_quantity(g, "force", force, "host's uses of force against the group")
    n_un = count_quantity(g, "un_reports", watchers, "United Nations statements that the host shelters the group")
    n_denials = count_quantity(g, "denials", denials, "host's rejections")
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
            *([fights] if (fights := tell_host_fights(view)) else []),
            make_sentence(
                "Since ", ConventionPiece(format_date(g.case.first), "the first day of the case"),
                f" {names.host_government} are recorded with ", count_text(n_acts, "act", "acts"),
                f" against {name_group(view)}, among them ",
                count_text(count_quantity(g, "detained", detained, "reports of detentions"), "report", "reports"),
                " of detentions and ",
                count_text(count_quantity(g, "moved", moved, "reports of relocations"), "report", "reports"),
                " of fighters or families moved or offered to be moved, and with ",
                count_text(n_force, "use of force", "uses of force"), ".",
            ),
            make_sentence(
                "Over the same time ", count_text(n_un, "United Nations statement", "United Nations statements"),
                f" named {names.host} as the group's shelter, and {names.host_government} are recorded with ",
                count_text(n_denials, "rejection", "rejections"), " of what others said or asked.",
            ),
        ),
        short=make_sentence(
            f"{names.host_government[0].upper()}{names.host_government[1:]} are recorded with ",
            count_text(n_acts, "act", "acts"), f" against {name_group(view)} but ",
            count_text(n_force, "use of force", "uses of force"), ".",
        ),
        limits=make_sentence(
            "Most of these acts are known from one side's officials and were not verified. Denials are more often reported than "
            "concessions, which may be made in private. Of its force, arrests and bans, ",
            count_text(count_quantity(g, "rivals", rivals, "host's acts against its rivals"), "act falls", "acts fall"),
            " on its own rivals; how completely such acts were collected differs by period.",
        ),
        pools=(best_documented([*detained.of(g), *moved.of(g)]), best_documented(watchers.of(g))),
        enough=bool(n_acts.value or n_un.value),
    )  # fmt: skip
