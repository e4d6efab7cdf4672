"""The question page: a question in plain English, answered from a prepared case, or the reason why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import Response

from detente.api.case import BeingComputed, Case
from detente.brief.answer_points import PrecomputedFindings
from detente.brief.build import BriefRequest
from detente.brief.errors import WordLimitTooLow
from detente.brief.render.json import build_answer_data
from detente.brief.short_answer import ShortAnswer, build_question_material, fit_to_length, format_short_example
from detente.cases.case_file import find_shipped_cases
from detente.claims.finding import Finding
from detente.claims.verdict import VERDICT_SYMBOLS
from detente.core.errors import DetenteError
from detente.questions import embeddings
from detente.questions.case_match import CaseMatch, match_case
from detente.questions.demands import extract_demands
from detente.questions.errors import AmbiguousConflict, NoAnswerableDemand, UnknownConflict
from detente.questions.parse import MAX_QUESTION_LENGTH, Question, parse_question, parse_word_limit
from detente.questions.phrase_match import Demand, list_answerable_questions
from detente.web.rendering.responses import get_cases, page_routes, provenance_footer, respond

MAX_WORDS = 2000
EXAMPLES = (
    "How do recent clashes at the Pakistan–Afghanistan border destabilise relations, and how do they complicate counter-terrorism cooperation?",
    "Has mediation between Kabul and Islamabad held? Suggest a way forward.",
    "What did the closing of Torkham cost trade?",
    "Do Pakistani strikes provoke attacks by the TTP? Discuss in about 150 words.",
)
"""Suggested questions, shown after the first case's own question."""


@dataclass(frozen=True, slots=True)
class VerdictLink:
    """A claim's verdict, its symbol, and the claim's page."""

    word: str
    mark: str
    address: str


@dataclass(frozen=True, slots=True)
class DemandAnswer:
    """One demand of the question, and the claims that answer it; or why none does."""

    asked: str
    claims: tuple[str, ...]
    forward: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class AskPage:
    """A question and its answer.

    Fields:
        question: as typed, or empty. words: the requested limit, or None. case: chosen by the reader, or empty.
        taken_for: id and title of the matched case, or None. notices: on that match.
        demands: in order. answer: the output of `detente answer --json`, or None. verdicts: by claim, of its points.
        examples: each point's event in a few words, by id. problem: why there is no answer, or empty.
        known: answerable topics, if there is no answer. suggestions: questions to try.
    """

    question: str
    words: int | None
    case: str
    taken_for: tuple[str, str] | None
    notices: tuple[str, ...]
    demands: tuple[DemandAnswer, ...]
    answer: Mapping[str, Any] | None
    verdicts: Mapping[str, VerdictLink]
    examples: Mapping[str, str]
    problem: str
    known: tuple[str, ...]
    suggestions: tuple[str, ...]


def build_ask_page(question: str, words: str, case: str, served: Mapping[str, Case]) -> tuple[AskPage, Case | None]:
    """Build the page; also return the case that the answer is from, if any."""
    first = next(iter(served.values()))
    # Control characters are named in the message, not repeated in the page.
    shown = "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in question)
    empty = AskPage(shown, None, case, None, (), (), None, {}, {}, "", (), (first.case.question, *EXAMPLES))
    if not question.strip():
        return empty, None
    known = tuple(dict.fromkeys(x for s in served.values() for x in list_answerable_questions(s.case)))
    if len(question) > MAX_QUESTION_LENGTH:
        why = f"A question may have {MAX_QUESTION_LENGTH:,} characters, and this one has {len(question):,}. Leave out the background."
        return _fill_page(empty, why, question=shown[:MAX_QUESTION_LENGTH], known=known), None
    try:
        limit = _parse_word_limit(words)
    except ValueError as e:
        return _fill_page(empty, str(e), known=known), None
    if case and case not in served:
        return _fill_page(empty, f"No case {case!r} is served here. Served: {', '.join(served)}.", words=limit), None
    try:
        parsed = parse_question(question)
        match, prepared = _resolve_case(parsed.text, case, served)
    except (UnknownConflict, AmbiguousConflict) as e:
        return _fill_page(empty, _unknown_conflict_message(e, served), words=limit, known=known), None
    except DetenteError as e:
        return _fill_page(empty, str(e), words=limit, known=known), None
    if prepared is None:
        why = f"The question is about {match.case.title}, which is not served here. Served: {_case_titles(served)}."
        return _fill_page(empty, why, words=limit, taken_for=(match.case.id, match.case.title)), None
    return _build_answer(empty, parsed, match, prepared, limit)


