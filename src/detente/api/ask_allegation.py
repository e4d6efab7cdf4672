"""Questions whether an actor supports an armed group, answered by who said so and who denied it; the record holds no more."""

import re
from collections import Counter

from detente.api.ask_parts import actor_name, build_understood, describe_coverage, list_events, not_used, tally
from detente.api.case import Case
from detente.api.results.answers import AnswerLink, NotUsed, PartialAnswer
from detente.events.event import Event
from detente.questions.understanding import Understanding
from detente.text.numbers import join_words


def answer_allegation(case: Case, u: Understanding) -> PartialAnswer:
    """Answer whether an actor supports an armed group: by who said so and who denied it; the record holds no more."""
    role = {a.key: case.case.actor(a.key).role for a in u.actors}
    accused = next((a for a in u.actors if role[a.key] in ("mediator", "outsider")), None) or next(
        a for a in u.actors if role[a.key] in ("target", "host")
    )
    armed = [a.key for a in u.actors if role[a.key] in ("group", "rival", "other")]
    known = [p for p in u.periods if not p.problem]
    period = [e for e in case.g.events if not known or any(p.holds(e.day) for p in known)]

    def named(e: Event) -> bool:
        return accused.key in e.actors or _mentions(case, e, accused.key)

    claims = [e for e in period if e.type == "ACCUSE" and accused.key not in e.initiators and named(e)]
    if role[accused.key] in ("target", "host"):
        claims = [e for e in claims if any(a in e.actors or _mentions(case, e, a) for a in armed)]
    accusers = {k for e in claims for k in e.initiators}
    denials = [
        e for e in period
        if e.type == "REJECT" and named(e) and not accusers & set(e.initiators)
        and re.search(r"\b(?:accus\w+|charges?|allegations?|behind|hand in|blam\w+)\b", e.summary)
    ]  # fmt: skip
    about = [e for e in claims if any(a in e.actors or _mentions(case, e, a) for a in armed)]
    name, groups = actor_name(case, accused.key), join_words([actor_name(case, a) for a in armed])
    said = [
        f"The record cannot show whether {name} does so: it holds acts and statements, not money or orders. It holds what was said."
    ]
    also = f", {len(about)} of them also {groups}" if role[accused.key] not in ("target", "host") else ""
    if claims:
        by = Counter(actor_name(case, k) for e in claims for k in e.initiators)
        said.append(f"{len(claims)} accusation{'s' * (len(claims) != 1)} that name{'s' * (len(claims) == 1)} {name}{also}. Who accused, by events: {tally(by)}.")  # fmt: skip
        said.append(list_events(case, claims[::-1]))
    else:
        said.append(f"It holds no accusation against {name} of this kind.")
    if denials:
        said.append(f"Rejections of such charges:\n{list_events(case, denials[::-1], 3)}")
    coverage = describe_coverage(case, u.first, u.last) if known else ""
    places = tuple(NotUsed(p.words, "accusations are not counted by place") for p in u.places)
    link = AnswerLink(f"All events with {name}", f"/{case.id}/events?actor={accused.key}")
    extra = (*places, *(NotUsed(p.words, p.problem) for p in u.periods if p.problem))
    unknown = tuple(NotUsed(n.words, "it is not used to choose accusations") for n in u.unknown)
    return PartialAnswer(
        u.asked, build_understood(case, u), (*said, *([coverage] if coverage else [])), not_used(u, (*extra, *unknown)),
        events=tuple(e.id for e in (*claims[::-1], *denials[::-1])), links=(link,),
    )  # fmt: skip


def _mentions(case: Case, e: Event, key: str) -> bool:
    actor = case.case.actor(key)
    names = (actor.short or actor.name.removeprefix("the "), *(a.name for a in actor.aliases.get("question", ())))
    adjective = names[0] + ("n" if names[0].endswith("a") else "")
    return any(n in e.summary for n in (*names, adjective))
