"""Questions about a case: each part is answered by the stage that knows.

Counts, lists and days come from the record, the present from crossings, truces and the latest events, the future from the
forecast, "what if" from the simulator, meanings from the background; only what remains is answered by the claims.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from detente.api.ask_changes import NO_CHANGES, UnderstandingChanges, change_part
from detente.api.ask_definition import answer_definition
from detente.api.ask_parts import build_understood, find_provinces, not_used
from detente.api.ask_record import answer_from_record
from detente.api.ask_refusal import refuse_language, refuse_part
from detente.api.case import Case, Report
from detente.api.cast_terms import list_cast_terms
from detente.api.results.answers import AnswerResult, PartialAnswer
from detente.core import clock
from detente.core.disk_cache import use_cache
from detente.questions.case_match import CaseMatch, match_case
from detente.questions.errors import NoDemandFound, UnreadableQuestion
from detente.questions.intent import normalise_term
from detente.questions.language import check_english
from detente.questions.mentions import DefinitionLike
from detente.questions.parse import Question, parse_question
from detente.questions.understanding import ReadingContext, Understanding, understand_question
from detente.text.glossary import load_glossary


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """An entry of the glossary, as a definition that questions can ask for."""

    key: str
    name: str
    aliases: tuple[str, ...]
    definition: str
    sources: tuple[str, ...] = ()


def answer_question(
    case: Case, question: str, *, words: int | None = None, meaning: bool | None = None, command: str = "", today: date | None = None,
) -> AnswerResult:  # fmt: skip
    """Answer a question about a case.

    Args:
        words: limit of an analysis; else the one in the question, else 250 or the least that is needed.
        meaning: compare meanings as well as phrases; if installed by default. command: as typed, for provenance.
        today: the day from which "last year" counts; see `find_today`.

    Raises:
        UnreadableQuestion: empty, too long or not in words. WordLimitTooLow: the limit leaves no room for an answer.
        UnknownConflict: the question is about another conflict.
    """
    asked = parse_question(question)
    about = match_case(asked.text, case.named)
    return answer_parsed_question(case, asked, about, words=words, meaning=meaning, command=command, today=today)


def answer_parsed_question(
    case: Case, asked: Question, about: CaseMatch, *, words: int | None = None, meaning: bool | None = None,
    command: str = "", only_match: bool = False, report: Report = lambda *_: None, today: date | None = None,
    changes: UnderstandingChanges = NO_CHANGES,
) -> AnswerResult:  # fmt: skip
    """Answer a question whose case has been found; see `answer_question`.

    Args:
        only_match: say how the question is understood, and leave the answer out. report: called with each step.
        changes: made by the reader to how one part is understood; only that part is answered.

    Raises:
        NoDemandFound: the question asks for nothing. UnknownChange: a change names what does not exist.
        WordLimitTooLow: the limit leaves no room for an answer.
    """
    day = today or find_today(case)
    try:
        check_english(asked.text)
    except UnreadableQuestion as error:
        return AnswerResult(case.header, asked.text, (refuse_language(case, asked.text, error),), about)
    parts = understand_question(asked, about, build_context(case, day))
    if not parts:
        raise NoDemandFound(asked.text, case.id, *_answerable(case))
    parts = change_part(case, parts, changes)
    with use_cache(case.cache):
        return _answer_parts(case, asked, about, parts, day, words, meaning, command, only_match, report)


def _answer_parts(
    case: Case, asked: Question, about: CaseMatch, parts: tuple[Understanding, ...], today: date, words: int | None,
    meaning: bool | None, command: str, only_match: bool, report: Report,
) -> AnswerResult:  # fmt: skip
    out: list[PartialAnswer] = []
    demands: tuple = ()  # type: ignore[type-arg]
    answer = None
    compare = False
    for u in parts:
        if u.intent.kind != "analysis":
            out.append(_answer_part(case, u, today) if not only_match else _only_understood(case, u))
            continue
        # Claims, and what is written of them, are imported for an analysis only: a count needs none of it.
        from detente.api.ask_analysis import answer_analysis, explain_analysis, find_demands, refuse_analysis
        from detente.questions import embeddings

        compare = embeddings.is_available() if meaning is None else meaning
        try:
            found = find_demands(case, asked, about, u, meaning=compare)
            if all(d.why == "unmeasured" for d in found) and (resolved := _name_pronoun(case, u, parts)):
                again = parse_question(resolved)
                single = replace(u, clauses=again.clauses)
                found = find_demands(case, again, match_case(again.text, case.named), single, meaning=compare)
        except NoDemandFound as error:
            if len(parts) == 1:
                raise
            out.append(refuse_part(case, u, str(error).rstrip(".")))
            continue
        demands += found
        if only_match:
            out.append(explain_analysis(case, u, found))
        elif all(d.why for d in found):
            out.append(refuse_analysis(case, u, found))
        else:
            part, made = answer_analysis(case, asked, u, found, words=words, command=command, report=report)
            out.append(part)
            answer = answer or made
    return AnswerResult(case.header, asked.text, tuple(out), about, demands, answer, compare, about.notices)


def _answer_part(case: Case, u: Understanding, today: date) -> PartialAnswer:
    # A count needs neither the forecast nor the simulator nor the texts of a brief.
    match u.intent.kind:
        case "record":
            return answer_from_record(case, u)
        case "status":
            from detente.api.ask_status import answer_status

            return answer_status(case, u, today)
        case "forecast":
            from detente.api.ask_forecast import answer_forecast

            return answer_forecast(case, u, today)
        case "simulation":
            from detente.api.ask_simulation import answer_simulation

            return answer_simulation(case, u)
        case "definition":
            return answer_definition(case, u)
        case _:
            return refuse_part(case, u)


def _name_pronoun(case: Case, u: Understanding, parts: tuple[Understanding, ...]) -> str:
    """Return a part with the actor that the part before defines in the place of "it"; empty if there is none."""
    at = parts.index(u)
    d = parts[at - 1].intent.definition if at else None
    if d is None or not any(a.key == d.key for a in case.case.cast):
        return ""
    named, n = re.subn(r"\b(?:it|them|they)\b", case.case.actor(d.key).short or d.name, u.asked, flags=re.IGNORECASE)
    return named if n else ""


def _only_understood(case: Case, u: Understanding) -> PartialAnswer:
    return PartialAnswer(u.asked, build_understood(case, u), (), not_used(u))


def _answerable(case: Case) -> tuple[list[str], str]:
    from detente.questions.phrase_match import list_answerable_questions, suggest_example

    return list_answerable_questions(case.case), suggest_example(case.case)


def find_today(case: Case) -> date:
    """Return the day from which relative words count.

    It is today where the case holds all that the record knows, and the day of knowledge where an earlier one was chosen.
    """
    return case.as_of if case.g.later else max(clock.today(), case.as_of)


def build_context(case: Case, today: date) -> ReadingContext:
    """Build what questions about a case are read with."""
    background = case.g.background
    definitions: tuple[DefinitionLike, ...] = background.definitions if background else list_cast_terms(case.case)
    own = {normalise_term(n) for d in definitions for n in (d.name, *d.aliases)}
    terms = (t for t in load_glossary_terms() if normalise_term(t.name) not in own)
    return ReadingContext(case.case, background, (*definitions, *terms), find_provinces(case), today)


@cache
def load_glossary_terms() -> tuple[GlossaryTerm, ...]:
    """Return the terms of the method that questions can ask for: the entries of the glossary."""
    return tuple(
        GlossaryTerm(key, e.term, (e.term.split(", ")[0], key.replace("_", " ")), f"{e.short} {e.longer}".strip())
        for key, e in load_glossary().items()
    )
