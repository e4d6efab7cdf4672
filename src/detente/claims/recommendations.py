"""Recommendations: five policy options, the record of each so far, and what the model can say of it.

For three of them that comes from paired simulations of the fitted model (`model/interventions.py`) with the settings below.
The settings are examples, not advice. A case file without policy options proposes nothing: then only the settings are named that
the simulator can try. Assumptions and estimates are in separate sentences. Talks and concessions come when
violence is near, so the effect of more of them is not identified: for these the record of what followed them is told instead.
"""

from dataclasses import dataclass, replace

from detente.cases.testimony import KIND_WORDS, collects, describe_gaps
from detente.claims.context import ClaimContext
from detente.claims.intervention_text import (
    TraceableEffect,
    build_future_baseline,
    describe_assumption,
    describe_effect,
    run_intervention,
)
from detente.measures.event_filter import EventFilter
from detente.measures.history import MIN_COVERED_DAYS, count_covered_days
from detente.measures.quantity import Quantity, count_quantity
from detente.measures.quantity_times import median_duration_quantity
from detente.measures.truces import fit_duration_curve
from detente.model.intervention_spec import BadIntervention, parse_interventions
from detente.model.paired_simulation import BaselinePaths
from detente.text.numbers import count_text, follow_up_pieces, median_text
from detente.text.sentence import ConventionPiece, Sentence, collect_quantities, format_on_date, make_sentence

# The example setting of each policy option, by its key in the brief, as `detente whatif` takes it.
INTERVENTION_SPECS = {
    "border_control": "border=0.8",
    "de_linking": "delink=0.5",
    "mediation": "mediation=0.7",
}
HORIZON, FOLLOWED_DAYS = 180, 30
NO_SENTENCE = make_sentence()
ASSUMPTION_WORDS = {
    "border_control": "one attack in five were prevented",
    "de_linking": "pressure met half as many rejections",
    "mediation": "three in ten strikes and clashes that answer hostile acts stayed away",
}
# What the settings change, where the case file proposes no option.
SETTING_TITLES = {
    "border_control": "Fewer attacks",
    "de_linking": "Fewer rejections of pressure",
    "mediation": "Fewer strikes and clashes in answer",
}
NOT_PROPOSED = "A setting of the simulator; the case file gives no policy options."
# Keys of the options in a case's background, and those of the simulator's options.
BACKGROUND_KEYS = {
    "joint_counter_terrorism": "joint", "border_control": "border", "security_dialogue": "dialogue",
    "de_linking": "delink", "mediation": "mediation",
}  # fmt: skip


RECORD_KINDS = {
    "joint_counter_terrorism": "dialogue", "border_control": "dialogue", "security_dialogue": "dialogue",
    "de_linking": "concession", "mediation": "dialogue",
}  # fmt: skip
"""The kind of event that the record of each option consists of."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One policy option: the proposal, its record so far, and the id of an example event.

    Fields:
        proposal: what it is, from the case's background where it has one. given: whether the case file gives policy options;
        without any this is a setting of the simulator, and `record` is empty. record: what the record holds of it.
        precedent, precedent_events: what came of the nearest attempts, by the case's background. objection: the best one.
        expectation: what the model expects, in one plain sentence. clear: whether that is an effect beyond what is assumed.
        setting: its value for `detente whatif --lever`, empty where the option is not simulated.
        effect: a sentence with the assumption and one with the estimate, or what followed such acts so far.
        sources: ids of events, addresses and publications behind proposal, precedent and objection.
    """

    key: str
    title: str
    proposal: str
    record: Sentence
    example: str | None
    setting: str = ""
    effect: tuple[Sentence, ...] = ()
    precedent: str = ""
    precedent_events: tuple[str, ...] = ()
    objection: str = ""
    expectation: Sentence = NO_SENTENCE
    clear: bool = False
    sources: tuple[str, ...] = ()
    given: bool = True

    @property
    def numbers(self) -> tuple[Quantity, ...]:
        """Every quantity in its sentences."""
        return collect_quantities((self.record, self.expectation, *self.effect))


def list_recommendations(view: ClaimContext) -> tuple[Recommendation, ...]:
    """The five policy options, in their order in the brief.

    A case whose background gives no options proposes none: then the settings are listed that the simulator can try on it.
    The cache in use keeps them, since three rest on simulations.
    """
    return view.cached("recommendations", lambda: view.keep("recommendations", lambda: _list_recommendations(view)))


