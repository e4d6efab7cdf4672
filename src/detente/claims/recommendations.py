"""The way forward: five levers, what the record holds of each so far, and what each would change.

The effect comes from paired futures of the fitted system (`model/interventions.py`) with the settings below, which are
examples and no advice; what they assume and what the data make follow from it stand in sentences apart.
"""

from dataclasses import dataclass, replace

from detente.claims.context import View
from detente.claims.intervention_text import assumed, estimated, outlook, ready
from detente.events.event import Event
from detente.measures.event_filter import Selection
from detente.measures.quantity import Measured, counted
from detente.measures.quantity_times import median_held
from detente.measures.truces import held_curve
from detente.model.intervention_spec import BadLever
from detente.model.intervention_spec import levers as read
from detente.model.paired_simulation import Unlevered
from detente.text.numbers import median, number
from detente.text.sentence import Sentence, measured_in, on, say

# By the lever's key in the brief: how it is set on the simulator, for an example that can be made again.
SETTINGS = {
    "joint_counter_terrorism": "joint=+1/month",
    "border_control": "border=0.8",
    "security_dialogue": "dialogue=+2/month",
    "de_linking": "delink=0.5",
    "mediation": "mediation=0.7",
}
HORIZON = 180


@dataclass(frozen=True, slots=True)
class Lever:
    """One thing that could be done: what it is, what the record holds of it, and an event that shows it.

    `effect` says what is assumed of it and, in another sentence, what is estimated to follow; empty where
    no system could be fitted. `setting` is what to give to `detente whatif --lever`.
    """

    key: str
    title: str
    proposal: str
    record: Sentence
    example: str | None
    setting: str = ""
    effect: tuple[Sentence, ...] = ()

    @property
    def numbers(self) -> tuple[Measured, ...]:
        """Every number said."""
        return measured_in((self.record, *self.effect))


def levers(view: View) -> tuple[Lever, ...]:
    """The five levers, in the order in which a reader would ask for them."""
    lived = ready(view, view.system, HORIZON) if view.system else None
    return tuple(
        replace(x, setting=SETTINGS[x.key], effect=_effect(view, SETTINGS[x.key], lived))
        for x in (_joint(view), _border(view), _dialogue(view), _delink(view), _mediation(view))
    )


def _effect(view: View, setting: str, lived: Unlevered | None) -> tuple[Sentence, ...]:
    if lived is None:
        return ()
    changes = read([setting])
    try:
        o = outlook(view, lived.system, changes, (HORIZON,), lived)
    except BadLever:  # the record holds no event of a channel that the lever moves
        return ()
    told = [c for c in ("attack", "strike", "clash", "defiance", "deaths") if c in o.effect.channels]
    return assumed(o, changes, HORIZON), estimated(o, HORIZON, told)


def _last(events: tuple[Event, ...]) -> Event | None:
    return max(events, key=lambda e: (e.span.last, e.id), default=None)


def _tried(
    view: View, key: str, sel: Selection, one: str, many: str, before: str, after: str
) -> tuple[Sentence, str | None]:
    events = sel.of(view.g)
    last = _last(events)
    n = number(counted(view.g, f"lever_{key}", sel, many), one, many)
    if last is None:
        return say(before, n, after, "."), None
    return say(before, n, after, ", the last ", on(last), "."), last.id


def _joint(view: View) -> Lever:
    record, example = _tried(
        view, "joint", view.counter_terrorism, "contact or joint act", "contacts or joint acts",
        "The record holds ", " of the two governments about terrorism or intelligence",
    )  # fmt: skip
    return Lever(
        "joint_counter_terrorism",
        "Joint counter-terrorism",
        "Agree on claims that both can check, such as lists, moves away from the border and shared findings, before "
        "larger steps.",
        record,
        example,
    )


def _border(view: View) -> Lever:
    record, example = _tried(
        view, "border", Selection(channels=("dialogue",), modes=("joint-committee",)), "meeting", "meetings",
        "Border and coordination committees are recorded with ", "",
    )  # fmt: skip
    return Lever(
        "border_control",
        "Institutionalised border control",
        "Give the border committees a calendar, and a rule that a quarrel over a post shuts no crossing to trade.",
        record,
        example,
    )


def _dialogue(view: View) -> Lever:
    contexts = ("terrorism", "intelligence", "military")
    talks = Selection(channels=("dialogue",), modes=("talks", "visit"), contexts=contexts)
    record, example = _tried(
        view, "dialogue", talks, "visit or round of talks", "visits or rounds of talks",
        "Security was the stated subject of ", " between the governments",
    )  # fmt: skip
    return Lever(
        "security_dialogue",
        "A regular security dialogue",
        "Meet on fixed dates, in quiet months too, so that a crisis does not have to begin by arranging a meeting.",
        record,
        example,
    )


def _delink(view: View) -> Lever:
    sel = Selection(
        channels=("concession",), initiators=view.host, types=("COOPERATE", "COERCE"), contexts=("terrorism", "legal"),
        modes=("", "ban"),
    )  # fmt: skip
    record, example = _tried(
        view, "delink", sel, "ruling, order or ban", "rulings, orders or bans",
        "The host's authorities and clerics are recorded with ", " against fighting abroad",
    )  # fmt: skip
    return Lever(
        "de_linking",
        "De-linking ideology from policy",
        "Build on rulings that forbid fighting abroad, put them in writing, and answer them when they are kept.",
        record,
        example,
    )


def _mediation(view: View) -> Lever:
    last = view.g.event(view.rounds[-1].events[0]) if view.rounds else None
    if last is None:
        record = say("No mediated round between the two governments is recorded.")
    else:
        held = median_held("lever_rounds_held", view.rounds, held_curve(view.rounds), "rounds")
        record = say(
            "Half of the mediated rounds were followed by force within ", median(held, "days"),
            "; the last was recorded ",
            on(last), ".",
        )  # fmt: skip
    return Lever(
        "mediation",
        "Third-party mediation",
        "Let mediators stay on after the signing, with a mechanism that says in public who broke what.",
        record,
        last.id if last else None,
    )
