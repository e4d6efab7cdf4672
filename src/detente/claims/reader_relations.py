"""The reader's text of the claims on relations: linkage, safe haven, trust, sovereignty and spillover."""

from detente.cases.testimony import list_sources
from detente.claims.context import NEAR_KM, ClaimContext, effect_filter
from detente.claims.fight_text import find_host_fights, name_recorded_attacks, tell_host_fights
from detente.claims.finding import Finding
from detente.claims.force_text import is_between_states
from detente.claims.reader_text import (
    ON_RECORD,
    MarkedSentence,
    ReaderText,
    StatedShare,
    choose_headline,
    count_stated,
    name_kind,
    part_verdicts,
    pool_examples,
    say,
    say_response,
    say_stated,
)
from detente.measures.distance import distances_km
from detente.measures.event_filter import EventFilter
from detente.measures.quantity import Quantity, count_quantity, deaths_quantity
from detente.measures.quantity_places import near_border_share
from detente.measures.quantity_times import closed_days_quantity
from detente.measures.stated_responses import CLOSURE
from detente.sources.testimony import load_testimony
from detente.text.numbers import compare_with_nearby, count_text, range_text
from detente.text.sentence import ConventionPiece, NumberPiece

ENOUGH_STATED = 5
"""Stated reactions from which a headline speaks of them."""


def is_stated(stated: StatedShare | None) -> bool:
    """Whether enough reports present such acts as reactions for a headline to say so."""
    return stated is not None and (stated.reacting.value or 0) >= ENOUGH_STATED


def reacting_events(view: ClaimContext, stated: StatedShare | None) -> tuple[str, ...]:
    """The events that their reports present as reactions, the best documented first."""
    return pool_examples(view.g.event(i) for i in stated.reacting.events) if stated else ()


def tell_linkage(view: ClaimContext, f: Finding) -> ReaderText:
    """What the host does about the group, compared with its rivals."""
    g, names = view.g, view.g.case.names
    verdicts = part_verdicts(f)
    rivals = next((e for e in f.estimates if e.key == "rivals"), None)
    fights = tell_host_fights(view)
    out: list[MarkedSentence] = [MarkedSentence(ON_RECORD, fights)] if fights else []
    if rivals is not None and rivals.enough and rivals.measured is not None:
        share = NumberPiece(rivals.measured, f"{100 * (rivals.measured.value or 0):.0f}\u00a0%")
        out.append(
            say(verdicts["rivals"], f"Of the recorded raids, arrests and bans by {names.host_government}, ", share,
                f" fall on {names.group} and the rest on their own rivals.",
            )
        )  # fmt: skip
    acts = EventFilter(channels=("restraint",), recipients=view.groups)
    n = count_quantity(g, "acts_against_group", acts, "acts of the host against the group")
    if n.value:
        out.append(
            say(ON_RECORD, "The record holds ", count_text(n, "act", "acts"),
                f" by {names.host_government} against {names.group}, such as arrests and relocations.",
            )
        )  # fmt: skip
    word = verdicts.get("attack_rather", "too little data")
    out.append(
        say(word, f"After {name_kind(view, 'attack')}, rejections rise by more than concessions.")
        if word == "supported"
        else say(word, f"After {name_kind(view, 'attack')}, rejections probably rise by more than concessions.")
        if word == "leaning"
        else say(word, f"There is too little to compare what follows {name_kind(view, 'attack')}.")
        if word == "too little data"
        else say(word, f"That {name_kind(view, 'attack')} bring rejections rather than concessions is not shown.")
    )
    shown = pool_examples(acts.of(g)) or pool_examples(find_host_fights(view))
    return ReaderText(choose_headline(f, view, recorded=_name_recorded(view)), tuple(out), out[0], shown)


def _name_recorded(view: ClaimContext) -> str:
    """Which headline tells what sources without statements record of the host's acts: fights, other force, or neither."""
    if find_host_fights(view):
        return "fights"
    described = set(list_sources(view.g)) <= set(load_testimony())
    return "force" if described and view.collects("clash") and not view.collects("defiance") else ""


def tell_safe_haven(view: ClaimContext, f: Finding) -> ReaderText:
    """Where attacks fall, and whether strikes follow them."""
    g, names = view.g, view.g.case.names
    attacks = g.of("attack")
    stated = count_stated(view, view.channel("strike"), ("attack",), "strikes_stated_attack")
    out: list[MarkedSentence] = []
    if stated:
        out.append(say_stated(stated, name_kind(view, "strike"), name_kind(view, "attack")))
    if view.geography is not None and distances_km(attacks, view.geography.border):
        border, line = names.border, view.geography.border
        near = near_border_share(g, "near", view.channel("attack"), line, border, NEAR_KM)
        share = NumberPiece(near, f"{100 * (near.value or 0):.0f}\u00a0%")
        distance = ConventionPiece(
            f"{NEAR_KM:.0f}\u00a0km", "the distance within which an attack counts as near the border"
        )
        out.append(
            say(ON_RECORD, f"Of the recorded {name_recorded_attacks(view)} with a known place, ", share, " fell within ", distance,
                f" of {border}.",
            )
        )  # fmt: skip
    out.append(say_response(view, f, "attack_strikes", "attack", "strike"))
    shown = reacting_events(view, stated) or pool_examples(g.of("strike"))
    return ReaderText(choose_headline(f, view, stated=is_stated(stated)), tuple(out), out[0], shown)


