"""A question in plain words, answered from the prepared record, or told why not and by what is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from detente.api.case import PreparedCase
from detente.brief.answer_points import PrecomputedFindings
from detente.brief.build import BriefRequest as Wish
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
"""What an empty box suggests; the first case's own question stands before them."""


@dataclass(frozen=True, slots=True)
class VerdictLink:
    """A claim's word, its mark in black and white, and the claim's page."""

    word: str
    mark: str
    address: str


@dataclass(frozen=True, slots=True)
class DemandAnswer:
    """One demand found in the question, and the claims that answer it; or why none does."""

    asked: str
    claims: tuple[str, ...]
    forward: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class AskPage:
    """A question and what became of it.

    Fields:
        question: as typed, empty where nothing was asked. words: the limit asked for, or None. case: said by the reader, or empty.
        taken_for: id and title of the case it was taken to be about, or None. notices: what to know of that choice.
        demands: in order. answer: what `detente answer --json` gives, or None. verdicts: by claim, of its points.
        examples: each point's event in a few words, by id. problem: why there is no answer, or empty.
        known: what can be answered, where nothing was. suggestions: questions to try.
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


def build_ask_page(
    question: str, words: str, case: str, served: Mapping[str, PreparedCase]
) -> tuple[AskPage, PreparedCase | None]:
    """The page's content, and the study it was answered from."""
    first = next(iter(served.values()))
    # What cannot be seen is told by the message and not written back into the page.
    seen = "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in question)
    empty = AskPage(seen, None, case, None, (), (), None, {}, {}, "", (), (first.case.question, *EXAMPLES))
    if not question.strip():
        return empty, None
    if len(question) > MAX_QUESTION_LENGTH:
        why = f"A question may have {MAX_QUESTION_LENGTH:,} characters, and this one has {len(question):,}. Leave out the background."
        return _fill_page(empty, why, question=seen[:MAX_QUESTION_LENGTH], known=_answerable_topics(served)), None
    try:
        limit = _parse_word_limit(words)
    except ValueError as e:
        return _fill_page(empty, str(e), known=_answerable_topics(served)), None
    if case and case not in served:
        return _fill_page(empty, f"No case {case!r} is served here. Served: {', '.join(served)}.", words=limit), None
    try:
        asked = parse_question(question)
        about, study = _resolve_case(asked.text, case, served)
    except (UnknownConflict, AmbiguousConflict) as e:
        return _fill_page(
            empty, _unknown_conflict_message(e, served), words=limit, known=_answerable_topics(served)
        ), None
    except DetenteError as e:
        return _fill_page(empty, str(e), words=limit, known=_answerable_topics(served)), None
    if study is None:
        why = f"The question is about {about.case.title}, which is not served here. Served: {_case_titles(served)}."
        return _fill_page(empty, why, words=limit, taken_for=(about.case.id, about.case.title)), None
    return _build_answer(empty, asked, about, study, limit)


def _build_answer(
    empty: AskPage, asked: Question, about: CaseMatch, study: PreparedCase, limit: int | None
) -> tuple[AskPage, PreparedCase]:
    told: dict[str, Any] = {"words": limit, "taken_for": (study.id, study.case.title)}
    told["notices"] = tuple(n.replace("say --case to", "choose the case above to") for n in about.notices)
    known = tuple(list_answerable_questions(study.case))
    try:
        nearest = embeddings.match_by_meaning if embeddings.is_available() else None
        found = extract_demands(asked, about, study.g.as_of, nearest)
        told["demands"] = tuple(DemandAnswer(d.asked, d.claims, d.forward, _refusal_text(d)) for d in found)
        findings = {f.claim: f for s in study.brief.sections for f in s.points}
        prepared = PrecomputedFindings(findings, study.brief.levers)
        wish = Wish(study.named, None, f"detente answer {asked.text!r}")
        made = fit_to_length(
            build_question_material(study.view, wish, asked.text, found, prepared),
            limit or parse_word_limit(asked.text),
        )
    except NoAnswerableDemand:
        why = "Nothing that this question asks can be answered from the record."
        return _fill_page(empty, why, known=known, **told), study
    except WordLimitTooLow as e:
        why = f"{e.limit} words cannot hold an introduction, one evidenced point for each demand, and a conclusion: they take {e.needed}."
        return _fill_page(empty, why, **told), study
    except DetenteError as e:
        return _fill_page(empty, str(e), known=known, **told), study
    return _fill_page(
        empty, "", answer=build_answer_data(made), verdicts=_verdict_links(study.id, findings, made), examples=_example_texts(made), **told
    ), study  # fmt: skip


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


