"""Questions without an answer: the reason, and the page that comes nearest."""

from detente.api.ask_parts import KIND_NAMES, build_understood, not_used
from detente.api.case import Case
from detente.api.results.answers import AnswerLink, PartialAnswer, UnderstoodPart
from detente.questions.errors import UnreadableQuestion
from detente.questions.understanding import Understanding


def refuse_part(case: Case, u: Understanding, why: str = "") -> PartialAnswer:
    """Refuse a part of a question: it asks about a person, for a judgement, or for a place finer than a district."""
    reason = why or u.intent.why
    links = {
        "person": (AnswerLink("Nearest: the events, by government and group", f"/{case.id}/events"),),
        "place": (AnswerLink("Nearest: the map of the overview", f"/{case.id}/"),),
        "opinion": (AnswerLink("Nearest: the claims, and how they were tested", f"/{case.id}/claims"),),
    }.get(
        u.intent.asks,
        (AnswerLink("Nearest: the brief", f"/{case.id}/brief"), AnswerLink("The claims", f"/{case.id}/claims")),
    )
    said = f"This is not answered: {reason}."
    return PartialAnswer(u.asked, build_understood(case, u, "refused"), (said,), not_used(u), links=links)


def refuse_language(case: Case, question: str, error: UnreadableQuestion) -> PartialAnswer:
    """Refuse a question that is not in English."""
    said = f"This is not answered: {error.why}. {error.remedy}"
    part = UnderstoodPart("refused", "language", labels={"kind": KIND_NAMES["refused"]})
    return PartialAnswer(question, part, (said,), links=(AnswerLink("Nearest: the brief", f"/{case.id}/brief"),))