def _list_recommendations(view: ClaimContext) -> tuple[Recommendation, ...]:
    baseline = build_future_baseline(view, view.system, HORIZON) if view.system and has_year(view) else None
    options = (_joint_counter_terrorism, _border_control, _security_dialogue, _de_linking, _mediation)
    given = bool(view.g.background and view.g.background.options)
    if not given and baseline is None:
        return ()
    listed = [_limit_to_sources(view, _add_effect(view, option(view), baseline)) for option in options]
    if not given:
        return tuple(_as_setting(x) for x in listed if x.setting and x.effect)
    return tuple(_add_background(view, x) for x in listed)


def has_year(view: ClaimContext) -> bool:
    """Whether the record has the covered days that a forecast needs; with fewer no change is simulated either."""
    return count_covered_days(view.g) >= MIN_COVERED_DAYS


def _limit_to_sources(view: ClaimContext, x: Recommendation) -> Recommendation:
    """Say what the sources do not record where the option's record rests on it; zero would be unknown there."""
    kind = RECORD_KINDS[x.key]
    if collects(view.g, kind):
        return x
    gap = make_sentence(f"{describe_gaps(view.g, [KIND_WORDS[kind]])}.")
    return replace(x, record=gap, example=None, effect=x.effect if x.setting else ())


def _as_setting(x: Recommendation) -> Recommendation:
    """Name an option by what its setting changes, since nobody proposed it; the record of such proposals is left out."""
    return replace(
        x, title=SETTING_TITLES[x.key], proposal=NOT_PROPOSED, given=False, record=NO_SENTENCE, example=None
    )  # fmt: skip


def _add_background(view: ClaimContext, x: Recommendation) -> Recommendation:
    background = view.g.background
    b = background.options.get(BACKGROUND_KEYS[x.key]) if background else None
    if b is None:
        return x
    return replace(
        x, title=b.name, proposal=b.what, precedent=b.precedent, precedent_events=b.precedent_events, objection=b.counter,
        sources=(*b.sources, *b.counter_sources),
    )  # fmt: skip


def _add_effect(view: ClaimContext, x: Recommendation, baseline: BaselinePaths | None) -> Recommendation:
    setting = INTERVENTION_SPECS.get(x.key, "")
    if not setting:
        return replace(
            x, expectation=make_sentence("Its effect cannot be estimated: talks may be held because violence is near.")
        )
    o = _simulate(view, setting, baseline)
    if o is None:
        return replace(x, setting=setting, expectation=make_sentence("The record is too thin for the model to say."))
    channels = [c for c in ("attack", "strike", "clash", "defiance", "deaths") if c in o.effect.channels]
    effect = describe_assumption(o, parse_interventions([setting]), HORIZON), describe_effect(o, HORIZON, channels)
    clear, expectation = _describe_expectation(x.key, o)
    return replace(x, setting=setting, effect=effect, clear=clear, expectation=expectation)


def _describe_expectation(key: str, o: TraceableEffect) -> tuple[bool, Sentence]:
    """Say whether the model expects a change of deaths beyond what the example assumes.

    The change counts as clear only where the columns of the simulator agree on its sign and the interval with all
    responses excludes what is assumed by itself.
    """
    assumed = ConventionPiece(ASSUMPTION_WORDS[key], f"the example setting {INTERVENTION_SPECS[key]}")
    what = "deaths" if "deaths" in o.effect.channels else "attack"
    if what in o.few:
        return False, make_sentence(
            "If ", assumed, ", what the model expects is not estimated: there are too few events."
        )
    whole, direct = o.number(what, "whole", HORIZON), o.number(what, "direct", HORIZON).value or 0.0
    low, high = whole.low or 0.0, whole.high or 0.0
    agreed = o.effect.agreed_sign(o.effect.horizons.index(HORIZON), o.effect.channels.index(what))
    if agreed and not low <= direct <= high:
        change = f"{'fewer' if (whole.value or 0.0) < direct else 'more'} {'deaths' if what == 'deaths' else 'attacks'}"
        return True, make_sentence("If ", assumed, f", the model expects {change} than this alone would bring.")
    return False, make_sentence("If ", assumed, ", the model shows no clear effect beyond that assumption.")


def _describe_following(view: ClaimContext, key: str, sel: EventFilter, what: str) -> tuple[Sentence, ...]:
    """How often force followed such acts, compared with nearby days; empty where none has its following days observed."""
    followed = view.follow_up(
        f"lever_{key}_force", sel, view.channel("strike", "clash"), FOLLOWED_DAYS, "a strike or clash"
    )
    if followed is None:
        return ()
    within = ConventionPiece(f"{FOLLOWED_DAYS}\u00a0days", "a month, as for responses")
    return (
        make_sentence(
            "A strike or clash came within ", within, " of ", *follow_up_pieces(followed, f" of days with {what}"),
            "). Since they are held when force is near, this does not show what more of them would bring, and none is simulated.",
        ),
    )  # fmt: skip


