"""Questions for an effect, a motive or shelter: answered in the direction asked, from model or background, or refused.

The claims test some pairs of kinds only. Another pair is answered by the response of the fitted model; a pair that the
model does not hold is named and refused. The record holds acts, so motives come from the background or from nowhere.
"""

from collections.abc import Sequence
from dataclasses import replace

from detente.api.ask_analysis import list_not_covered
from detente.api.ask_collection import find_kind_gaps
from detente.api.ask_parts import build_understood, event_links, find_provinces
from detente.api.case import Case
from detente.api.offered_questions import suggest_questions
from detente.api.results.answers import AnswerLink, PartialAnswer
from detente.cases.channel_names import channel_name
from detente.cases.channel_rule import CHANNELS
from detente.cases.testimony import collects, describe_gaps
from detente.claims.estimate_text import format_signed
from detente.core.publishers import is_address
from detente.model.responses_table import ResponseRow
from detente.questions.effect import EffectQuestion, asks_motive, asks_shelter, parse_effect
from detente.questions.event_kind import EventKind, find_kinds
from detente.questions.mentions import find_names
from detente.questions.period import NO_CALENDAR
from detente.questions.understanding import ANY_ATTACK, Understanding, refine_kinds
from detente.text.numbers import join_words
from detente.text.probability_words import format_percent, probability_word

FORCE = ("attack", "operation", "strike", "clash")
CAUSES = (*FORCE, "pressure")
TESTED = (("attack", "strike"),)
"""Pairs of cause and effect that a claim answers in words of its own."""
STRIKE_MODES = ("airstrike", "drone-strike", "shelling")
OFFERED = 3
"""Questions that a refusal offers."""
MOTIVES, SHELTER = "who_fights_whom", "group_and_host"
"""Keys of the background's notes on what the group wants, and on the group and the host."""


def answer_effect(
    case: Case, u: Understanding, *, only_match: bool = False, tested: bool = False
) -> PartialAnswer | None:
    """Answer a part of a question that asks for an effect, a motive or shelter; None if the claims are to answer it.

    Args:
        only_match: leave the answer out. tested: answer pairs too that a claim tests, since no claim was found.
    """
    if len(u.clauses) != 1 or any(n.elsewhere for n in u.unknown) or any(p.problem == NO_CALENDAR for p in u.periods):
        return None
    text = u.clauses[0].text
    if asks_motive(text):
        answer = _answer_motive(case, u)
    elif asks_shelter(text):
        answer = _answer_shelter(case, u)
    else:
        asked = parse_effect(text)
        answer = _answer_effect(case, u, asked, tested=tested) if asked else None
    return replace(answer, sentences=(), events=(), links=()) if answer and only_match else answer


# ---- The effect of one kind on another ------------------------------------------------------------------------------


def _answer_effect(case: Case, u: Understanding, asked: EffectQuestion, *, tested: bool) -> PartialAnswer | None:
    causes, effects = _find_kinds(case, asked.cause), _find_kinds(case, asked.effect)
    known = all(_channel(k) in CAUSES or k is ANY_ATTACK or k.key == "closure" for k in causes)
    if not causes or not effects or not known:
        return None
    if not all(_channel(k) in CHANNELS or k is ANY_ATTACK for k in effects):
        return None
    pairs = [(a, b) for a in causes for b in effects]
    missing = any(_find_missing(case, k, "") for k in (*causes, *effects))
    if not tested and not missing and all((_channel(a), _channel(b)) in TESTED for a, b in pairs):
        return None
    said: list[str] = []
    links: list[AnswerLink] = []
    for a, b in pairs:
        refusal = _find_missing(case, a, asked.cause) or _find_missing(case, b, asked.effect)
        row = _find_row(case, _channel(a), _channel(b)) if not refusal else None
        if row is None:
            said.append(refusal or _say_no_model(case, a, b))
            continue
        said += _say_response(case, row)
        links.append(AnswerLink("This response, day by day", f"/{case.id}/responses/{row.cause}/{row.effect}"))
    answered = bool(links)
    if not answered:
        said.append(offer_text(case))
    elif any(k.key in STRIKE_MODES for k in (*causes, *effects)):
        said.append("The model counts strikes of all means together.")
    links.append(AnswerLink("The events", f"/{case.id}/events"))
    u = replace(u, kinds=tuple({k.many: k for k in (*causes, *effects)}.values()))
    understood = build_understood(case, u, "" if answered else "refused")
    unused = list_not_covered(case, u, ()) if answered else ()
    return PartialAnswer(u.asked, understood, tuple(dict.fromkeys(said)), unused, links=tuple(links))


def _find_kinds(case: Case, words: str) -> tuple[EventKind, ...]:
    """Find the kinds of event that one side of the question names, chosen by who acts and where on that side."""
    mentions = find_kinds(words.lower())
    names = find_names(words, case.case, case.g.background, find_provinces(case), mentions)
    return refine_kinds([m.kind for m in mentions], names.actors, names.places, case.case)


