"""Threat perception: who uses force against the group, and what is said of it?

    force = ASSAULT events with the group as recipient, by who used it
    charges = target's ACCUSE and THREATEN events that name the host;   denials = host's REJECT to the target

Force and words are what can be seen of how a state perceives a threat.

Tested:

    force   share of the two governments' uses of force against the group that are the target's > 1/2

and told beside it: d(attack, pressure) > 0, whether the target holds the host to account for attacks.
"""

from dataclasses import replace

from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate, estimate_from_share, estimate_response
from detente.claims.finding import Finding, best_documented
from detente.measures.event_filter import EventFilter
from detente.measures.quantity import count_quantity, share_quantity
from detente.text.numbers import count_text
from detente.text.sentence import make_sentence


def estimate(view: ClaimContext) -> tuple[Estimate, ...]:
    """Whose force is used against the group?"""
    part = "force against the group is the target's rather than the host's"
    whole = EventFilter(types=("ASSAULT",), initiators=(*view.target, *view.host), recipients=view.groups)
    ours = EventFilter(types=("ASSAULT",), initiators=view.target, recipients=view.groups)
    n, k = len(whole.of(view.g)), len(ours.of(view.g))
    if n:
        m = share_quantity(view.g, "force_share", ours, whole, "uses of force against the group that are the target's")
        m = replace(m, recipe={**m.recipe, **view.changes})
        force = estimate_from_share("force_whose", part, m, k, n, than=0.5, necessary=True)
    else:
        force = Estimate(
            "force_whose", part, None, None, "above", 0.5, True, False, "no use of force against it is on record"
        )
    return (
        force,
        estimate_response(
            view, "attack_blamed", "an attack brings pressure on the host", ((1.0, "attack", "pressure"),),
            "acts of pressure",
        ),
    )  # fmt: skip


def describe(view: ClaimContext) -> Finding:
    """Force against the group on either side, charges and denials."""
    g, names = view.g, view.g.case.names
    ours = EventFilter(types=("ASSAULT",), initiators=view.target, recipients=view.groups)
    theirs = EventFilter(types=("ASSAULT",), initiators=view.host, recipients=view.groups)
    charges = EventFilter(types=("ACCUSE", "THREATEN"), initiators=view.target, recipients=view.host)
    denials = EventFilter(types=("REJECT",), initiators=view.host, recipients=view.target)
    n_ours = count_quantity(g, "force_target", ours, "target's uses of force against the group")
    n_theirs = count_quantity(g, "force_host", theirs, "host's uses of force against the group")
    n_charges = count_quantity(g, "charges", charges, "target's accusations and threats that name the host")
    n_denials = count_quantity(g, "host_denials", denials, "host's rejections addressed to the target")
    answers = [e for e in denials.of(g) if e.context == "terrorism"] or denials.of(g)
    return Finding(
        claim="threat_perception",
        headline=(
            "One state fights the group as an enemy; the other is not recorded to have fought it at all"
            if n_ours.value and not n_theirs.value
            else "The threat is charged in words; force against the group is not on record"
            if not n_ours.value
            else "Both states have used force against the group, one far more than the other"
        ),
        sentences=(
            make_sentence(
                f"{names.target} is recorded with ",
                count_text(n_ours, "use of force", "uses of force"),
                f" against {names.group} and its allies, {names.host_government} with ",
                count_text(n_theirs, "such act", "such acts"),
                ".",
            ),
            make_sentence(
                f"{names.target} is recorded as having accused or threatened {names.host_government} on ",
                count_text(n_charges, "occasion", "occasions"),
                "; they rejected what it said or asked on ",
                count_text(n_denials, "occasion", "occasions"),
                ".",
            ),
        ),
        short=make_sentence(
            f"{names.target} used force against {names.group} and its allies in ",
            count_text(n_ours, "recorded event", "recorded events"),
            f", {names.host_government} in ",
            count_text(n_theirs, "event", "events"),
            ".",
        ),
        limits=make_sentence(
            "The record of operations inside the target state is thin: the chronology kept the deadliest and those "
            "tied to the border. What officials say in public is not all they believe."
        ),
        pools=(best_documented(charges.of(g)), best_documented(answers)),
        enough=bool(n_ours.value or n_charges.value),
    )