def _simulate(view: ClaimContext, setting: str, baseline: BaselinePaths | None) -> TraceableEffect | None:
    if baseline is None:
        return None
    try:
        return run_intervention(view, baseline.system, parse_interventions([setting]), (HORIZON,), baseline)
    except BadIntervention:  # no event is recorded in a channel that the intervention changes
        return None


def _describe_record(
    view: ClaimContext, key: str, sel: EventFilter, one: str, many: str, before: str, after: str
) -> tuple[Sentence, str | None]:
    last = max(sel.of(view.g), key=lambda e: (e.span.last, e.id), default=None)
    n = count_text(count_quantity(view.g, f"lever_{key}", sel, many), one, many)
    if last is None:
        return make_sentence(before, n, after, "."), None
    return make_sentence(before, n, after, ", the last ", format_on_date(last), "."), last.id


def _joint_counter_terrorism(view: ClaimContext) -> Recommendation:
    record, example = _describe_record(
        view, "joint", view.counter_terrorism, "contact or joint act", "contacts or joint acts",
        "The record holds ", " of the two governments about terrorism or intelligence",
    )  # fmt: skip
    return Recommendation(
        "joint_counter_terrorism", "Joint counter-terrorism",
        "Agree on claims that both can check, such as lists, moves away from the border and shared findings, before "
        "larger steps.", record, example,
        effect=_describe_following(view, "joint", view.counter_terrorism, "such a contact or act"),
    )  # fmt: skip


def _border_control(view: ClaimContext) -> Recommendation:
    record, example = _describe_record(
        view, "border", EventFilter(channels=("dialogue",), modes=("joint-committee",)), "meeting", "meetings",
        "Border and coordination committees are recorded with ", "",
    )  # fmt: skip
    return Recommendation(
        "border_control", "Institutionalised border control",
        "Give the border committees a calendar, and a rule that a quarrel over a post shuts no crossing to trade.",
        record, example,
    )  # fmt: skip


def _security_dialogue(view: ClaimContext) -> Recommendation:
    contexts = ("terrorism", "intelligence", "military")
    talks = EventFilter(channels=("dialogue",), modes=("talks", "visit"), contexts=contexts)
    record, example = _describe_record(
        view, "dialogue", talks, "visit or round of talks", "visits or rounds of talks",
        "Security was the stated subject of ", " between the governments",
    )  # fmt: skip
    return Recommendation(
        "security_dialogue", "A regular security dialogue",
        "Meet on fixed dates, in quiet months too, so that a crisis does not have to begin by arranging a meeting.",
        record, example, effect=_describe_following(view, "dialogue", talks, "such talks"),
    )  # fmt: skip


def _de_linking(view: ClaimContext) -> Recommendation:
    sel = EventFilter(
        channels=("concession",), initiators=view.host, types=("COOPERATE", "COERCE"), contexts=("terrorism", "legal"),
        modes=("", "ban"),
    )  # fmt: skip
    record, example = _describe_record(
        view, "delink", sel, "ruling, order or ban", "rulings, orders or bans",
        f"{view.g.case.names.host_government[0].upper()}{view.g.case.names.host_government[1:]} and clerics are recorded with ",
        " against fighting abroad",
    )  # fmt: skip
    return Recommendation(
        "de_linking", "De-linking ideology from policy",
        "Build on rulings that forbid fighting abroad, put them in writing, and answer them when they are kept.",
        record, example,
    )  # fmt: skip


def _mediation(view: ClaimContext) -> Recommendation:
    last = view.g.event(view.rounds[-1].events[0]) if view.rounds else None
    if last is None:
        record = make_sentence("No mediated round between the two governments is recorded.")
    else:
        held = median_duration_quantity("lever_rounds_held", view.rounds, fit_duration_curve(view.rounds), "rounds")
        record = make_sentence(
            "Half of the mediated rounds were followed by force within ", median_text(held, "days"),
            "; the last was recorded ", format_on_date(last), ".",
        )  # fmt: skip
    return Recommendation(
        "mediation", "Third-party mediation",
        "Let mediators stay on after the signing, with a mechanism that says in public who broke what.",
        record, last.id if last else None,
    )  # fmt: skip