def tell_trust(view: ClaimContext, f: Finding) -> ReaderText:
    """How relations changed, and what follows strikes."""
    names = view.g.case.names
    word = part_verdicts(f).get("index", "too little data")
    parties = f"{names.target} and {names.host_government}"
    worse = {
        "supported": f"Relations have worsened: words between {parties} were more hostile in the later half of the record.",
        "leaning": f"Relations have probably worsened: words between {parties} seem more hostile in the later half of the record.",
        "contradicted": f"Words between {parties} were less hostile in the later half of the record.",
        "too little data": f"Too few weeks are on record to say how relations between {parties} changed.",
    }.get(word, f"That words between {parties} became more hostile is not shown.")
    answer = say(word, worse)
    stated = count_stated(view, view.channel("defiance"), ("strike",), "defiance_stated_strike")
    out = [answer]
    if stated and stated.reacting.value:
        out.append(say_stated(stated, name_kind(view, "defiance"), name_kind(view, "strike")))
    out.append(say_response(view, f, "strike_defied", "strike", "defiance"))
    if part_verdicts(f).get("strike_clashes") in ("supported", "leaning", "contradicted"):
        out.append(say_response(view, f, "strike_clashes", "strike", "clash"))
    return ReaderText(choose_headline(f, view), tuple(out), answer, pool_examples(view.g.of("defiance")))


def tell_sovereignty(view: ClaimContext, f: Finding) -> ReaderText:
    """What follows pressure."""
    names = view.g.case.names
    stated = count_stated(view, view.channel("defiance"), ("pressure",), "defiance_stated_pressure")
    out: list[MarkedSentence] = []
    if stated:
        out.append(say_stated(stated, name_kind(view, "defiance"), name_kind(view, "pressure")))
    given = view.follow_up(
        "pressure_concession", view.channel("pressure"), view.host_concession, 14, "a concession by the host"
    )
    if given:
        share = NumberPiece(given[0], f"{100 * (given[0].value or 0):.0f}\u00a0%")
        compared = compare_with_nearby(*given).replace("than", "than on").replace("not clearly more or less often than on", "about as often as on")  # fmt: skip
        out.append(
            say(ON_RECORD, f"A concession by {names.host_government} followed ", share,
                f" of the days with such pressure within two weeks, {compared} other days.",
            )
        )  # fmt: skip
    out.append(say_response(view, f, "pressure_defied", "pressure", "defiance"))
    shown = reacting_events(view, stated) or pool_examples(view.g.of("pressure"))
    return ReaderText(choose_headline(f, view, stated=is_stated(stated)), tuple(out), out[0], shown)


def tell_spillover(view: ClaimContext, f: Finding) -> ReaderText:
    """Crossings, civilians, and what fighting does to them."""
    g = view.g
    stated = count_stated(view, effect_filter(view, CLOSURE), ("strike", "clash"), "closures_stated_force")
    out: list[MarkedSentence] = []
    if stated:
        out.append(say_stated(stated, "closures of crossings or trade", "strikes or clashes"))
    shut = _shut_main_crossing(view)
    if shut is not None:
        name, days = shut
        out.append(
            say(ON_RECORD, f"Trade could not pass {name} on ", range_text(days), " of the observed days.")
        )  # fmt: skip
    civilians = EventFilter(channels=("strike", "clash"), civilians=True)
    if any(e.tolls.civilian is not None for e in g.of("strike", "clash")):
        toll = deaths_quantity(g, "civilians_force", civilians, civilian=True)
        out.append(
            say(ON_RECORD, "Reports that give a figure count ", range_text(toll, "civilian deaths"),
                f" in {_name_force_with_figures(view)}.",
            )
        )  # fmt: skip
    word = part_verdicts(f).get("force_closures", "too little data")
    if word in ("supported", "leaning"):
        probably = "" if word == "supported" else "probably "
        out.append(say(word, f"Closures {probably}come more often after strikes and clashes than on nearby days."))
    elif not out:
        out.append(say(word, "Nothing is recorded from which an effect on crossings could be told."))
    partial = is_stated(stated) and stated is not None and stated.reacting.value != stated.whole.value
    return ReaderText(
        choose_headline(f, view, stated=partial),
        tuple(out[:3]),
        out[0],
        reacting_events(view, stated) or pool_examples(effect_filter(view, CLOSURE).of(g)),
    )


def _name_force_with_figures(view: ClaimContext) -> str:
    """Strikes and clashes of which reports give civilian deaths; strikes alone where no other event names the host."""
    g, names = view.g, view.g.case.names
    told = [e for e in g.of("strike", "clash") if e.tolls.civilian is not None]
    if any(is_between_states(g, e) for e in told):
        return f"strikes and clashes of {names.target} and {names.host_government}"
    return f"strikes by {names.target} in {names.host}"


def _shut_main_crossing(view: ClaimContext) -> tuple[str, Quantity] | None:
    """The crossing that the case lists first among those ever closed, and its days without trade."""
    for crossing in view.g.case.crossings:
        days = closed_days_quantity(view.g, f"shut_{crossing.key}", crossing)
        if days.high:
            return crossing.name, days
    return None