def _build_answer(
    empty: AskPage, question: Question, match: CaseMatch, prepared: Case, limit: int | None
) -> tuple[AskPage, Case]:
    fields: dict[str, Any] = {"words": limit, "taken_for": (prepared.id, prepared.case.title)}
    fields["notices"] = tuple(n.replace("say --case to", "choose the case above to") for n in match.notices)
    known = tuple(list_answerable_questions(prepared.case))
    try:
        nearest = embeddings.match_by_meaning if embeddings.is_available() else None
        demands = extract_demands(question, match, prepared.g.as_of, nearest)
        fields["demands"] = tuple(DemandAnswer(d.asked, d.claims, d.forward, _refusal_text(d)) for d in demands)
        findings = {f.claim: f for s in prepared.document.sections for f in s.points}
        precomputed = PrecomputedFindings(findings, prepared.document.levers)
        request = BriefRequest(prepared.named, None, f"detente answer {question.text!r}")
        material = build_question_material(prepared.view, request, question.text, demands, precomputed)
        answer = fit_to_length(material, limit or parse_word_limit(question.text))
    except BeingComputed:
        raise
    except NoAnswerableDemand:
        why = "Nothing that this question asks can be answered from the record."
        return _fill_page(empty, why, known=known, **fields), prepared
    except WordLimitTooLow as e:
        why = f"{e.limit} words cannot hold an introduction, one evidenced point for each demand, and a conclusion: they take {e.needed}."
        return _fill_page(empty, why, **fields), prepared
    except DetenteError as e:
        return _fill_page(empty, str(e), known=known, **fields), prepared
    links, examples = _verdict_links(prepared.id, findings, answer), _example_texts(answer)
    page = _fill_page(empty, "", answer=build_answer_data(answer), verdicts=links, examples=examples, **fields)
    return page, prepared


def _fill_page(empty: AskPage, problem: str, **more: Any) -> AskPage:
    fields = {name: getattr(empty, name) for name in AskPage.__slots__}
    return AskPage(**(fields | {"problem": problem} | more))


def _parse_word_limit(words: str) -> int | None:
    if not words.strip():
        return None
    if not (words.strip().isascii() and words.strip().isdecimal()) or not 1 <= int(words[:9]) <= MAX_WORDS:
        raise ValueError(
            f"The number of words is {words[:20]!r}, and it may be from 1 to {MAX_WORDS:,}. Leave it empty for the usual length."
        )
    return int(words)


def _resolve_case(text: str, case: str, served: Mapping[str, Case]) -> tuple[CaseMatch, Case | None]:
    """Match the question: to the chosen case, else to a shipped case, else to a served case file of the user."""
    if case:
        return match_case(text, served[case].named), served[case]
    try:
        about = match_case(text)
    except (UnknownConflict, AmbiguousConflict):
        for prepared in (s for s in served.values() if s.id not in find_shipped_cases()):
            try:
                return match_case(text, prepared.named), prepared
            except DetenteError:
                continue
        raise
    return about, served.get(about.case.id)


def _refusal_text(d: Demand) -> str:
    return d.told if d.why else ""


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


def _verdict_links(case: str, findings: Mapping[str, Finding], answer: ShortAnswer) -> dict[str, VerdictLink]:
    tested = {p.key: (findings.get(p.key) or p.finding) for p in answer.points if p.finding}
    return {
        key: VerdictLink(f.verdict.word, VERDICT_SYMBOLS[f.verdict.word], f"/{case}/claims/{key}")
        for key, f in tested.items()
        if f and f.verdict
    }


def _example_texts(answer: ShortAnswer) -> dict[str, str]:
    m = answer.material
    return {p.example: format_short_example(m.examples[p.example], m.countries) for p in answer.points if p.example}


_answer_cache: dict[tuple[str, ...], tuple[AskPage, Case | None]] = {}
MAX_CACHED_ANSWERS = 300
MAX_ASK_THREADS = 2
"""Size of the cache; an answer depends only on the question and the prepared cases."""


def _get_ask_threads(request: Request) -> CapacityLimiter:
    """Return the few threads that questions may take, so that sessions and other pages keep the rest."""
    state = request.app.state
    if not hasattr(state, "ask_threads"):
        state.ask_threads = CapacityLimiter(MAX_ASK_THREADS)
    limiter: CapacityLimiter = state.ask_threads
    return limiter


async def handler(request: Request) -> Response:
    """Answer a question from the prepared cases."""
    q, words, case = (request.query_params.get(k, "") for k in ("q", "words", "case"))
    served = get_cases(request)
    key = (q, words, case, *(s.key for s in served.values()))
    if key not in _answer_cache:
        while len(_answer_cache) >= MAX_CACHED_ANSWERS:
            _answer_cache.pop(next(iter(_answer_cache)), None)
        _answer_cache[key] = await to_thread.run_sync(
            build_ask_page, q, words, case, served, limiter=_get_ask_threads(request)
        )
    content, prepared = _answer_cache[key]
    return respond(
        request, "ask.html", content, foot=provenance_footer(prepared) if prepared else None, title="Ask",
        points={p.get("claim") or p.get("lever"): p for p in (content.answer or {}).get("points", ())},
        longest=MAX_QUESTION_LENGTH, most_words=MAX_WORDS,
    )  # fmt: skip


QUERY = {
    "q": "a question in English", "words": "maximum length of the answer in words", "case": "a case's id; matched from the question by default",
}  # fmt: skip
ROUTES = page_routes("/ask", handler, page=AskPage, query=QUERY)
