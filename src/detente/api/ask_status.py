"""Questions about the present: crossings, truces, talks, relations, the latest event of a kind.

"Now" is the last day that the record can speak of. Each answer names that day, and what the record cannot know since.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from detente.api.ask_parts import (
    build_understood,
    claim_links,
    describe_event,
    is_beyond_record,
    list_events,
    not_used,
    period_phrase,
)
from detente.api.ask_selection import describe_selection, say_untold, select_events, selection_link, unhonoured
from detente.api.case import Case
from detente.api.crossings import crossings_on, spells_of
from detente.api.results.answers import AnswerLink, NotUsed, PartialAnswer
from detente.api.summary import summarize_case
from detente.core.date_range import format_date
from detente.measures.crossings import CLOSED_STATES, CrossingSpell
from detente.measures.truces import TruceDuration
from detente.questions.event_kind import get_event_kind
from detente.questions.understanding import Understanding
from detente.text.numbers import join_words
from detente.text.sentence import EventPiece


def answer_status(case: Case, u: Understanding, today: date) -> PartialAnswer:
    """Answer a part of a question about the situation."""
    make = {"crossings": _crossings, "truces": _truces, "talks": _latest, "latest": _latest}.get(
        u.intent.asks, _situation
    )
    return make(case, u, today)


def _until(case: Case, today: date) -> str:
    last = case.g.watched_to
    days = (today - last).days
    since = f", {days:,} days before {format_date(today)}" if days > 1 else ""
    return f"The record was collected systematically until {format_date(last)}{since}. It cannot say what changed since then."


def _part(
    case: Case, u: Understanding, said: Sequence[str], events: Sequence[str], links: Sequence[AnswerLink],
    extra: Sequence[NotUsed] = (),
) -> PartialAnswer:  # fmt: skip
    return PartialAnswer(
        u.asked, build_understood(case, u), tuple(said), not_used(u, extra), events=tuple(dict.fromkeys(events)), links=tuple(links)
    )  # fmt: skip


def _crossings(case: Case, u: Understanding, today: date) -> PartialAnswer:
    wanted = {p.crossing for p in u.places if p.crossing}
    elsewhere = [p for p in u.places if not p.crossing and p.level not in ("border", "country")]
    if not case.case.crossings or (elsewhere and not wanted):
        names = join_words([c.name for c in case.case.crossings]) or "none"
        why = f"The record follows the state of these crossings only: {names}."
        if not case.case.crossings:
            why = "The case file names no crossing, so the state of none is followed."
        links = (AnswerLink("Nearest: the overview, with the crossings", f"/{case.id}/"),)
        part = build_understood(case, u, "refused")
        return PartialAnswer(
            u.asked,
            part,
            (why,),
            not_used(u, [NotUsed(p.words, "no crossing of the record") for p in elsewhere]),
            links=links,
        )
    spells = spells_of(case)
    every = crossings_on(case, case.g.watched_to)
    shown = [c for c in every if not wanted or c.key in wanted]
    known = [p for p in u.periods if not p.problem]
    said: list[str] = []
    if known and all(p.first is not None and p.first > case.g.watched_to for p in known):
        said.append(f"The state of crossings {join_words([period_phrase(p.first, p.last) for p in known])} is not known: these days were not collected systematically.")  # fmt: skip
        known = []
    events: list[str] = []
    if known:
        for c in shown:
            hit = [s for s in spells[c.key] if any((p.first is None or s.last_high >= p.first) and (p.last is None or s.first <= p.last) for p in known)]  # fmt: skip
            said.append(f"{c.name} {join_words([period_phrase(p.first, p.last) for p in known])}: {'; '.join(map(_spell_text, hit)) or 'no closure reported, which does not show that it was open'}.")  # fmt: skip
            events += [e for s in hit for e in s.events]
    else:
        if len(shown) > 1:
            shut = sum(c.shut for c in shown)
            said.append(_say_shut(case, shut, len(shown)))
        said.append(
            "\n".join(
                f"- {c.name}: {c.said}."
                if len(shown) > 1
                else f"{c.name}, on {format_date(case.g.watched_to)}: {c.said}."
                for c in shown
            )
        )
        events += [e for c in shown for e in c.events]
        if any(w in u.asked.lower() for w in ("last", "how long", "when")):
            for c in shown:
                shut_spells = [s for s in spells[c.key] if s.state in CLOSED_STATES]
                if shut_spells:
                    last = [s for s in shut_spells if s.state == "closed"] or shut_spells
                    said.append(f"The last full closure of {c.name} on record began on {format_date(last[-1].first)}: {_spell_text(last[-1])}. The record holds {len(shut_spells)} spells without trade there.")  # fmt: skip
                    events += list(last[-1].events)
    said.append(_until(case, today))
    pages = (
        AnswerLink("Crossings on the overview", f"/{case.id}/"),
        AnswerLink("Closures and reopenings", f"/{case.id}/events?text=crossing"),
    )
    extra = [NotUsed(p.words, p.problem) for p in u.periods if p.problem]
    extra += [NotUsed(n.words, "no crossing of the record has this name") for n in u.unknown]
    extra += [NotUsed(a.words, "crossings are closed or opened by either side") for a in u.actors if case.case.actor(a.key).role not in ("target", "host")]  # fmt: skip
    return _part(case, u, said, events, pages, extra)


def _say_shut(case: Case, shut: int, n: int) -> str:
    """Say how many crossings were closed to trade on the last covered day."""
    day = format_date(case.g.watched_to)
    if shut == n:
        return f"All {n} crossings were closed to trade on {day}, by the latest reports."
    return f"{shut} of {n} crossings were closed to trade on {day}, by the latest reports."


def _spell_text(s: CrossingSpell) -> str:
    days = f"{s.days_low}" if s.days_low == s.days_high else f"{s.days_low} to {s.days_high}"
    end = (
        format_date(s.last_low)
        if s.last_low == s.last_high
        else f"a day between {format_date(s.last_low)} and {format_date(s.last_high)}"
    )
    return f"{s.state} from {format_date(s.first)} to {end} ({days} day{'s' * (days != '1')})"


def _truces(case: Case, u: Understanding, today: date) -> PartialAnswer:
    roles = {case.case.actor(a.key).role for a in u.actors}
    pairs = [p for p, r in (("target–host", "host"), ("target–group", "group")) if r in roles] or [
        "target–host",
        "target–group",
    ]
    outside = [a for a in u.actors if case.case.actor(a.key).role not in ("target", "host", "group", "mediator")]
    n = case.case.names
    said: list[str] = []
    events: list[str] = []
    later = [e for e in case.g.events if e.mode == "ceasefire" and e.day > case.g.watched_to]
    for pair in pairs:
        mine = [t for t in case.view.truces if t.pair == pair]
        who = f"{n.target} and {n.host_government if pair == 'target–host' else n.group}"
        if not mine:
            until = f" that began by {format_date(case.g.watched_to)}" if later else ""
            said.append(f"The record holds no truce of {who}{until}.")
            continue
        last = mine[-1]
        said.append(_truce_text(case, last, who, bool(later)))
        events += [*last.events, *([last.ended_by] if last.ended_by else [])]
        if "how long" in u.asked.lower() or "hold" in u.asked.lower():
            spans = ", ".join(f"{t.days} days" if t.ended_by or t.expired else f"at least {t.days} days" for t in mine)
            said.append(f"The {len(mine)} truces of {who} held: {spans}.")
            events += [e for t in mine for e in t.events]
    said += [f"Reported later: {describe_event(case, e)}" for e in later]
    events += [e.id for e in later]
    said.append(_until(case, today))
    extra = [NotUsed(a.words, "truces of this party are not followed") for a in outside]
    extra += [NotUsed(p.words, p.problem or "the answer is about the latest truce") for p in u.periods]
    extra += [NotUsed(p.words, "truces are not followed by place") for p in u.places if p.level != "country"]
    return _part(case, u, said, events, (AnswerLink("Truces on the overview", f"/{case.id}/"), *claim_links(case, "Truces and mediation, tested", "third_parties")), extra)  # fmt: skip


def _truce_text(case: Case, t: TruceDuration, who: str, later: bool) -> str:
    """Tell the latest truce of systematic collection; `later` says that single reports of another follow."""
    collected = f"on record by {format_date(case.g.watched_to)}" if later else "on record"
    begun = f"The last truce of {who} {collected} began on {format_date(t.first)}"
    if t.ended_by:
        return f"{begun}, and force was used again or it was called off on {format_date(t.last)}: {describe_event(case, case.g.event(t.ended_by))}"
    if t.expired:
        ended = f"{begun} and reached its announced end on {format_date(t.last)} unbroken."
        return ended if later else f"{ended} No truce is known to hold after it."
    return f"{begun}. No event that ended it is on record until {format_date(t.last)}."


def _latest(case: Case, u: Understanding, today: date) -> PartialAnswer:
    if u.intent.asks == "talks" and not any(k.key in ("dialogue", "round", "visit", "agreement") for k in u.kinds):
        u = replace(u, kinds=(get_event_kind("dialogue"),))
    extra = unhonoured(case, u)
    blocked = [x for x in extra if "border" not in x.why]
    if blocked or (u.periods and is_beyond_record(case, u.first)):
        why = (
            " ".join(f"“{x.words}” cannot be used: {x.why}." for x in blocked)
            or "The record holds nothing of this period."
        )
        return PartialAnswer(
            u.asked, build_understood(case, u, "refused"), (why,), not_used(u, extra), links=(selection_link(case, u),)
        )
    found = select_events(case, u)
    if not found:
        said = [f"The record holds no {describe_selection(case, u)}."]
    else:
        said = [
            f"The latest of {len(found)} {describe_selection(case, u, found=found)} on record: {describe_event(case, found[-1])}"
        ]
        said += say_untold(u, found)
        if len(found) > 1:
            said.append(f"Before it:\n{list_events(case, found[-2::-1][:3], 3)}")
    said.append(_until(case, today))
    return _part(case, u, said, [e.id for e in found[::-1][:10]], (selection_link(case, u),), extra)


def _situation(case: Case, u: Understanding, today: date) -> PartialAnswer:
    sentences = summarize_case(case)
    if u.intent.asks == "relations":
        sentences = tuple(s for s in sentences[1:] if not s.text.startswith("Since then"))
    said = [s.text for s in sentences]
    events = [x.event for s in sentences for x in s.pieces if isinstance(x, EventPiece)]
    said.append(_until(case, today))
    core = ("target", "host")
    extra = [
        NotUsed(a.words, "the answer is about the two governments")
        for a in u.actors
        if case.case.actor(a.key).role not in core
    ]
    extra += [NotUsed(p.words, p.problem or "the answer is about the present") for p in u.periods]
    extra += [
        NotUsed(p.words, "the answer is about the whole case") for p in u.places if p.level not in ("country", "border")
    ]
    return _part(case, u, said, events, (AnswerLink("The overview", f"/{case.id}/"), *claim_links(case, "How relations fell, tested", "trust")), extra)  # fmt: skip