def _resolve_case(text: str, case: str, served: Mapping[str, PreparedCase]) -> tuple[CaseMatch, PreparedCase | None]:
    """What the question is about: as was said, else the shipped case that fits it, else a served one of the reader's own."""
    if case:
        return match_case(text, served[case].named), served[case]
    try:
        about = match_case(text)
    except (UnknownConflict, AmbiguousConflict):
        for study in (s for s in served.values() if s.id not in find_shipped_cases()):
            try:
                return match_case(text, study.named), study
            except DetenteError:
                continue
        raise
    return about, served.get(about.case.id)


def _refusal_text(d: Demand) -> str:
    return d.told if d.why else ""


def _unknown_conflict_message(e: UnknownConflict | AmbiguousConflict, served: Mapping[str, PreparedCase]) -> str:
    if isinstance(e, UnknownConflict):
        names = ", ".join([*e.own, *e.elsewhere])
        return f"The question names {names}, and no case is about that. Served here: {_case_titles(served)}."
    return (
        "The question names no party, crossing or place of any case, so it is not known which conflict is meant. "
        f"Name the parties, or choose a case. Served here: {_case_titles(served)}."
    )


def _case_titles(served: Mapping[str, PreparedCase]) -> str:
    return "; ".join(s.case.title for s in served.values())


def _answerable_topics(served: Mapping[str, PreparedCase]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(x for s in served.values() for x in list_answerable_questions(s.case)))


def _verdict_links(case: str, findings: Mapping[str, Finding], made: ShortAnswer) -> dict[str, VerdictLink]:
    tested = {p.key: (findings.get(p.key) or p.finding) for p in made.points if p.finding}
    return {
        key: VerdictLink(f.verdict.word, VERDICT_SYMBOLS[f.verdict.word], f"/{case}/claims/{key}")
        for key, f in tested.items()
        if f and f.verdict
    }


def _example_texts(made: ShortAnswer) -> dict[str, str]:
    m = made.material
    return {p.example: format_short_example(m.examples[p.example], m.countries) for p in made.points if p.example}


_answer_cache: dict[tuple[str, ...], tuple[AskPage, PreparedCase | None]] = {}
MAX_CACHED_ANSWERS = 300
"""Answers kept for those who ask the same; an answer follows from the question and the prepared cases alone."""


async def handler(request: Request) -> Response:
    """`/ask?q=…&words=…&case=…`."""
    q, words, case = (request.query_params.get(k, "") for k in ("q", "words", "case"))
    served = get_cases(request)
    key = (q, words, case, *(s.key for s in served.values()))
    if key not in _answer_cache:
        while len(_answer_cache) >= MAX_CACHED_ANSWERS:
            _answer_cache.pop(next(iter(_answer_cache)), None)
        _answer_cache[key] = await run_in_threadpool(build_ask_page, q, words, case, served)
    content, study = _answer_cache[key]
    return respond(
        request, "ask.html", content, foot=provenance_footer(study) if study else None, title="Ask",
        points={p.get("claim") or p.get("lever"): p for p in (content.answer or {}).get("points", ())},
        longest=MAX_QUESTION_LENGTH, most_words=MAX_WORDS,
    )  # fmt: skip


QUERY = {
    "q": "a question in English", "words": "the most words that the answer may have", "case": "a case's id; found from the question if left out",
}  # fmt: skip
ROUTES = page_routes("/ask", handler, page=AskPage, query=QUERY)