def _channel(k: EventKind) -> str:
    return "strike" if k.key in STRIKE_MODES else k.channels[0] if k.channels else ""


def _find_missing(case: Case, k: EventKind, words: str) -> str:
    """Say why the model cannot hold a kind; empty if it may."""
    channel = _channel(k)
    if not channel:
        return f"The model holds no kind of event of its own for “{words}”, so this effect is not estimated."
    if not any(case.g.channel(e) == channel for e in case.g.events):
        name = channel_name(case.case, channel)
        if gaps := find_kind_gaps(case, k):
            return f"{describe_gaps(case.g, gaps)}, so this effect is not estimated."
        return f"The record holds no {name}, so this effect is not estimated."
    return ""


def _find_row(case: Case, cause: str, effect: str) -> ResponseRow | None:
    model = case.system
    if model is None or not {cause, effect} <= set(model.channels) or {cause, effect} & set(model.too_few):
        return None
    tables = case.answers
    return tables.table[cause, effect] if tables else None


def _say_no_model(case: Case, a: EventKind, b: EventKind) -> str:
    names = join_words(list(dict.fromkeys(channel_name(case.case, _channel(k)) for k in (a, b))))
    return f"The record has too few days or events to estimate this effect: {names}."


def _say_response(case: Case, row: ResponseRow) -> list[str]:
    """Say what the model finds of one response, and that it is no proof of a cause."""
    cause, effect = channel_name(case.case, row.cause), channel_name(case.case, row.effect, capital=True)
    more = row.probability >= 0.5
    way = "an increase" if more else "a decrease"
    pair = f"{'more' if more else 'fewer'} {channel_name(case.case, row.effect)}"
    found = {
        "supported": f"{cause[:1].upper()}{cause[1:]} are followed by {pair} than usual.",
        "leaning": f"The record leans towards {pair} after {cause}, and does not settle it.",
    }.get(
        row.verdict,
        f"The record does not show that {cause} are followed by more or fewer {channel_name(case.case, row.effect)}.",
    )
    chance = row.probability if more else 1 - row.probability
    numbers = (
        f"{effect} within 30 days of one event of the kind “{cause}”: {format_signed(row.mean)} events (90 % interval {format_signed(row.low)} to {format_signed(row.high)}); "
        f"{way} is {probability_word(chance)} ({format_percent(chance)}). Verdict: {row.verdict}{f', because {row.reason}' if row.reason else ''}."
    )
    return [found, numbers, "What follows an event in time need not be its effect."]


# ---- Motives and shelter --------------------------------------------------------------------------------------------


def _answer_motive(case: Case, u: Understanding) -> PartialAnswer | None:
    """Answer why the armed group uses force: from the background, else not at all."""
    acting = [a for a in u.actors if a.side in ("initiator", "any", "both")]
    force = [k for k in u.kinds if set(k.channels) & set(FORCE) or k is ANY_ATTACK]
    if not acting or not force or case.case.actor(acting[0].key).role not in ("group", "rival", "other"):
        return None
    own = acting[0].key == case.case.keys("group")[0]
    return _answer_from_note(
        case, u, MOTIVES if own else "", f"The record holds no motives: it holds {_say_held(case)}."
    )


def _answer_shelter(case: Case, u: Understanding) -> PartialAnswer | None:
    """Answer whether the host shelters the group: the record cannot show it, the background may say what is reported."""
    roles = {case.case.actor(a.key).role for a in u.actors}
    if roles != {"host", "group"} or u.kinds:
        return None
    name = case.case.names.host_government
    verb = "do" if name.endswith("s") else "does"
    limit = f"The record cannot show whether {name} {verb} so: it holds {_say_held(case)}, not who stays where."
    return _answer_from_note(case, u, SHELTER, limit)


def _say_held(case: Case) -> str:
    return "what was done and said" if collects(case.g, "defiance") else "what was done"


def _answer_from_note(case: Case, u: Understanding, key: str, limit: str) -> PartialAnswer:
    background = case.g.background
    note = background.note(key) if background and key else None
    if note is None:
        events = AnswerLink("The events", f"/{case.id}/events")
        return PartialAnswer(u.asked, build_understood(case, u, "refused"), (limit, offer_text(case)), links=(events,))
    ids = {e.id for e in case.g.events}
    cited = tuple(s for s in note.sources if s in ids)
    pages = [s for s in note.sources if is_address(s)]
    said = (
        f"{note.text}{f' {note.note}' if note.note else ''}",
        *([f"Source: {'; '.join(pages)}."] if pages else []),
        limit,
    )
    links = (*event_links(case, cited), AnswerLink("The brief", f"/{case.id}/brief"))
    understood = build_understood(case, u, "definition")
    understood = replace(understood, labels={**understood.labels, "kind": "background"})
    return PartialAnswer(u.asked, understood, said, events=cited, links=links)


def offer_text(case: Case) -> str:
    """Write what can be asked instead."""
    offered: Sequence[str] = suggest_questions(case)[1:]
    return "\n".join(["You can ask, for example:", *(f"- {q}" for q in offered[:OFFERED])])
