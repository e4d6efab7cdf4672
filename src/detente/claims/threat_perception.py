"""Threat perception: the governments' use of force against the group, and their accusations and denials.

    force = ASSAULT events with the group as recipient, by who used it
    charges = target's ACCUSE and THREATEN events that name the host;   denials = host's REJECT to the target

How a state perceives a threat is observed only through force and words.

Not tested: whether one state fights the group and the other does not. The record asks for the target's strikes and
operations and for the host's arrests and relocations, but not for the host's force against the group, so it could hardly hold
a counterexample. Reported in addition: d(attack, pressure) > 0, whether the target holds the host to account for attacks.
"""

from dataclasses import replace

from detente.cases.testimony import KIND_WORDS
from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate, estimate_from_share, estimate_response, not_applicable_estimate
from detente.claims.examples import best_documented
from detente.claims.fight_text import name_group, tell_host_fights, tell_target_fights
from detente.claims.finding import Finding
from detente.claims.stated_evidence import StatedQuestion
from detente.measures.event_filter import EventFilter
from detente.measures.quantity import count_quantity, share_quantity
from detente.text.numbers import count_text
from detente.text.sentence import make_sentence

STATED = (StatedQuestion("attack_blamed_stated", ("attack",), "pressure", counted="attack_blamed"),)


def estimate(view: ClaimContext) -> tuple[Estimate, ...]:
    """Estimate the target's share of the force against the group, and the response of pressure to attacks."""
    part = "force against {group} comes from {target} rather than from {host_government}"
    whole = EventFilter(types=("ASSAULT",), initiators=(*view.target, *view.host), recipients=view.groups)
    target = EventFilter(types=("ASSAULT",), initiators=view.target, recipients=view.groups)
    n, k = len(whole.of(view.g)), len(target.of(view.g))
    why = "the record does not ask for force by {host_government} against {group}, so it could hardly hold a counterexample"
    force = Estimate("force_whose", part, None, None, "above", 0.5, True, False, why)
    if not view.collects("operation"):
        force = not_applicable_estimate(view, force, [KIND_WORDS["operation"]])
    elif n:
        m = share_quantity(
            view.g, "force_share", target, whole, "uses of force against the group that are the target's"
        )
        m = replace(m, recipe={**m.recipe, **view.changes})
        force = replace(
            estimate_from_share("force_whose", part, m, k, n, than=0.5, necessary=True), enough=False, why_not=why
        )
    return (
        force,
        estimate_response(
            view, "attack_blamed", "an attack brings pressure on {host_government}", ((1.0, "attack", "pressure"),),
            "acts of pressure",
        ),
    )  # fmt: skip


def describe(view: ClaimContext) -> Finding:
    """Describe each government's force against the group, the accusations and the denials."""
    g, names = view.g, view.g.case.names
    by_target = EventFilter(types=("ASSAULT",), initiators=view.target, recipients=view.groups)
    by_host = EventFilter(types=("ASSAULT",), initiators=view.host, recipients=view.groups)
    charges = EventFilter(types=("ACCUSE", "THREATEN"), initiators=view.target, recipients=view.host)
    denials = EventFilter(types=("REJECT",), initiators=view.host, recipients=view.target)
    n_target = count_quantity(g, "force_target", by_target, "target's uses of force against the group")
    n_host = count_quantity(g, "force_host", by_host, "host's uses of force against the group")
    n_charges = count_quantity(g, "charges", charges, "target's accusations and threats that name the host")
    n_denials = count_quantity(g, "host_denials", denials, "host's rejections addressed to the target")
    rejections = [e for e in denials.of(g) if e.context == "terrorism"] or denials.of(g)
    # Of fights nobody is said to have begun them, so a count of one side's acts beside them would be too low.
    fights = [s for s in (tell_target_fights(view), tell_host_fights(view)) if s]
    force = make_sentence(
        f"{names.target} is recorded with ", count_text(n_target, "use of force", "uses of force"),
        f" against {name_group(view)}, {names.host_government} with ",
        count_text(n_host, "such act", "such acts"), ".",
    )  # fmt: skip
    return Finding(
        claim="threat_perception",
        headline=(
            "Force against the group is on record from one state only; the record did not ask for the other's"
            if n_target.value and not n_host.value
            else "The threat is charged in words; force against the group is not on record"
            if not n_target.value
            else "Both states have used force against the group, one far more than the other"
        ),
        sentences=(
            *(fights or [force]),
            make_sentence(
                f"{names.target} is recorded as having accused or threatened {names.host_government} on ",
                count_text(n_charges, "occasion", "occasions"), "; they rejected what it said or asked on ",
                count_text(n_denials, "occasion", "occasions"), ".",
            ),
        ),
        short=fights[0] if fights else make_sentence(
            f"{names.target} used force against {name_group(view)} in ",
            count_text(n_target, "recorded event", "recorded events"), f", {names.host_government} in ",
            count_text(n_host, "event", "events"), ".",
        ),
        limits=make_sentence(
            "The record of operations inside the target state is thin: the chronology kept the deadliest and those "
            "tied to the border. What officials say in public is not all they believe."
        ),
        pools=(best_documented(charges.of(g)), best_documented(rejections)),
        enough=bool(n_target.value or n_charges.value),
    )  # fmt: skip
