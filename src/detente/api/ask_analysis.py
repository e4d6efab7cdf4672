"""Questions answered by the claims: their findings, what they cover, and what of the question they do not."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from detente.api.ask_parts import build_understood, list_events
from detente.api.ask_selection import describe_selection, say_untold, select_events, selection_link
from detente.api.case import Case, Report
from detente.api.results.answers import AnswerLink, NotUsed, PartialAnswer
from detente.brief.answer_points import PrecomputedFindings
from detente.brief.build import BriefRequest
from detente.brief.short_answer import ShortAnswer, build_question_material, fit_to_length, render_answer_text
from detente.claims.finding import Finding
from detente.core.date_range import format_date
from detente.events.event import Event
from detente.questions import embeddings
from detente.questions.case_match import CaseMatch
from detente.questions.catalogue import load_catalogue
from detente.questions.demands import extract_demands
from detente.questions.errors import NoAnswerableDemand
from detente.questions.intent import Intent
from detente.questions.parse import Question, parse_word_limit
from detente.questions.period import NO_CALENDAR
from detente.questions.phrase_match import Demand, list_answerable_questions, name_claim
from detente.questions.understanding import Understanding

CORE_ROLES = ("target", "host", "group")
NARROWED_EVENTS = 3
"""Events listed of those that a question names and the findings do not follow."""


def find_demands(
    case: Case, question: Question, about: CaseMatch, u: Understanding, *, meaning: bool
) -> tuple[Demand, ...]:
    """Return the demands of the clauses that the claims answer.

    Raises:
        NoDemandFound: there is none.
    """
    mine = {(c.start, c.end) for c in u.clauses}
    clauses = tuple(replace(c, asks=c.asks if (c.start, c.end) in mine else "") for c in question.clauses)
    return extract_demands(
        replace(question, clauses=clauses), about, case.as_of, embeddings.match_by_meaning if meaning else None
    )


def answer_analysis(
    case: Case, question: Question, u: Understanding, demands: tuple[Demand, ...], *, words: int | None, command: str, report: Report
) -> tuple[PartialAnswer, ShortAnswer | None]:  # fmt: skip
    """Answer demands by the claims; the answer is None if no demand can be answered."""
    needed = tuple(dict.fromkeys(c for d in demands for c in d.claims))
    foreign = any(n.elsewhere and n.words in u.asked for n in u.unknown)
    if foreign or any(p.problem == NO_CALENDAR for p in u.periods):
        return _refuse_names(case, u, list_not_covered(case, u, needed)), None
    findings = _find_findings(case, needed, report)
    request = BriefRequest(case.named, case.as_of, command, store=case.store)
    try:
        material = build_question_material(case.view, request, question.text, demands, findings)
        answer = fit_to_length(material, words or parse_word_limit(question.text))
    except NoAnswerableDemand:
        return refuse_analysis(case, u, demands), None
    unused = list_not_covered(case, u, needed)
    unexamined = _list_unexamined(case, demands)
    ours = any(case.case.actor(a.key).role in CORE_ROLES for a in u.actors) or not u.actors
    narrowed, found, pages = _narrow(case, u) if _can_narrow(unused, u) else ([], (), ())
    if unused and not ours and not found and not pages:
        return _refuse_names(case, u, unused), None
    said = [*narrowed, *render_answer_text(answer).strip().split("\n\n"), *_say_examined(case, demands)]
    links = (*pages, *(AnswerLink(_claim_name(case, c), f"/{case.id}/claims/{c}") for c in needed))
    events = tuple(dict.fromkeys([*(e.id for e in found), *(e.id for e in answer.cited)]))
    part = PartialAnswer(
        u.asked, build_understood(case, u), tuple(said), (*unused, *unexamined), events=events,
        links=(*links, AnswerLink("The brief", f"/{case.id}/brief")),
    )  # fmt: skip
    return part, answer


def _can_narrow(unused: Sequence[NotUsed], u: Understanding) -> bool:
    """Return whether the record can be narrowed to words that the findings do not follow."""
    named = {a.words for a in u.actors} | {p.words for p in u.places} | {p.words for p in u.periods if not p.problem}
    return bool({n.words for n in unused} & named)


def _refuse_names(case: Case, u: Understanding, unused: Sequence[NotUsed]) -> PartialAnswer:
    why = " ".join(f"“{n.words}” cannot be used: {n.why}." for n in unused)
    said = f"{why} An answer without it would answer another question."
    links = (AnswerLink("Nearest: the claims", f"/{case.id}/claims"), AnswerLink("The events", f"/{case.id}/events"))
    return PartialAnswer(u.asked, build_understood(case, u, "refused"), (said,), tuple(unused), links=links)


def explain_analysis(case: Case, u: Understanding, demands: Sequence[Demand]) -> PartialAnswer:
    """Say how a part that the claims answer is understood, and what the findings do not follow; give no answer."""
    needed = tuple(dict.fromkeys(c for d in demands for c in d.claims))
    kind = "refused" if all(d.why for d in demands) else ""
    unused = (*list_not_covered(case, u, needed), *_list_unexamined(case, demands))
    return PartialAnswer(u.asked, build_understood(case, u, kind), (), unused)


def _list_unexamined(case: Case, demands: Sequence[Demand]) -> tuple[NotUsed, ...]:
    """List the words of answered demands that ask for claims which the case does not examine."""
    return tuple(
        NotUsed(f.words, f"this case does not examine {name_claim(f.id, case.case)}")
        for d in demands
        if not d.why
        for f in d.found
        if f.kind == "claim" and f.id in d.missing
    )


def _say_examined(case: Case, demands: Sequence[Demand]) -> list[str]:
    """Say what the case examines, where a demand asks for what it does not."""
    if not any(d.why == "unexamined" or d.missing for d in demands):
        return []
    return [f"This case examines: {'; '.join(list_answerable_questions(case.case))}."]


def _claim_name(case: Case, key: str) -> str:
    return load_catalogue().claim(key).title.format(**case.case.names.model_dump())


def _find_findings(case: Case, needed: Sequence[str], report: Report) -> PrecomputedFindings:
    if not case.computes:  # a server: another process has made the brief, or is making it
        document = case.document
        known: Mapping[str, Finding] = {f.claim: f for s in document.sections for f in s.points}
        return PrecomputedFindings(known, document.levers)
    findings = {}
    for done, claim in enumerate(needed):
        report(f"claim {claim.replace('_', ' ')}", done, len(needed))
        findings[claim] = case.claims[claim].finding
    return PrecomputedFindings(findings)


def refuse_analysis(case: Case, u: Understanding, demands: Sequence[Demand]) -> PartialAnswer:
    """Refuse a part that no claim measures, with the reason for each demand."""
    said = [f"“{d.asked}” is not answered: {d.told}." for d in demands if d.why] + _say_examined(case, demands)
    links = (AnswerLink("Nearest: the claims", f"/{case.id}/claims"), AnswerLink("The events", f"/{case.id}/events"))
    return PartialAnswer(
        u.asked, build_understood(case, u, "refused"), tuple(said), list_not_covered(case, u, ()), links=links
    )


def list_not_covered(case: Case, u: Understanding, claims: Sequence[str]) -> tuple[NotUsed, ...]:
    """List the actors, places and periods of a question that the findings do not follow: they are about the whole record."""
    g = case.g
    whole = f"the findings are about the whole record, {format_date(g.case.first)} to {format_date(g.watched_to)}"
    out = []
    for p in u.periods:
        begins = p.first is not None and p.first <= g.case.first
        if p.problem or not (begins and (p.last is None or p.last >= g.watched_to)):
            out.append(NotUsed(p.words, p.problem or whole))
    for a in u.actors:
        role = case.case.actor(a.key).role
        together = {
            "mediator": "the findings are about all third parties together", "outsider": "the findings are about all third parties together",
            "rival": "the findings are about all rivals of the host together", "other": "no finding is about this group",
        }  # fmt: skip
        if role == "group" and not a.group and a.key != case.case.keys("group")[0]:
            out.append(NotUsed(a.words, "the findings are about the armed group and its allies together"))
        elif role in together:
            out.append(NotUsed(a.words, together[role]))
        elif role == "civilians" and not {"civilian_harm", "spillover", "sovereignty"} & set(claims):
            out.append(NotUsed(a.words, "the findings are about the two governments and the group"))
    for place in u.places:
        if place.level == "crossing":
            out.append(NotUsed(place.words, "the findings are about all crossings together"))
        elif place.level not in ("country", "border"):
            out.append(NotUsed(place.words, "the findings are about the whole case"))
    out += [
        NotUsed(n.words, "it is no actor or place of this case" if n.elsewhere else "no finding is about this name")
        for n in u.unknown
    ]
    return tuple(dict.fromkeys(out))


def _narrow(case: Case, u: Understanding) -> tuple[list[str], tuple[Event, ...], tuple[AnswerLink, ...]]:
    """Select from the record what the findings do not follow: a sentence or two, the events, and their page."""
    places = tuple(p for p in u.places if p.level != "border")
    periods = tuple(p for p in u.periods if not p.problem)
    part = replace(
        u, intent=Intent("record", "list"), places=places, periods=periods, unknown=(), least_deaths=None, top=None
    )
    found = select_events(case, part)
    none = ""
    if not found and part.kinds:
        none = f"The record holds no {describe_selection(case, part)}. "
        part = replace(part, kinds=(), actors=tuple(replace(a, side="any") for a in part.actors))
        found = select_events(case, part)
    what = describe_selection(case, part, many=len(found) != 1, found=found)
    if not found:
        return [f"{none or f'The record holds no {what}. '}The findings below are about the whole record."], (), ()
    said = f"{none}{'It' if none else 'The record'} holds {len(found):,} {what}; the findings below are about the whole record."
    said = " ".join([said, *say_untold(part, found)])
    if not part.kinds:
        return [said], (), (selection_link(case, part),)
    return (
        [f"{said} The latest:\n{list_events(case, found[::-1], NARROWED_EVENTS)}"],
        found[::-1],
        (selection_link(case, part),),
    )
