"""Questions about a case: each part is answered by the stage that knows.

Counts, lists and days come from the record, the present from crossings, truces and the latest events, the future from the
forecast, "what if" from the simulator, meanings from the background; only what remains is answered by the claims.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from detente.api.ask_definition import answer_definition
from detente.api.ask_forecast import answer_forecast
from detente.api.ask_record import answer_from_record
from detente.api.ask_refusal import refuse_language, refuse_part
from detente.api.ask_simulation import answer_simulation
from detente.api.ask_status import answer_status
from detente.api.case import Case, Report
from detente.api.case_cache import cached_per_case
from detente.api.results.answers import AnswerResult, PartialAnswer
from detente.core import clock
from detente.core.disk_cache import use_cache
from detente.questions.case_match import CaseMatch, match_case
from detente.questions.errors import NoDemandFound, UnreadableQuestion
from detente.questions.event_kind import find_kinds, get_event_kind
from detente.questions.intent import AnswerKind, Intent
from detente.questions.language import check_english
from detente.questions.mentions import ActorMention, find_names
from detente.questions.parse import Question, parse_question
from detente.questions.period import Period
from detente.questions.understanding import ReadingContext, Understanding, understand_question

DEFAULT_ASKS = {"record": "count", "status": "situation", "forecast": "probability", "simulation": "future"}


@dataclass(frozen=True, slots=True)
class UnderstandingChanges:
    """What a reader changes in how a question was understood; empty leaves it as it is, `-` removes it.

    Fields:
        kind: of answer. actor: key. event_kind: key of a kind of event. place: name. first, last: days.
    """

    kind: AnswerKind | None = None
    actor: str = ""
    event_kind: str = ""
    place: str = ""
    first: date | None = None
    last: date | None = None


NO_CHANGES = UnderstandingChanges()


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
        changes: made by the reader to how the first part is understood.
    """
    day = today or find_today(case)
    try:
        check_english(asked.text)
    except UnreadableQuestion as error:
        return AnswerResult(case.header, asked.text, (refuse_language(case, asked.text, error),), about)
    parts = understand_question(asked, about, build_context(case, day))
    if changes != NO_CHANGES and parts:
        parts = (change_understanding(case, parts[0], changes, day),)
    if not parts:
        raise NoDemandFound(asked.text, case.id, _answerable(case))
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
        from detente.api.ask_analysis import answer_analysis, find_demands, refuse_analysis
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
            out.append(_only_understood(case, u))
        elif all(d.why for d in found):
            out.append(refuse_analysis(case, u, found))
        else:
            part, made = answer_analysis(case, asked, u, found, words=words, command=command, report=report)
            out.append(part)
            answer = answer or made
    return AnswerResult(case.header, asked.text, tuple(out), about, demands, answer, compare, about.notices)


def _answer_part(case: Case, u: Understanding, today: date) -> PartialAnswer:
    match u.intent.kind:
        case "record":
            return answer_from_record(case, u)
        case "status":
            return answer_status(case, u, today)
        case "forecast":
            return answer_forecast(case, u, today)
        case "simulation":
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
    from detente.api.ask_parts import build_understood, not_used

    return PartialAnswer(u.asked, build_understood(case, u), (), not_used(u))


def _answerable(case: Case) -> list[str]:
    from detente.questions.phrase_match import list_answerable_questions

    return list_answerable_questions(case.case)


def find_today(case: Case) -> date:
    """Return the day from which relative words count.

    It is today where the case holds all that the record knows, and the day of knowledge where an earlier one was chosen.
    """
    return case.as_of if case.g.later else max(clock.today(), case.as_of)


@cached_per_case()
def _provinces(case: Case) -> Mapping[str, str]:
    own = set(case.case.countries.values())
    return {e.place.province: e.place.country for e in case.g.events if e.place.province and e.place.country in own}


def build_context(case: Case, today: date) -> ReadingContext:
    """Build what questions about a case are read with."""
    background = case.g.background
    definitions = background.definitions if background else ()
    return ReadingContext(case.case, background, (*definitions, *load_glossary_terms()), _provinces(case), today)


def load_glossary_terms() -> tuple:  # type: ignore[type-arg]
    """Return the terms of the method that questions can ask for; none until the glossary is there."""
    return ()


def change_understanding(case: Case, u: Understanding, changes: UnderstandingChanges, today: date) -> Understanding:
    """Return an understanding with a reader's changes."""
    out = u
    if changes.kind and changes.kind != u.intent.kind:
        out = replace(out, intent=Intent(changes.kind, DEFAULT_ASKS.get(changes.kind, "")))
        if changes.kind == "definition":
            out = replace(
                out,
                intent=Intent(
                    "refused", "", why="choose a word to define in the question itself, such as “what is UNAMA?”"
                ),
            )
    if changes.actor:
        group = case.case.keys("group")[:1]
        actor = ActorMention(changes.actor, "any", changes.actor, 0, 0, changes.actor in group)
        out = replace(out, actors=() if changes.actor == "-" else (actor,))
    if changes.event_kind:
        out = replace(out, kinds=() if changes.event_kind == "-" else (get_event_kind(changes.event_kind),))
    if changes.place:
        context = build_context(case, today)
        found = find_names(f"in {changes.place}", case.case, context.background, context.provinces, find_kinds(""))
        out = replace(out, places=() if changes.place == "-" else found.places)
    if changes.first or changes.last:
        period = Period(changes.first, changes.last, "the days chosen", 0, 0)
        out = replace(out, periods=(period,))
    return out
