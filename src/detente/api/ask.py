"""Questions about a case, answered from its claims."""

from detente.api.case import Case, Report
from detente.api.results.texts import AnswerResult
from detente.brief.answer_points import PrecomputedFindings
from detente.brief.build import BriefRequest
from detente.brief.short_answer import build_question_material, fit_to_length
from detente.core.disk_cache import use_cache
from detente.questions import embeddings
from detente.questions.case_match import CaseMatch, match_case
from detente.questions.demands import extract_demands
from detente.questions.errors import NoAnswerableDemand
from detente.questions.parse import Question, parse_question, parse_word_limit
from detente.questions.phrase_match import Demand


def answer_question(
    case: Case, question: str, *, words: int | None = None, meaning: bool | None = None, command: str = ""
) -> AnswerResult:  # fmt: skip
    """Answer a question about a case.

    Args:
        words: limit; else the one in the question, else 250 or the least that is needed.
        meaning: compare meanings as well as phrases; if installed by default. command: as typed, for provenance.

    Raises:
        UnreadableQuestion: empty, too long or not in words. WordLimitTooLow: the limit leaves no room for an answer.
    """
    asked = parse_question(question)
    about = match_case(asked.text, case.named)
    return answer_parsed_question(case, asked, about, words=words, meaning=meaning, command=command)


def answer_parsed_question(
    case: Case, asked: Question, about: CaseMatch, *, words: int | None = None, meaning: bool | None = None,
    command: str = "", only_match: bool = False, report: Report = lambda *_: None,
) -> AnswerResult:  # fmt: skip
    """Answer a question whose case has been found; see `answer_question`.

    Args:
        only_match: say how the question is understood, and leave the answer out. report: called with each step.
    """
    compare = embeddings.is_available() if meaning is None else meaning
    demands = extract_demands(asked, about, case.as_of, embeddings.match_by_meaning if compare else None)
    if only_match:
        return AnswerResult(case.header, asked.text, about, demands, None, compare)
    needed = tuple(dict.fromkeys(c for d in demands for c in d.claims))
    with use_cache(case.cache):
        findings = {}
        for done, claim in enumerate(needed):
            report(f"claim {claim.replace('_', ' ')}", done, len(needed))
            findings[claim] = case.claims[claim].finding
        return _write_answer(case, asked, about, demands, PrecomputedFindings(findings), words, command, compare)


def _write_answer(
    case: Case, asked: Question, about: CaseMatch, demands: tuple[Demand, ...], findings: PrecomputedFindings,
    words: int | None, command: str, compare: bool,
) -> AnswerResult:  # fmt: skip
    request = BriefRequest(case.named, case.as_of, command, store=case.store)
    try:
        material = build_question_material(case.view, request, asked.text, demands, findings)
        answer = fit_to_length(material, words or parse_word_limit(asked.text))
    except NoAnswerableDemand:
        answer = None
    return AnswerResult(case.header, asked.text, about, demands, answer, compare)
