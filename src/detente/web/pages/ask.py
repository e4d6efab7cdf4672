"""The question page: a question in plain English, how each part was understood, and the answer to it.

The answer is that of `detente answer`. What was understood is shown as fields that a reader can change; the changed part is
then answered alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import Response

from detente.api.ask import answer_parsed_question
from detente.api.ask_changes import CHOOSABLE_KINDS, NO_CHANGES, UnderstandingChanges
from detente.api.case import BeingComputed, Case
from detente.api.offered_questions import suggest_questions
from detente.brief.errors import WordLimitTooLow
from detente.cases.case_file import find_shipped_cases
from detente.core import clock
from detente.core.errors import DetenteError
from detente.questions.case_match import CaseMatch, match_case
from detente.questions.errors import AmbiguousConflict, NoDemandFound, UnknownConflict
from detente.questions.parse import MAX_QUESTION_LENGTH, parse_question
from detente.questions.phrase_match import list_answerable_questions
from detente.web.pages.ask_view import ShownAnswer, show_answer
from detente.web.rendering.responses import get_cases, page_routes, provenance_footer, respond

MAX_WORDS = 2000


@dataclass(frozen=True, slots=True)
class AskPage:
    """A question and its answer.

    Fields:
        question: as typed, or empty. words: the requested limit, or None. case: chosen by the reader, or empty.
        taken_for: id and title of the matched case, or None. notices: on that match.
        answer: the output of `detente answer --json`, or None. problem: why there is no answer, or empty.
        known: topics that the claims answer, if there is no answer. suggestions: questions to try.
    """

    question: str
    words: int | None
    case: str
    taken_for: tuple[str, str] | None
    notices: tuple[str, ...]
    answer: Mapping[str, Any] | None
    problem: str
    known: tuple[str, ...]
    suggestions: tuple[str, ...]


def build_ask_page(query: Mapping[str, str], served: Mapping[str, Case]) -> tuple[AskPage, ShownAnswer | None]:
    """Build the page from the fields of its address."""
    question, case = query.get("q", ""), query.get("case", "")
    # Control characters are named in the message, not repeated in the page.
    shown = "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in question)
    empty = AskPage(shown, None, case, None, (), None, "", (), suggest_questions(next(iter(served.values()))))
    if not question.strip():
        return empty, None
    known = tuple(dict.fromkeys(x for s in served.values() for x in list_answerable_questions(s.case)))
    if len(question) > MAX_QUESTION_LENGTH:
        why = f"A question may have {MAX_QUESTION_LENGTH:,} characters, and this one has {len(question):,}. Leave out the background."
        return replace(empty, problem=why, question=shown[:MAX_QUESTION_LENGTH], known=known), None
    if case and case not in served:
        return replace(empty, problem=f"No case {case!r} is served here. Served: {', '.join(served)}."), None
    try:
        empty = replace(empty, words=_parse_word_limit(query.get("words", "")))
        changes = _parse_changes(query)
        asked = parse_question(question)
        about, prepared = _resolve_case(asked.text, case, served)
    except ValueError as e:
        return replace(empty, problem=str(e), known=known), None
    except (UnknownConflict, AmbiguousConflict) as e:
        return replace(empty, problem=_unknown_conflict_message(e, served), known=known), None
    except DetenteError as e:
        return replace(empty, problem=str(e), known=known), None
    empty = replace(empty, taken_for=(about.case.id, about.case.title))
    if prepared is None:
        why = f"The question is about {about.case.title}, which is not served here. Served: {_case_titles(served)}."
        return replace(empty, problem=why), None
    notices = tuple(n.replace("say --case to", "choose the case above to") for n in about.notices)
    empty = replace(empty, notices=notices if len(served) > 1 else ())
    try:
        result = answer_parsed_question(
            prepared, asked, about, words=empty.words, command=f"detente answer {asked.text!r}", changes=changes
        )
    except BeingComputed:
        raise
    except WordLimitTooLow as e:
        why = f"{e.limit} words cannot hold an introduction, one evidenced point for each demand, and a conclusion: they take {e.needed}."
        return replace(empty, problem=why), None
    except NoDemandFound:
        why = "The question asks for nothing that can be looked up. Ask how many, when, where, who, why, what if, or what something is."
        return replace(empty, problem=why, known=tuple(list_answerable_questions(prepared.case))), None
    except DetenteError as e:
        return replace(empty, problem=str(e)), None
    return replace(empty, answer=result.to_dict()), show_answer(prepared, result, changes)


def _parse_word_limit(words: str) -> int | None:
    if not words.strip():
        return None
    if not (words.strip().isascii() and words.strip().isdecimal()) or not 1 <= int(words[:9]) <= MAX_WORDS:
        raise ValueError(
            f"The number of words is {words[:20]!r}, and it may be from 1 to {MAX_WORDS:,}. Leave it empty for the usual length."
        )
    return int(words)


def _parse_changes(query: Mapping[str, str]) -> UnderstandingChanges:
    """Return what a reader changed; the form of a part always sends its number and both ends of its period."""
    if not query.get("part", ""):
        return NO_CHANGES
    part = query["part"][:4]
    first, last = (_parse_day(query.get(name, "")) for name in ("from", "to"))
    if first and last and first > last:
        raise ValueError(f"The period ends on {last}, before it begins on {first}. Exchange the two days.")
    return UnderstandingChanges(
        int(part) if part.isascii() and part.isdecimal() else 0, query.get("kind", ""), query.get("actor", ""),
        query.get("event", ""), query.get("place", ""), first, last, "from" in query or "to" in query,
    )  # fmt: skip


def _parse_day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text[:20]!r} is not a day. Write it as 2025-10-09.") from None


def _resolve_case(text: str, case: str, served: Mapping[str, Case]) -> tuple[CaseMatch, Case | None]:
    """Match the question: to the chosen case, else to a shipped case, else to the only case or a served case file of the user."""
    if case:
        return match_case(text, served[case].named), served[case]
    try:
        about = match_case(text)
    except (UnknownConflict, AmbiguousConflict):
        alone = len(served) == 1  # a question that names nobody is about the only case
        for prepared in (s for s in served.values() if alone or s.id not in find_shipped_cases()):
            try:
                return match_case(text, prepared.named), prepared
            except DetenteError:
                continue
        raise
    return about, served.get(about.case.id)


def _unknown_conflict_message(e: UnknownConflict | AmbiguousConflict, served: Mapping[str, Case]) -> str:
    if isinstance(e, UnknownConflict):
        names = ", ".join([*e.own, *e.elsewhere])
        return f"The question names {names}, and no case is about that. Served here: {_case_titles(served)}."
    return (
        "The question names no party, crossing or place of any case, so it is not known which conflict is meant. "
        f"Name the parties, or choose a case. Served here: {_case_titles(served)}."
    )


def _case_titles(served: Mapping[str, Case]) -> str:
    return "; ".join(s.case.title for s in served.values())


# ---- The handler ---------------------------------------------------------------------------------------------------

_FIELDS = ("q", "words", "case", "part", "kind", "actor", "event", "place", "from", "to")
_answer_cache: dict[tuple[str, ...], tuple[AskPage, ShownAnswer | None]] = {}
MAX_CACHED_ANSWERS = 300
MAX_ASK_THREADS = 2
"""Size of the cache; an answer depends only on the question, the prepared cases and the day."""
MAX_FIELD = 200
"""Longest value of a field other than the question, in characters."""


def _get_ask_threads(request: Request) -> CapacityLimiter:
    """Return the few threads that questions may take, so that sessions and other pages keep the rest."""
    state = request.app.state
    if not hasattr(state, "ask_threads"):
        state.ask_threads = CapacityLimiter(MAX_ASK_THREADS)
    limiter: CapacityLimiter = state.ask_threads
    return limiter


async def handler(request: Request) -> Response:
    """Answer a question from the prepared cases."""
    given = request.query_params
    query = {
        name: given[name] if name in ("q", "words") else given[name][:MAX_FIELD] for name in _FIELDS if name in given
    }
    served = get_cases(request)
    key = (*(f"{n}={v}" for n, v in query.items()), *(s.key for s in served.values()), str(clock.today()))
    if key not in _answer_cache:
        while len(_answer_cache) >= MAX_CACHED_ANSWERS:
            _answer_cache.pop(next(iter(_answer_cache)), None)
        _answer_cache[key] = await to_thread.run_sync(build_ask_page, query, served, limiter=_get_ask_threads(request))
    content, shown = _answer_cache[key]
    analysis = (content.answer or {}).get("analysis") or {}
    return respond(
        request, "ask.html", content, foot=provenance_footer(shown.case) if shown else None, title="Ask", shown=shown,
        analysis=analysis, points={x.get("claim") or x.get("lever"): x for x in analysis.get("points", ())},
        longest=MAX_QUESTION_LENGTH, most_words=MAX_WORDS,
    )  # fmt: skip


QUERY = {
    "q": "a question in English", "words": "maximum length of an analysis in words", "case": "a case's id; matched from the question by default",
    "part": "number of the part that the following fields change; it alone is answered", "kind": f"kind of answer: {', '.join(CHOOSABLE_KINDS)}",
    "actor": "key of an actor, or - for any", "event": "key of a kind of event, or - for any", "place": "name of a place, or - for any",
    "from": "first day of the period", "to": "last day of the period",
}  # fmt: skip
ROUTES = page_routes("/ask", handler, page=AskPage, query=QUERY)
