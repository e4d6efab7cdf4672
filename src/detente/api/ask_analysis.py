"""Questions answered by the claims: their findings, what they cover, and what of the question they do not."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from detente.api.ask_parts import actor_name, build_understood
from detente.api.case import Case, Report
from detente.api.results.answers import AnswerLink, NotUsed, PartialAnswer
from detente.brief.answer_points import PrecomputedFindings
from detente.brief.build import BriefRequest
from detente.brief.short_answer import ShortAnswer, build_question_material, fit_to_length, render_answer_text
from detente.claims.finding import Finding
from detente.core.date_range import format_date
from detente.questions import embeddings
from detente.questions.case_match import CaseMatch
from detente.questions.catalogue import load_catalogue
from detente.questions.demands import extract_demands
from detente.questions.errors import NoAnswerableDemand
from detente.questions.parse import Question, parse_word_limit
from detente.questions.phrase_match import Demand
from detente.questions.understanding import Understanding

CORE_ROLES = ("target", "host", "group")


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
    findings = _find_findings(case, needed, report)
    request = BriefRequest(case.named, case.as_of, command, store=case.store)
    try:
        material = build_question_material(case.view, request, question.text, demands, findings)
        answer = fit_to_length(material, words or parse_word_limit(question.text))
    except NoAnswerableDemand:
        return refuse_analysis(case, u, demands), None
    unused = _not_covered(case, u, needed)
    *body, references = render_answer_text(answer).strip().split("\n\n")
    said = [*body, *_count_others(case, u), references]
    links = tuple(AnswerLink(_claim_name(case, c), f"/{case.id}/claims/{c}") for c in needed)
    events = tuple(e.id for e in answer.cited)
    shown = build_understood(case, u)
    return PartialAnswer(
        u.asked, shown, tuple(said), unused, events=events, links=(*links, AnswerLink("The brief", f"/{case.id}/brief"))
    ), answer


def explain_analysis(case: Case, u: Understanding, demands: Sequence[Demand]) -> PartialAnswer:
    """Say how a part that the claims answer is understood, and what the findings do not follow; give no answer."""
    needed = tuple(dict.fromkeys(c for d in demands for c in d.claims))
    kind = "refused" if all(d.why for d in demands) else ""
    return PartialAnswer(u.asked, build_understood(case, u, kind), (), _not_covered(case, u, needed))


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
    said = [f"“{d.asked}” is not answered: {d.told}." for d in demands if d.why]
    links = (AnswerLink("Nearest: the claims", f"/{case.id}/claims"), AnswerLink("The events", f"/{case.id}/events"))
    return PartialAnswer(
        u.asked, build_understood(case, u, "refused"), tuple(said), _not_covered(case, u, ()), links=links
    )


def _not_covered(case: Case, u: Understanding, claims: Sequence[str]) -> tuple[NotUsed, ...]:
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
    out += [NotUsed(n.words, "it is no actor or place of this case") for n in u.unknown if n.elsewhere]
    return tuple(dict.fromkeys(out))


def _count_others(case: Case, u: Understanding) -> list[str]:
    """Say how many events the record holds with each actor that the findings do not single out."""
    others = [a.key for a in u.actors if case.case.actor(a.key).role not in (*CORE_ROLES, "civilians")]
    return [
        f"Of {actor_name(case, k)} alone, the record holds {sum(k in e.actors for e in case.g.events):,} events: see the events page."
        for k in dict.fromkeys(others)
    ]
