"""Tools that give findings: an answer to a question, the tested claims, and the responses of the fitted model."""

from typing import Annotated, Any

from mcp.types import CallToolResult
from pydantic import Field

from detente.api.ask import answer_parsed_question
from detente.api.case import Case, Report
from detente.api.results.answers import AnswerResult
from detente.cases.channel_names import channel_name
from detente.cases.channel_rule import CHANNELS
from detente.claims import CLAIMS
from detente.claims.verdict import ORDER
from detente.mcp import cautions
from detente.mcp.arguments import (
    RESPONSE_DAYS,
    AsOf,
    CaseArgument,
    Cause,
    Effect,
    Next,
    ResponseDays,
    enum_field,
    require_choice,
    require_number,
)  # fmt: skip
from detente.mcp.citation import cite_record, cite_text, list_sources, rate_claim
from detente.mcp.progress import ToolContext, run_reporting
from detente.mcp.result import ClaimRating, ToolResult
from detente.mcp.served_cases import CaseRegistry
from detente.mcp.size_limit import limit_size, shorten
from detente.questions.case_match import match_case
from detente.questions.parse import parse_question

Result = Annotated[CallToolResult, ToolResult]

CAUTIONS_OF_KINDS = {
    "record": (cautions.COUNTS, cautions.TOLLS),
    "status": (cautions.AGE, cautions.TOLLS),
    "forecast": (cautions.FORECASTS, cautions.SCALE),
    "simulation": (cautions.SIMULATIONS,),
    "analysis": (cautions.VERDICTS, cautions.ALARMS, cautions.ASSOCIATIONS, cautions.COUNTS),
    "refused": (cautions.REFUSALS,),
}
"""Cautions by the kind of a part of an answer."""


async def ask(
    ctx: ToolContext,
    question: Annotated[str, Field(description="A question in plain English, at most a few sentences.")],
    case: Annotated[
        str, Field(description="Id of a case; found from the names in the question if it is not given.")
    ] = "",
    words: Annotated[int | None, Field(description="Most words of an analysis.", ge=1)] = None,
    as_of: AsOf = "",
) -> Result:
    """Answer a question."""
    served = ctx.request_context.lifespan_context

    def work(report: Report) -> ToolResult:
        asked = parse_question(question)
        opened = served.open(case or _find_case(served, asked.text), as_of)
        about = match_case(asked.text, opened.named)
        found = answer_parsed_question(opened, asked, about, words=words, report=report)
        return _build_answer(opened, found)

    return await run_reporting(ctx, work)


def _find_case(served: CaseRegistry, question: str) -> str:
    """Return the case that a question names; the only one that is served, if there is one."""
    return served.default if len(served.ids) == 1 else match_case(question, None).case.id


def _build_answer(case: Case, found: AnswerResult) -> ToolResult:
    points = [p.finding for p in found.answer.points if p.finding] if found.answer else []
    said = [s for p in found.parts for s in p.sentences][:1]
    if found.answer:
        said = [" ".join(s.text for s in found.answer.material.introduction)]
    answer = (said[0] if said else found.text).replace("\n", " ")
    words = dict.fromkeys(c for p in found.parts for c in CAUTIONS_OF_KINDS.get(p.kind, ()))
    return limit_size(
        ToolResult(
            cite=cite_text(case, answer, f"Answer to: {found.question}", found.events), age=case.age.sentence, cautions=[*words, cautions.UNKNOWN],
            sources=list_sources(case, scale=any(p.kind == "forecast" for p in found.parts)),
            verdicts=[rate_claim(case, f) for f in points if f.verdict], result=shorten(found.to_dict()), next=None, left_out=[],
            whole=f"detente answer QUESTION --case {case.named} --json; page /ask",
        )
    )  # fmt: skip


async def claims(
    ctx: ToolContext, case: CaseArgument = "",
    claim: Annotated[str, enum_field("One claim with its estimates, checks and events; a table of all if not given.", tuple(CLAIMS))] = "",
    as_of: AsOf = "",
) -> Result:  # fmt: skip
    """Give the verdicts on the claims."""
    served = ctx.request_context.lifespan_context

    def work(report: Report) -> ToolResult:
        opened = served.open(case, as_of)
        key = require_choice("claim", claim, tuple(opened.claims))
        if key:
            report(f"claim {key.replace('_', ' ')}", 0, 1)
            return _build_claim(opened, key)
        opened.prepare(report, ("claims",))
        ratings = [rate_claim(opened, c.finding) for c in opened.claims.values()]
        return _build_claims(opened, opened.claims.to_dict(), ratings, "brief")

    return await run_reporting(ctx, work)


def _build_claim(case: Case, key: str) -> ToolResult:
    found = case.claims[key]
    return _build_claims(case, found.to_dict(), [rate_claim(case, found.finding)], f"claims/{key}")


def _build_claims(case: Case, data: dict[str, Any], ratings: list[ClaimRating], page: str) -> ToolResult:
    cite = ratings[0].cite if len(ratings) == 1 else f"Verdicts on {len(ratings)} claims. {cite_record(case)}"
    return limit_size(
        ToolResult(
            cite=cite, age=case.age.sentence, sources=list_sources(case), verdicts=ratings, result=shorten(data), next=None, left_out=[],
            cautions=[cautions.VERDICTS, cautions.MARKS, cautions.ALARMS, cautions.ASSOCIATIONS, cautions.COUNTS, cautions.UNKNOWN],
            whole=f"brief.json of `detente brief {case.named}`; page /{case.id}/{page}",
        )
    )  # fmt: skip


async def responses(
    ctx: ToolContext, case: CaseArgument = "", cause: Cause = "", effect: Effect = "", days: ResponseDays = 30, as_of: AsOf = "",
    next: Next = "",
) -> Result:  # fmt: skip
    """List the responses between kinds of event, best supported first."""
    served = ctx.request_context.lifespan_context

    def work(report: Report) -> ToolResult:
        opened = served.open(case, as_of)
        chosen = (require_choice("cause", cause, CHANNELS), require_choice("effect", effect, CHANNELS))
        require_number("days", days, RESPONSE_DAYS)
        report("model", 0, 2)
        matrix = opened.responses(days or RESPONSE_DAYS[1])
        report("responses", 1, 2)
        # A kind without events is not in the model, and that has an error of its own.
        for name in filter(None, chosen):
            matrix[name, name]
        rows = [r for r in matrix.rows if all(c in ("", x) for c, x in zip(chosen, (r.cause, r.effect), strict=True))]
        ranked = sorted(rows, key=lambda r: (-ORDER.index(r.verdict), r.fdr, -abs(r.mean)))
        extra = {
            "names": {c: channel_name(opened.case, c) for c in matrix.channels},
            "warnings": list(opened.fit_warnings),
        }
        data = type(matrix)(matrix.header, matrix.days, matrix.level, matrix.channels, tuple(ranked)).to_dict() | extra
        found = ToolResult(
            cite=f"Responses within {matrix.days} days. {cite_record(opened)}", age=opened.age.sentence, sources=list_sources(opened),
            cautions=[cautions.ASSOCIATIONS, cautions.CHANCE, cautions.VERDICTS, cautions.COUNTS], verdicts=[], result=data, next=None,
            left_out=[], whole=f"detente explain {opened.named} --json; page /{opened.id}/responses",
        )  # fmt: skip
        return limit_size(found, rows="rows", start=next)

    return await run_reporting(ctx, work)
